//! Files on their way in: tus 1.0.0, to a hub that is killed, full, or asked for what it must not do.

use std::time::Duration;

use data_encoding::BASE64;
use reqwest::Method;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustix::process::Signal;
use sync_server::clock::Clock;
use sync_server::{Config, Hub};

use crate::TestHub;
use crate::client::{Client, path};
use crate::file::{
    PIECE, TUS, append, append_with, asked, begin, bring, bytes, fetch, has, metadata, offset, said, sha256,
    state,
};
use crate::program::Running;
use crate::support::desk::Desk;
use crate::support::{NOW, key};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_pieces_and_is_kept_once_its_whole_hash_was_compared() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(3_000_000, 1);
    let hash = sha256(&file);
    let begun = begin(&leads, &lead, file.len(), Some(&hash)).await.unwrap();
    assert_eq!((begun.status().as_u16(), offset(&begun)), (201, 0));
    said(&begun, "Upload-Expires");
    let upload = said(&begun, "Location").to_owned();
    let mut at = 0;
    for piece in file.chunks(1_000_000) {
        assert_eq!(has(&leads, &lead, &hash).await, 404, "not before it is whole");
        let answer = append(&leads, &upload, at, piece).await.unwrap();
        at += piece.len() as u64;
        assert_eq!((answer.status().as_u16(), offset(&answer)), (204, at));
        assert_eq!(answer.headers().contains_key("Huiqian-Sha256"), at == 3_000_000);
    }
    assert_eq!(has(&leads, &lead, &hash).await, 200);
    let known = state(&leads, &upload).await.unwrap();
    assert_eq!((offset(&known), said(&known, "Upload-Length")), (at, "3000000"));
    assert_eq!(said(&known, "Cache-Control"), "no-store");
    assert_eq!(said(&known, "Upload-Metadata"), metadata(&hash));
    assert_eq!(fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap(), file);
    // A second time costs one request.
    let again = begin(&leads, &lead, file.len(), Some(&hash)).await.unwrap();
    assert_eq!(offset(&again), at);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_hash_nobody_announced_gets_its_name_from_the_hub_also_with_its_creation() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(70_000, 2);
    let headers = [TUS, PIECE, ("Upload-Length", "70000")];
    let whole = asked(&leads, Method::POST, &path(&lead, "/uploads"), &headers, file.clone()).await.unwrap();
    assert_eq!((whole.status().as_u16(), offset(&whole)), (201, 70_000));
    assert_eq!(said(&whole, "Huiqian-Sha256"), sha256(&file));
    let start = asked(&leads, Method::POST, &path(&lead, "/uploads"), &headers, file[..100].to_vec()).await;
    let start = start.unwrap();
    assert_eq!(offset(&start), 100);
    append(&leads, said(&start, "Location"), 100, &file[100..]).await.unwrap();
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_each_with_its_reason_and_nothing_of_it_counts() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(1_000, 3);
    let begun = begin(&leads, &lead, 1_000, Some(&sha256(&file))).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let refused = async |at, piece: &[u8], more: &[(&str, &str)]| {
        let (status, code) = append_with(&leads, &upload, at, piece, more).await.unwrap_err();
        format!("{status} {code}")
    };
    assert_eq!(refused(1, &file[1..], &[]).await, "409 offset_wrong");
    assert_eq!(refused(0, &[&file[..], b"!"].concat(), &[]).await, "413 too_large");
    let wrong = sum(b"another");
    assert_eq!(refused(0, &file, &[("Upload-Checksum", &wrong)]).await, "460 checksum_mismatch");
    assert_eq!(refused(0, &file, &[("Upload-Checksum", "crc32 AAAA")]).await, "400 bad_message");
    assert_eq!(offset(&state(&leads, &upload).await.unwrap()), 0);
    let right = sum(&file[..400]);
    append_with(&leads, &upload, 0, &file[..400], &[("Upload-Checksum", &right)]).await.unwrap();
    // The rest is another file's: it is not what was announced, and the upload is gone.
    assert_eq!(refused(400, &[0; 600], &[]).await, "460 hash_mismatch");
    assert_eq!(state(&leads, &upload).await.unwrap_err().0, 404);
    let old = [("Tus-Resumable", "0.2.2"), ("Upload-Length", "1")];
    let (status, code) =
        asked(&leads, Method::POST, &path(&lead, "/uploads"), &old, vec![]).await.unwrap_err();
    assert_eq!((status, code.as_str()), (412, "tus_version"));
    let empty = begin(&leads, &lead, 0, None).await.unwrap_err();
    assert_eq!(empty, (400, "empty_file".to_owned()));
    let plain = asked(&leads, Method::PATCH, &upload, &[TUS, ("Upload-Offset", "0")], vec![1]).await;
    assert_eq!(plain.unwrap_err(), (415, "unsupported_media".to_owned()));
    hub.hub.shutdown().await;
}

/// What says what a piece is.
fn sum(piece: &[u8]) -> String {
    format!("sha1 {}", BASE64.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, piece).as_ref()))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_long_piece_that_is_not_what_its_checksum_says() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(3_000_000, 16);
    let begun = begin(&leads, &lead, file.len(), Some(&sha256(&file))).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let wrong = [("Upload-Checksum", sum(&file[1..]))];
    let wrong = wrong.each_ref().map(|(name, sum)| (*name, sum.as_str()));
    let refused = append_with(&leads, &upload, 0, &file[..2_000_000], &wrong).await.unwrap_err();
    assert_eq!(refused, (460, "checksum_mismatch".to_owned()));
    let left = std::fs::read_dir(hub.folder.path().join("blobs/staging")).unwrap().flatten();
    assert_eq!(left.map(|file| file.metadata().unwrap().len()).sum::<u64>(), 0);
    assert_eq!(offset(&state(&leads, &upload).await.unwrap()), 0);
    append(&leads, &upload, 0, &file).await.unwrap();
    assert_eq!(has(&leads, &lead, &sha256(&file)).await, 200);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_that_breaks_off_is_kept_as_far_as_it_came_and_a_newer_request_has_the_right_of_way() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(2_000_000, 4);
    let begun = begin(&leads, &lead, file.len(), Some(&sha256(&file))).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let headers = [TUS, PIECE, ("Upload-Offset", "0")];
    let body = stalling(&file[..1_000_000]);
    let held = leads.head_signed(Method::PATCH, &upload, &headers, body);
    let coming = async {
        while offset(&state(&leads, &upload).await.unwrap()) < 1_000_000 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        answer = held => {
            // The newer request made the hub let go of it.
            assert_eq!(answer.unwrap().status().as_u16(), 400);
            assert!(offset(&state(&leads, &upload).await.unwrap()) <= 1_000_000);
        }
        () = coming => {}
    }
    let at = offset(&state(&leads, &upload).await.unwrap());
    let rest = &file[usize::try_from(at).unwrap()..];
    append(&leads, &upload, at, rest).await.unwrap();
    assert_eq!(has(&leads, &lead, &sha256(&file)).await, 200);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_of_the_hub_only_what_it_had_not_acknowledged_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = Running::start(folder.path());
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    let mut client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    let file = bytes(4_000_000, 5);
    let begun = begin(&client, &lead, file.len(), None).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let (mut at, mut sent) = (0, 0);
    while at < file.len() {
        let end = (at + 1_000_000).min(file.len());
        append(&client, &upload, at as u64, &file[at..end]).await.unwrap();
        (at, sent) = (end, sent + end - at);
        // What comes next is under way when the hub dies.
        let (next, body) = (at.to_string(), file[at..].to_vec());
        let headers = [TUS, PIECE, ("Upload-Offset", &next)];
        if at < file.len() {
            let lost = client.head_signed(Method::PATCH, &upload, &headers, body);
            let _ = tokio::time::timeout(Duration::from_millis(1), lost).await;
        }
        running.signal(Signal::KILL);
        running = Running::start(folder.path());
        client = Client::new(&running.url, key(1)).await;
        let known = usize::try_from(offset(&state(&client, &upload).await.unwrap())).unwrap();
        assert!(known >= at, "{known} of {at} acknowledged bytes");
        at = known;
    }
    assert!(sent <= file.len());
    let hash = sha256(&file);
    assert_eq!(has(&client, &lead, &hash).await, 200);
    assert_eq!(fetch(&client, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap(), file);
    assert!(running.signal(Signal::TERM).success());
}

/// What a hub gathers of a piece before it writes.
const STILL_IN_MEMORY: u64 = 256 << 10;

/// Half of a file, and then a line over which nothing comes.
fn stalling(half: &[u8]) -> reqwest::Body {
    let half = axum::body::Bytes::copy_from_slice(half);
    reqwest::Body::wrap_stream(futures_util::stream::unfold(Some(half), |next| async {
        match next {
            Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
            None => std::future::pending().await,
        }
    }))
}

/// The staging file, once the hub has written so much of it.
async fn staged(folder: &std::path::Path, written: u64) -> std::path::PathBuf {
    loop {
        let files = std::fs::read_dir(folder.join("blobs/staging")).unwrap().flatten();
        let mut files = files.filter(|file| file.metadata().unwrap().len() + STILL_IN_MEMORY >= written);
        if let Some(file) = files.next() {
            return file.path();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How far an upload is after the hub was killed in its first piece; `spoil` does something to what it had written.
async fn killed_in_a_piece(hash: Option<&str>, spoil: impl Fn(&std::path::Path)) -> (u64, bool) {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path());
    let lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    let file = bytes(4_000_000, 15);
    let begun = begin(&client, &lead, file.len(), hash).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    let headers = [TUS, PIECE, ("Upload-Offset", "0")];
    let written = tokio::select! {
        _ = client.head_signed(Method::PATCH, &upload, &headers, stalling(&file[..3_000_000])) => {
            panic!("nothing answers a piece that is not over")
        }
        written = staged(folder.path(), 3_000_000) => written,
    };
    running.signal(Signal::KILL);
    spoil(&written);
    let running = Running::start(folder.path());
    let client = Client::new(&running.url, key(1)).await;
    let at = offset(&state(&client, &upload).await.unwrap());
    let rest = append(&client, &upload, at, &file[usize::try_from(at).unwrap()..]).await;
    let well = rest.is_ok() && has(&client, &lead, &sha256(&file)).await == 200;
    if !well {
        assert_eq!(rest.unwrap_err(), (460, "hash_mismatch".to_owned()));
        assert_eq!(state(&client, &upload).await.unwrap_err().0, 404, "it is begun anew");
    }
    running.signal(Signal::TERM);
    (at, well)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_hub_had_written_of_a_file_is_not_sent_again_where_its_hash_would_find_a_torn_end() {
    let hash = sha256(&bytes(4_000_000, 15));
    let (at, well) = killed_in_a_piece(Some(&hash), |_| ()).await;
    assert!(well && (3_000_000 - STILL_IN_MEMORY..=3_000_000).contains(&at), "{at}");
    let tear = |written: &std::path::Path| {
        let mut bytes = std::fs::read(written).unwrap();
        bytes[2_000_000..].fill(0);
        std::fs::write(written, bytes).unwrap();
    };
    let (at, well) = killed_in_a_piece(Some(&hash), tear).await;
    assert!(!well && at > 2_000_000, "{at}");
    assert_eq!(killed_in_a_piece(None, |_| ()).await, (0, true), "without a hash, what was counted alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_when_its_owner_ends_it_or_when_its_time_is_over_and_its_bytes_go() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (_, others) = hub.join(2, &mut lead, &leads).await;
    let staging = hub.folder.path().join("blobs/staging");
    let staged = || std::fs::read_dir(&staging).unwrap().count();
    let begun = begin(&leads, &lead, 10, None).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    append(&leads, &upload, 0, b"12345").await.unwrap();
    assert_eq!(staged(), 1);
    assert_eq!(state(&others, &upload).await.unwrap_err().0, 404, "it is not theirs");
    let foreign = append(&others, &upload, 5, b"67890").await.unwrap_err();
    assert_eq!(foreign, (404, "upload_unknown".to_owned()));
    let end = asked(&leads, Method::DELETE, &upload, &[TUS], Vec::new()).await.unwrap();
    assert_eq!((end.status().as_u16(), staged()), (204, 0));
    assert_eq!(state(&leads, &upload).await.unwrap_err().0, 404);
    let begun = begin(&leads, &lead, 10, None).await.unwrap();
    let upload = said(&begun, "Location").to_owned();
    append(&leads, &upload, 0, b"12345").await.unwrap();
    let TestHub { hub, folder } = hub;
    hub.shutdown().await;
    let later = NOW + 8 * 24 * 3_600_000;
    let hub = Hub::start_with(Config::embedded(folder.path()), Clock::new(move || later)).await.unwrap();
    let leads = Client::new(&hub.url, key(1)).await;
    for _ in 0..200 {
        if staged() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(staged(), 0, "what was not finished in time goes when the hub starts");
    assert!([404, 410].contains(&state(&leads, &upload).await.unwrap_err().0));
    hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_nothing_brings_nothing_and_names_in_addresses_lead_nowhere_else() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (_, observers) =
        crate::download::member(&hub, &mut lead, &leads, 3, crate::download::observer()).await;
    let refused = begin(&observers, &lead, 10, None).await.unwrap_err();
    assert_eq!(refused, (403, "not_a_writer".to_owned()));
    let stranger = hub.client(9).await;
    assert_eq!(begin(&stranger, &lead, 10, None).await.unwrap_err().1, "not_a_member");
    for name in ["..%2f..%2fhub.db", "%2e%2e", "hub.db", "..%2F..%2Fhub.key", "AAAA", &"a".repeat(31)] {
        let place = path(&lead, &format!("/uploads/{name}"));
        assert_eq!(append(&leads, &place, 0, b"x").await.unwrap_err().0, 404, "{name}");
        let (status, _) = asked(&leads, Method::GET, &path(&lead, &format!("/blobs/{name}")), &[], vec![])
            .await
            .unwrap_err();
        assert_eq!(status, 404, "{name}");
    }
    let upper = sha256(b"x").to_uppercase();
    assert_eq!(has(&leads, &lead, &upper).await, 404);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_room_is_refused_before_its_first_byte() {
    let hub = TestHub::with(|config| config.evidence.quota_mib = 1).await;
    let (lead, leads) = hub.lead(1).await;
    bring(&leads, &lead, &bytes(600_000, 7)).await;
    let over = begin(&leads, &lead, 600_000, None).await.unwrap_err();
    assert_eq!(over, (507, "quota_exceeded".to_owned()));
    let large = begin(&leads, &lead, 1 << 32, None).await.unwrap_err();
    assert_eq!(large, (413, "too_large".to_owned()));
    hub.hub.shutdown().await;
    let full = TestHub::with(|config| config.evidence.disk_free_mib = u64::MAX >> 20).await;
    let (lead, leads) = full.lead(1).await;
    let refused = begin(&leads, &lead, 10, None).await.unwrap_err();
    assert_eq!(refused, (507, "disk_full".to_owned()));
    full.hub.shutdown().await;
}
