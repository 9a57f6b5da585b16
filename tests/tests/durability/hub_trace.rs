//! The hub answers only what is on its disk, by the system calls that it makes.

use std::time::Duration;

use form_client::hub::Part;
use form_model::evidence::EvidenceFile;
use form_model::hex;
use huiqian_tests::bench::hub::stage::Stage;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::LoopbackDesk;
use huiqian_tests::random::Random;
use huiqian_tests::syscall::{check, tracing};
use ring::digest::{SHA256, digest};

const EDITS: usize = 60;
/// How long the hub gets to answer a hello: that page stands for nothing new, and must not be on its way while the
/// first edit is written.
const GREETED: Duration = Duration::from_secs(1);
/// How strace shows the first byte of a binary message of a WebSocket (RFC 6455, section 5.2).
const MESSAGE: &str = "\"\\202";

/// Whether a line sends something that may acknowledge: an answer to a request, or a message on a live stream.
fn answers(line: &str) -> bool {
    line.contains("\"HTTP/1.1 20") || line.contains(MESSAGE)
}

async fn trace(edits: impl AsyncFnOnce(&LoopbackDesk)) -> usize {
    let mut log = None;
    let mut hub = HubProcess::start_by(|folder| tracing(log.insert(folder.join("trace")))).unwrap();
    let lead = LoopbackDesk::lead(hub.url()).await.unwrap();
    edits(&lead).await;
    hub.stop().unwrap();
    let trace = std::fs::read_to_string(log.unwrap()).unwrap();
    let messages = trace.lines().filter(|line| answers(line)).count();
    assert!(messages >= EDITS, "the trace shows {messages} answers");
    check(&trace, "hub.db-wal", answers).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hubs_log_is_synced_between_the_last_write_and_every_answer() {
    let synced = trace(async |lead| {
        let mut random = Random::new(5);
        for _ in 0..EDITS {
            lead.edit(0, &mut random).unwrap();
            lead.sync().await.unwrap();
        }
    });
    let synced = synced.await;
    assert!(synced >= EDITS, "{synced} answers stood for something new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hubs_log_is_synced_before_every_word_on_a_live_stream() {
    let synced = trace(async |lead| {
        let line = lead.stay_in_step();
        tokio::time::sleep(GREETED).await;
        let mut random = Random::new(6);
        for _ in 0..EDITS {
            lead.edit(0, &mut random).unwrap();
            while lead.sync_state().waiting > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        line.abort();
    });
    let synced = synced.await;
    assert!(synced >= EDITS, "{synced} words stood for something new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_files_bytes_are_synced_before_every_answer_about_them_and_its_folder_before_the_last() {
    let mut log = None;
    let hub = HubProcess::start_by(|folder| tracing(log.insert(folder.join("trace")))).unwrap();
    let mut stage = Stage::over(hub).await.unwrap();
    let act = stage.act(1).await.unwrap();
    let (hub, id) = (&act.connection, &act.company.application);
    let photo: Vec<u8> = (0..1_000_000_u32).map(|at| (at >> 5 ^ at).to_le_bytes()[0]).collect();
    let sha256 = hex::encode(digest(&SHA256, &photo).as_ref());
    let (name, kind, size) = ("photo.jpg".to_owned(), "image/jpeg".to_owned(), photo.len() as u64);
    let file = EvidenceFile { name, sha256: sha256.clone(), size, kind };
    let upload = hub.begin_upload(id, &file).await.unwrap();
    let place = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(place.path(), &photo).unwrap();
    let mut start = 0;
    while start < size {
        let part = Part { path: place.path(), start, length: 100_000 };
        start = hub.append(&upload.path, &part).await.unwrap();
    }
    stage.hub.stop().unwrap();
    let trace = std::fs::read_to_string(log.unwrap()).unwrap();
    let staging = upload.path.rsplit('/').next().unwrap();
    let synced = check(&trace, staging, |line| line.contains("\"HTTP/1.1 20")).unwrap();
    assert_eq!(synced, 10, "an answer for each piece");
    let folder = format!("kept/{id}/{}>", &sha256[..2]);
    assert!(trace.lines().any(|line| line.contains("fsync(") && line.contains(&folder)), "{folder}");
}
