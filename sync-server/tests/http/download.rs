//! Files on their way out: who may have which, parts, damage, and what becomes of those that nobody names.

use std::path::PathBuf;
use std::time::Duration;

use form_document::roster::Act;
use form_document::wire;
use form_model::member::{AgencyId, EvidenceAccess, FormPart, Grant, Role};
use reqwest::Method;
use rustix::process::Signal;
use sync_server::clock::Clock;
use sync_server::{Config, Hub};

use crate::TestHub;
use crate::client::{Client, path};
use crate::file::{begin, bring, bytes, fetch, has, name, offset, said, sha256};
use crate::program::{Running, put_keys, run};
use crate::support::desk::Desk;
use crate::support::{NOW, key};

/// Reads all answers, and no files.
pub fn observer() -> Grant {
    Grant { evidence: EvidenceAccess::Only(Vec::new()), ..Grant::default() }
}

pub fn contributor(part: &str, evidence: EvidenceAccess) -> Grant {
    let parts = [(FormPart(part.to_owned()), None)].into();
    Grant { role: Role::Contributor, parts, evidence, ..Grant::default() }
}

/// A desk of an agency with this grant.
pub async fn member(
    hub: &TestHub,
    lead: &mut Desk,
    leads: &Client,
    number: u8,
    grant: Grant,
) -> (Desk, Client) {
    let agency = format!("agency-{number}");
    // Those who were enrolled before stand in the roster.
    leads.sync(lead).await.unwrap();
    lead.act(Act::Agency {
        id: AgencyId(agency.clone()),
        name: "协同单位".to_owned(),
        mark: "协".to_owned(),
        grant,
        accept_until_ms: None,
    });
    let invite = key(number + 100);
    lead.invite_acts(&agency, "safety", &invite);
    leads.sync(lead).await.unwrap();
    let client = hub.client(number).await;
    let invitation = client.invitation(&invite).await.unwrap();
    let (desk, entry) = Desk::accept(number, &invite, &invitation);
    let place = format!("/v1/invites/{}", invite.public());
    client.plain(Method::POST, &place, wire::encode(&entry)).await.unwrap();
    (desk, client)
}

fn kept(hub: &TestHub, desk: &Desk, file: &[u8]) -> PathBuf {
    let hash = sha256(file);
    let place = format!("blobs/kept/{}/{}/{hash}", desk.application, &hash[..2]);
    hub.folder.path().join(place)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_sent_as_asked_and_never_as_something_that_a_browser_would_run() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = [b"<script>alert(1)</script>".as_slice(), &bytes(900_000, 1)].concat();
    let hash = sha256(&file);
    bring(&leads, &lead, &file).await;
    let whole = fetch(&leads, &lead, &hash, &[("Accept-Encoding", "gzip")]).await.unwrap();
    let etag = format!("\"{hash}\"");
    for (header, value) in [
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", &format!("attachment; filename=\"{hash}\"")),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("Cache-Control", "private"),
        ("ETag", &etag),
        ("Content-Length", &file.len().to_string()),
    ] {
        assert_eq!(said(&whole, header), value);
    }
    assert!(!whole.headers().contains_key("Content-Encoding"), "its length and parts are the file's own");
    assert_eq!(whole.bytes().await.unwrap(), file);
    let (first, rest) = ([("Range", "bytes=0-99")], [("Range", "bytes=800000-")]);
    let part = fetch(&leads, &lead, &hash, &first).await.unwrap();
    assert_eq!(part.status().as_u16(), 206);
    assert_eq!(said(&part, "Content-Range"), format!("bytes 0-99/{}", file.len()));
    assert_eq!(part.bytes().await.unwrap(), file[..100]);
    let end = fetch(&leads, &lead, &hash, &rest).await.unwrap();
    assert_eq!(end.bytes().await.unwrap(), file[800_000..]);
    let known = [rest[0], ("If-Range", &etag)];
    assert_eq!(fetch(&leads, &lead, &hash, &known).await.unwrap().status().as_u16(), 206);
    let other = [rest[0], ("If-Range", "\"another\"")];
    assert_eq!(fetch(&leads, &lead, &hash, &other).await.unwrap().status().as_u16(), 200);
    let nowhere = fetch(&leads, &lead, &hash, &[("Range", "bytes=9999999-")]).await.unwrap_err();
    assert_eq!(nowhere, (416, "range_wrong".to_owned()));
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_for_those_whose_grant_has_its_slot_and_for_its_writers() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let all = contributor("station", EvidenceAccess::All);
    let (_, everybody) = member(&hub, &mut lead, &leads, 2, all).await;
    let slot = contributor("station", EvidenceAccess::Only(vec!["waste_log".to_owned()]));
    let (_, of_slot) = member(&hub, &mut lead, &leads, 3, slot).await;
    let (mut thief, thieves) =
        member(&hub, &mut lead, &leads, 4, contributor("safety.inspected", EvidenceAccess::Only(Vec::new())))
            .await;
    let (_, observers) = member(&hub, &mut lead, &leads, 5, observer()).await;
    let (file, hash) = (bytes(10_000, 2), sha256(&bytes(10_000, 2)));
    bring(&leads, &lead, &file).await;
    let seen = async |clients: [&Client; 5], lead: &Desk| {
        let mut seen = Vec::new();
        for client in clients {
            seen.push(has(client, lead, &hash).await);
        }
        seen
    };
    let clients = [&leads, &everybody, &of_slot, &thieves, &observers];
    assert_eq!(
        seen(clients, &lead).await,
        [200, 404, 404, 404, 404],
        "named nowhere, it is its bringer's alone"
    );
    name(&mut lead, "safety.waste", 1, &file);
    leads.sync(&mut lead).await.unwrap();
    assert_eq!(seen(clients, &lead).await, [200, 200, 200, 404, 404]);
    let refused = fetch(&thieves, &lead, &hash, &[]).await.unwrap_err();
    assert_eq!(refused, (404, "blob_unknown".to_owned()), "as one that the hub does not have");
    // The hash is no secret: it stands in the document. Naming it in one's own slot opens nothing.
    thieves.sync(&mut thief).await.unwrap();
    name(&mut thief, "safety.inspected", 2, &file);
    thieves.sync(&mut thief).await.unwrap();
    assert_eq!(seen(clients, &lead).await, [200, 200, 200, 404, 404]);
    // Nor does an upload of what one does not have tell that the hub has it.
    let begun = begin(&thieves, &lead, file.len(), Some(&hash)).await.unwrap();
    assert_eq!(offset(&begun), 0);
    // Whoever has the bytes has the file.
    bring(&thieves, &lead, &file).await;
    assert_eq!(seen(clients, &lead).await, [200, 200, 200, 200, 404]);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_are_asked_about_in_one_round() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let here = bytes(1_000, 3);
    bring(&leads, &lead, &here).await;
    let ask = async |hashes: Vec<String>| {
        let answer = leads.send(Method::POST, &path(&lead, "/blobs/known"), wire::encode(&hashes)).await?;
        Ok::<Vec<String>, crate::client::Failure>(wire::decode(&answer.bytes().await.unwrap()).unwrap())
    };
    let mut hashes: Vec<String> = (0..1_023_u32).map(|number| sha256(&number.to_le_bytes())).collect();
    hashes.push(sha256(&here));
    assert_eq!(ask(hashes.clone()).await, Ok(vec![sha256(&here)]));
    hashes.push(sha256(b"one too many"));
    assert_eq!(ask(hashes).await.unwrap_err().1, "too_large");
    assert_eq!(ask(vec!["..".to_owned()]).await.unwrap_err().1, "bad_message");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_damaged_or_gone_is_sent_to_nobody_and_can_be_brought_again() {
    let hub = TestHub::new().await;
    let (lead, leads) = hub.lead(1).await;
    let file = bytes(1_000_000, 4);
    let hash = sha256(&file);
    bring(&leads, &lead, &file).await;
    let place = kept(&hub, &lead, &file);
    let mut damaged = file.clone();
    damaged[999_999] ^= 1;
    std::fs::write(&place, &damaged).unwrap();
    let cut = fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await;
    assert!(cut.is_err(), "the line ends before the file does");
    assert_eq!(has(&leads, &lead, &hash).await, 404);
    assert!(!place.exists() && hub.folder.path().join("blobs/damaged").exists(), "it was set aside");
    bring(&leads, &lead, &file).await;
    assert_eq!(fetch(&leads, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap(), file);
    // Of parts too, though it was sound a moment ago; and of one that is shorter or gone.
    std::fs::write(&place, &damaged).unwrap();
    let part = fetch(&leads, &lead, &hash, &[("Range", "bytes=0-9")]).await.unwrap_err();
    assert_eq!(part.0, 404);
    for spoil in
        [|place: &PathBuf| std::fs::write(place, b"short"), |place: &PathBuf| std::fs::remove_file(place)]
    {
        bring(&leads, &lead, &file).await;
        spoil(&place).unwrap();
        assert_eq!(has(&leads, &lead, &hash).await, 404);
    }
    bring(&leads, &lead, &file).await;
    assert_eq!(has(&leads, &lead, &hash).await, 200);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_file_that_no_change_ever_named_goes_and_not_before_its_time() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let [named, overwritten, unnamed] = [5, 6, 7].map(|seed| bytes(1_000, seed));
    for file in [&named, &overwritten, &unnamed] {
        bring(&leads, &lead, file).await;
    }
    name(&mut lead, "safety.waste", 1, &overwritten);
    name(&mut lead, "safety.waste", 1, &named);
    leads.sync(&mut lead).await.unwrap();
    let places = [&named, &overwritten, &unnamed].map(|file| kept(&hub, &lead, file));
    let there = || places.each_ref().map(|place| place.exists());
    let TestHub { hub, folder } = hub;
    hub.shutdown().await;
    for (days, expected) in [(29, [true, true, true]), (31, [true, true, false])] {
        let now = NOW + days * 24 * 3_600_000;
        let hub = Hub::start_with(Config::embedded(folder.path()), Clock::new(move || now)).await.unwrap();
        for _ in 0..100 {
            if there() == expected && days > 30 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(there(), expected, "after {days} days");
        hub.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_file_that_an_older_database_does_not_know_is_found_where_it_lies() {
    let hub = TestHub::new().await;
    let (mut lead, leads) = hub.lead(1).await;
    let (file, hash) = (bytes(1_000, 10), sha256(&bytes(1_000, 10)));
    name(&mut lead, "safety.waste", 1, &file);
    leads.sync(&mut lead).await.unwrap();
    let place = kept(&hub, &lead, &file);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::write(&place, &file).unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(2 * 3_600);
    std::fs::File::open(&place).unwrap().set_modified(old).unwrap();
    assert_eq!(has(&leads, &lead, &hash).await, 404);
    let hub = hub.restarted().await;
    let leads = hub.client(1).await;
    let mut status = 404;
    for _ in 0..200 {
        status = has(&leads, &lead, &hash).await;
        if status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status, 200);
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_takes_the_files_along_and_the_doctor_reads_each_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (data, backup) = (folder.path().join("data"), folder.path().join("backup.db"));
    let running = Running::start(&data);
    let mut lead = Desk::lead_at(1, [1; 16], running.hub);
    let client = Client::new(&running.url, key(1)).await;
    client.publish(&lead, None).await.unwrap();
    let (file, awaited) = (bytes(100_000, 8), bytes(10, 9));
    bring(&client, &lead, &file).await;
    name(&mut lead, "safety.waste", 1, &file);
    name(&mut lead, "safety.waste", 2, &awaited);
    client.sync(&mut lead).await.unwrap();
    let doctor = |data: &PathBuf| {
        let output = run(&["doctor", "--blobs"], &[("--data", data)]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (well, said) = doctor(&data);
    assert!(well && said.contains("1 files of evidence, 100000 bytes; 1 more are named"), "{said}");
    assert!(run(&["backup"], &[("--data", &data), ("--out", &backup)]).status.success());
    running.signal(Signal::TERM);
    let restored = folder.path().join("restored");
    assert!(run(&["restore"], &[("--data", &restored), ("--from", &backup)]).status.success());
    put_keys(&data, &restored);
    assert!(doctor(&restored).0);
    let running = Running::start(&restored);
    let client = Client::new(&running.url, key(1)).await;
    let hash = sha256(&file);
    assert_eq!(fetch(&client, &lead, &hash, &[]).await.unwrap().bytes().await.unwrap(), file);
    running.signal(Signal::TERM);
    let place = restored.join(format!("blobs/kept/{}/{}/{hash}", lead.application, &hash[..2]));
    std::fs::remove_file(&place).unwrap();
    std::fs::write(&place, &file[1..]).unwrap();
    let (well, said) = doctor(&restored);
    assert!(!well && said.contains("is not what its name says"), "{said}");
    std::fs::remove_file(&place).unwrap();
    let (well, said) = doctor(&restored);
    assert!(!well && said.contains("is not there"), "{said}");
    assert!(doctor(&data).0, "the other copy is not touched");
}
