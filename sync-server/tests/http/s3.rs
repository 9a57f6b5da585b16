//! Files in an S3-compatible store: the hub against moto's server, in its own code, in a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use rustix::process::Signal;
use sync_server::clock::Clock;
use sync_server::{Config, Hub};

use crate::TestHub;
use crate::client::Client;
use crate::file::{PIECE, TUS, asked, begin, bring, bytes, fetch, has, name, offset, said, sha256, state};
use crate::interop::python;
use crate::program::{Running, program};
use crate::support::desk::Desk;
use crate::support::{NOW, key};

const BUCKET: &str = "evidence";
/// Of a file that goes to the store in three parts, in bytes.
const LONG: usize = 20_000_000;

/// The service, with a bucket.
struct S3 {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl S3 {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = python("s3.py");
        command.arg(BUCKET).arg(folder.path().join("hold"));
        // It tells each request; whoever looks for a fault wants to see them.
        let told =
            if std::env::var_os("HUIQIAN_SHOW_LOG").is_some() { Stdio::inherit() } else { Stdio::null() };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(told).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Self { child, url: format!("http://127.0.0.1:{}", port.trim()), folder }
    }

    /// While it is there, second parts wait.
    fn hold(&self) -> PathBuf {
        self.folder.path().join("hold")
    }

    fn settings(&self) -> [(&'static str, String); 6] {
        [
            ("bucket", BUCKET.to_owned()),
            ("endpoint", self.url.clone()),
            ("allow_http", "true".to_owned()),
            ("region", "us-east-1".to_owned()),
            ("access_key_id", "key".to_owned()),
            ("secret_access_key", "secret".to_owned()),
        ]
    }

    /// The hub's configuration with this store.
    fn configure(&self, config: &mut Config) {
        let settings: BTreeMap<_, _> =
            self.settings().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        config.evidence.s3 = Some(settings);
    }

    /// The hub's program, told by its environment to use this store.
    fn hub(&self) -> Command {
        let mut program = program();
        for (name, value) in self.settings() {
            program.env(format!("HUIQIAN_HUB_EVIDENCE__S3__{}", name.to_uppercase()), value);
        }
        program
    }

    async fn ask(&self, method: Method, place: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let request = reqwest::Client::new().request(method, format!("{}/{BUCKET}{place}", self.url));
        let answer = request.body(body).send().await.unwrap();
        (answer.status(), answer.bytes().await.unwrap().to_vec())
    }

    /// An object as it lies there.
    async fn object(&self, place: &str) -> Option<Vec<u8>> {
        let (status, bytes) = self.ask(Method::GET, place, Vec::new()).await;
        status.is_success().then_some(bytes)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn place(folder: &str, desk: &Desk, hash: &str) -> String {
    format!("/{folder}/{}/{}/{hash}", desk.application, &hash[..2])
}

fn staged(data: &Path) -> usize {
    std::fs::read_dir(data.join("blobs/staging")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_lies_in_the_store_whole_and_comes_out_in_parts_and_none_that_was_damaged_there() {
    let s3 = S3::start();
    let hub = TestHub::with(|config| s3.configure(config)).await;
    let (lead, leads) = hub.lead(1).await;
    for (length, seed) in [(100_000, 1), (LONG, 2)] {
        let (file, hash) = (bytes(length, seed), sha256(&bytes(length, seed)));
        bring(&leads, &lead, &file).await;
        assert!(s3.object(&place("kept", &lead, &hash)).await.as_ref() == Some(&file));
        assert_eq!(staged(hub.folder.path()), 0, "nothing of it is left on the hub's own disk");
        assert!(fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap() == file);
        let part = fetch(&leads, &lead, &hash, &[("Range", "bytes=99990-")]).await.unwrap();
        assert_eq!(said(&part, "Content-Range"), format!("bytes 99990-{}/{length}", length - 1));
        assert!(part.bytes().await.unwrap() == file[99_990..]);
        // Longer by nothing, other by a bit.
        let mut damaged = file.clone();
        damaged[length - 1] ^= 1;
        s3.ask(Method::PUT, &place("kept", &lead, &hash), damaged.clone()).await;
        let cut = fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await;
        assert!(cut.is_err(), "the line ends before the file does");
        assert_eq!(has(&leads, &lead, &hash).await, 404);
        assert!(s3.object(&place("damaged", &lead, &hash)).await == Some(damaged), "it was set aside");
        assert!(s3.object(&place("kept", &lead, &hash)).await.is_none());
        bring(&leads, &lead, &file).await;
        s3.ask(Method::DELETE, &place("kept", &lead, &hash), Vec::new()).await;
        assert_eq!(has(&leads, &lead, &hash).await, 404, "gone without a word");
        bring(&leads, &lead, &file).await;
        assert!(fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap() == file);
    }
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_change_ever_named_goes_from_the_store_when_its_time_is_over() {
    let s3 = S3::start();
    let hub = TestHub::with(|config| s3.configure(config)).await;
    let (mut lead, leads) = hub.lead(1).await;
    let [named, unnamed] = [3, 4].map(|seed| bytes(1_000, seed));
    bring(&leads, &lead, &named).await;
    bring(&leads, &lead, &unnamed).await;
    name(&mut lead, "safety.waste", 1, &named);
    leads.sync(&mut lead).await.unwrap();
    let TestHub { hub, folder } = hub;
    hub.shutdown().await;
    let mut config = Config::embedded(folder.path());
    s3.configure(&mut config);
    let later = Clock::new(move || NOW + 31 * 24 * 3_600_000);
    let hub = Hub::start_with(config, later).await.unwrap();
    let [named, unnamed] = [&named, &unnamed].map(|file| place("kept", &lead, &sha256(file)));
    for _ in 0..200 {
        if s3.object(&unnamed).await.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(s3.object(&unnamed).await.is_none());
    assert!(s3.object(&named).await.is_some());
    hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_while_it_hands_a_file_to_the_store_hands_it_over_when_it_is_asked_again() {
    let s3 = S3::start();
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start_by(s3.hub(), folder.path());
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    let (file, hash) = (bytes(LONG, 5), sha256(&bytes(LONG, 5)));
    let begun = begin(&client, &lead, LONG, Some(&hash)).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    std::fs::write(s3.hold(), "").unwrap();
    let headers = [TUS, PIECE, ("Upload-Offset", "0")];
    let bringing = client.head_signed(Method::PATCH, &upload, &headers, file.clone());
    let begun = async {
        let multipart = async || String::from_utf8(s3.ask(Method::GET, "?uploads", vec![]).await.1).unwrap();
        while !multipart().await.contains(&hash) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        answer = bringing => panic!("answered before the store had it: {answer:?}"),
        () = begun => {}
    }
    running.signal(Signal::KILL);
    std::fs::remove_file(s3.hold()).unwrap();
    assert!(s3.object(&place("kept", &lead, &hash)).await.is_none(), "half an object is none");

    let running = Running::start_by(s3.hub(), folder.path());
    let client = Client::new(&running.url, key(1)).await;
    assert_eq!(has(&client, &lead, &hash).await, 404, "never acknowledged");
    let at = usize::try_from(offset(&state(&client, &upload).await.unwrap())).unwrap();
    if at < LONG {
        let next = at.to_string();
        let headers = [TUS, PIECE, ("Upload-Offset", next.as_str())];
        asked(&client, Method::PATCH, &upload, &headers, file[at..].to_vec()).await.unwrap();
    }
    assert_eq!(has(&client, &lead, &hash).await, 200);
    assert!(s3.object(&place("kept", &lead, &hash)).await.as_ref() == Some(&file));
    assert!(fetch(&client, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap() == file);
    assert_eq!(staged(folder.path()), 0);
    assert!(running.signal(Signal::TERM).success());
}
