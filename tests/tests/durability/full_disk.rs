//! A disk that is really full, at the hub and at a desk: whoever writes is told so, nothing that was acknowledged is
//! lost, and it goes on when there is room.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use form_client::hub::Part;
use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::answer::AnswerValue;
use form_model::command::Edit;
use form_model::error::ErrorCode;
use form_model::evidence::EvidenceFile;
use form_model::hex;
use form_model::id::{AnswerId, ApplicationId};
use huiqian_tests::bench::hub::stage::Stage;
use huiqian_tests::hub::HubProcess;
use huiqian_tests::loopback::{LoopbackDesk, copy_of};
use huiqian_tests::small_disk::{Ballast, mounted, seen_by};
use ring::digest::{SHA256, digest};

use crate::kill::assert_holds;

/// Room for the hub's log before it is folded in, and some.
const HUB_KIB: u32 = 24 << 10;
/// Less than a desk's log takes before it is folded in.
const DESK_KIB: u32 = 2 << 10;

/// How many answers may get lost on one line.
const LOST_ANSWERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_whose_disk_is_full_says_so_loses_nothing_and_goes_on_when_there_is_room() {
    let mut hub = HubProcess::start_by(|folder| mounted(&folder.join("data"), HUB_KIB)).unwrap();
    let desks = LoopbackDesk::team_of(hub.url()).await.unwrap();
    let (lead, science) = (&desks[0], &desks[2]);
    lead.set("cover.zone_name", "示例合作区");
    lead.sync().await.unwrap();
    let before = lead.hello();
    let data = seen_by(hub.process().unwrap(), &hub.data());
    let ballast = Ballast::fill(&data, HUB_KIB).unwrap();
    lead.append("plan.text", "目标");
    for _ in 0..3 {
        let refused = lead.sync().await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::HubRefused);
        assert_eq!(refused.details["code"], "storage_failed");
        assert_eq!(refused.details["cause.en"], "the hub cannot store anything at the moment");
    }
    assert_eq!(lead.sync_state().waiting, 1, "the desk goes on holding what the hub has not taken");
    assert_eq!((lead.hello().after, lead.hello().log), (before.after, before.log));
    science.sync().await.unwrap();
    assert_eq!(science.text("cover.zone_name"), "示例合作区", "what is there can be read");
    drop(ballast);
    lead.sync().await.unwrap();
    science.sync().await.unwrap();
    assert_eq!(lead.sync_state().waiting, 0);
    assert_eq!(science.text("plan.text"), "目标");
    assert_eq!(science.answers(), lead.answers());
    // SQLite would look for the folder in this name space.
    hub.examine_at(copy_of(&data).path()).unwrap();
    hub.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_finds_no_more_room_at_the_hub_goes_on_from_what_is_durable_when_there_is_some() {
    let hub = HubProcess::start_by(|folder| {
        // All room counts: the disk is to get full, not nearly so.
        let all_room = ["env", "HUIQIAN_HUB_EVIDENCE__DISK_FREE_MIB=0"].map(OsString::from);
        [all_room.to_vec(), mounted(&folder.join("data"), HUB_KIB)].concat()
    });
    let stage = Stage::over(hub.unwrap()).await.unwrap();
    let act = stage.act(1).await.unwrap();
    let (hub, id) = (&act.connection, &act.company.application);
    let photo: Vec<u8> = (0..6_u32 << 20).map(|at| (at >> 7 ^ at).to_le_bytes()[0]).collect();
    let place = tempfile::NamedTempFile::new().unwrap();
    fs::write(place.path(), &photo).unwrap();
    let sha256 = hex::encode(digest(&SHA256, &photo).as_ref());
    let (name, kind, size) = ("photo.jpg".to_owned(), "image/jpeg".to_owned(), photo.len() as u64);
    let file = EvidenceFile { name, sha256: sha256.clone(), size, kind };
    let upload = hub.begin_upload(id, &file).await.unwrap();
    let first = Part { path: place.path(), start: 0, length: 2 << 20 };
    assert_eq!(hub.append(&upload.path, &first).await.unwrap(), 2 << 20);
    let rest = Part { path: place.path(), start: 2 << 20, length: size - (2 << 20) };
    let data = seen_by(stage.hub.process().unwrap(), &stage.hub.data());
    let ballast = Ballast::fill(&data, HUB_KIB).unwrap();
    for _ in 0..2 {
        // An answer given while the desk still sends can get lost with the line; a desk tries again then, too.
        let mut refused = hub.append(&upload.path, &rest).await.unwrap_err();
        for _ in 0..LOST_ANSWERS {
            if refused.code == ErrorCode::HubUnreachable {
                refused = hub.append(&upload.path, &rest).await.unwrap_err();
            }
        }
        assert_eq!(refused.details.get("code").map(String::as_str), Some("disk_full"), "{refused}");
    }
    assert_eq!(hub.upload_offset(&upload.path).await.unwrap(), Some(2 << 20), "what was acknowledged stays");
    drop(ballast);
    assert_eq!(hub.append(&upload.path, &rest).await.unwrap(), size);
    assert_eq!(hub.known_blobs(id, std::slice::from_ref(&sha256)).await.unwrap(), [sha256]);
}

#[test]
fn a_desk_whose_disk_gets_full_says_so_and_holds_every_acknowledged_edit() {
    let folder = tempfile::tempdir().unwrap();
    let (home, saved) = (folder.path().join("home"), folder.path().join("saved"));
    let seed = 7;
    // The typist types until the disk is full; what is on the disk is then put where there is room.
    let script = "\"$0\" \"$1\" \"$2\"; mkdir \"$3\" && cp -r \"$1\"/. \"$3\"";
    let words = mounted(&home, DESK_KIB);
    let output = Command::new(&words[0])
        .args(&words[1..])
        .args(["sh", "-c", script])
        .args([Path::new(env!("CARGO_BIN_EXE_typist")), &home])
        .arg(seed.to_string())
        .arg(&saved)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let problem = String::from_utf8(output.stderr).unwrap();
    assert!(problem.contains("not saved to disk: the disk is full"), "{problem}");
    let id = ApplicationId(said.lines().next().unwrap().strip_prefix("open ").unwrap().to_owned());
    let acknowledged = said.lines().filter(|line| line.starts_with("acknowledged ")).count();
    assert!(acknowledged > 20, "the desk hardly got to type: {acknowledged}");
    assert_holds(&saved, &id, seed, acknowledged.try_into().unwrap());
    let mut workspace = Workspace::open(&saved, Surroundings::without_keyring()).unwrap();
    let value = Some(AnswerValue::Text("有空间了".into()));
    let edit = Edit::Set { values: vec![(AnswerId("cover.zone_name".into()), value)] };
    workspace.edit(&id, &edit).unwrap();
}
