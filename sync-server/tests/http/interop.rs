//! Foreign clients of tus 1.0.0, in their own code, as processes of their own: they upload with a ticket, are killed
//! together with the hub, and go on where the hub says.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use rustix::process::Signal;

use crate::client::{Client, path};
use crate::file::{asked, bytes, fetch, has, sha256};
use crate::program::Running;
use crate::support::desk::Desk;
use crate::support::key;

/// Of the file, in bytes: a dozen pieces.
const LENGTH: usize = 3_000_000;
/// After how many pieces the client and the hub are killed.
const PIECES_BEFORE_KILL: usize = 3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/interop")
}

/// A script of the folder, with the packages that are installed there.
pub fn python(script: &str) -> Command {
    let packages = folder().join("python-packages");
    assert!(packages.is_dir(), "what {script} needs is not installed; `cargo xtask set-up` installs it");
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", packages).arg(folder().join(script));
    command
}

fn tuspy() -> Command {
    python("upload.py")
}

fn tus_js_client() -> Command {
    assert!(
        folder().join("node_modules").is_dir(),
        "tus-js-client is not installed; `cargo xtask set-up` installs it"
    );
    let mut command = Command::new("node");
    command.arg(folder().join("upload.mjs"));
    command
}

/// The lines that a client prints, each with how many bytes the hub has acknowledged to it.
fn acknowledged(child: &mut Child) -> impl Iterator<Item = usize> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("at ")?.parse().ok())
}

async fn uploads_is_killed_and_resumes(client: fn() -> Command) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let running = Running::start(&data);
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    let ours = Client::new(&running.url, key(1)).await;
    ours.publish(&lead, None).await.unwrap();
    let ticket = asked(&ours, Method::POST, &path(&lead, "/tickets"), &[], vec![]).await.unwrap();
    let ticket: serde_json::Value = ticket.json().await.unwrap();
    let (file, store) = (folder.path().join("photo.jpg"), folder.path().join("store.json"));
    let content = bytes(LENGTH, 11);
    std::fs::write(&file, &content).unwrap();
    let port = running.url.rsplit(':').next().unwrap().to_owned();
    let start = |url: &str| {
        let mut command = client();
        let endpoint = format!("{url}{}", path(&lead, "/uploads"));
        command.arg(endpoint).arg(ticket["ticket"].as_str().unwrap()).arg(&file).arg(&store);
        command.stdout(Stdio::piped()).spawn().unwrap()
    };
    let mut child = start(&running.url);
    let before = acknowledged(&mut child).filter(|at| *at > 0).nth(PIECES_BEFORE_KILL - 1).unwrap();
    running.signal(Signal::KILL);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(before < LENGTH, "the client was killed in the middle");

    // The client remembers the upload's address, so the hub comes up at its own again.
    let running = Running::start_at(&data, &format!("127.0.0.1:{port}"));
    let ours = Client::new(&running.url, key(1)).await;
    let hash = sha256(&content);
    assert_eq!(has(&ours, &lead, &hash).await, 404);
    let mut child = start(&running.url);
    let resumed: Vec<usize> = acknowledged(&mut child).filter(|at| *at > 0).collect();
    assert!(child.wait().unwrap().success());
    assert!(resumed[0] >= before, "it goes on at {} of {before} acknowledged bytes", resumed[0]);
    assert_eq!(resumed.last(), Some(&LENGTH));
    assert_eq!(has(&ours, &lead, &hash).await, 200);
    assert_eq!(fetch(&ours, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap(), content);
    assert!(running.signal(Signal::TERM).success());
}

#[tokio::test(flavor = "multi_thread")]
async fn tuspy_uploads_is_killed_and_resumes() {
    uploads_is_killed_and_resumes(tuspy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_uploads_is_killed_and_resumes() {
    uploads_is_killed_and_resumes(tus_js_client).await;
}
