//! `huiqian grant | revoke | invite`.

use std::path::Path;

use form_client::surroundings::Surroundings;
use form_client::workspace::Workspace;
use form_model::command::{Team, TeamAct, TeamRequest};
use form_model::id::ApplicationId;
use form_model::member::{EvidenceAccess, Role};

use crate::support::{at, huiqian};

/// A lead among colleagues, as the demo leaves it; and its application.
fn lead(folder: &Path) -> (std::path::PathBuf, ApplicationId) {
    let kept = folder.join("kept");
    let said = huiqian(&["--json", "demo", "--keep", kept.to_str().unwrap()]);
    (kept.join("lead"), ApplicationId(said.json()["application"].as_str().unwrap().to_owned()))
}

fn team(home: &Path, id: &ApplicationId, act: TeamAct) -> Team {
    let mut desk = Workspace::open(home, Surroundings::system()).unwrap();
    desk.team(&TeamRequest { application: id.clone(), act }).unwrap()
}

#[test]
fn a_new_grant_leaves_who_may_read_which_evidence_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (home, id) = lead(folder.path());
    let agencies = team(&home, &id, TeamAct::Read).agencies;
    let mut commerce = agencies.into_iter().find(|agency| agency.id.0 == "commerce").unwrap();
    commerce.grant.evidence = EvidenceAccess::Only(["directory".to_owned()].into());
    let (name, mark, grant) = (commerce.name, commerce.mark, commerce.grant.clone());
    team(&home, &id, TeamAct::SaveAgency { id: commerce.id, name, mark, grant, accept_until: None });
    let said = at(&home, &["grant", &id.0, "commerce", "--part", "plan"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let agencies = team(&home, &id, TeamAct::Read).agencies;
    let now = agencies.into_iter().find(|agency| agency.id.0 == "commerce").unwrap().grant;
    assert_eq!(now.evidence, commerce.grant.evidence);
    assert_ne!(now.parts, commerce.grant.parts);
}

#[test]
fn rights_are_taken_from_the_one_device_that_is_named_and_from_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (home, id) = lead(folder.path());
    let before = team(&home, &id, TeamAct::Read);
    let device = before.devices.iter().find(|device| device.agency.0 == "science").unwrap().key.clone();
    for unclear in ["", &device[..3], "zzzzzzzz"] {
        let said = at(&home, &["revoke", &id.0, unclear]);
        assert_ne!(said.code, Some(0), "{unclear:?}: {said:?}");
        assert!(!said.err.is_empty(), "{said:?}");
        assert_eq!(team(&home, &id, TeamAct::Read), before, "{unclear:?}");
    }
    let said = at(&home, &["revoke", &id.0, &device[..8]]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let after = team(&home, &id, TeamAct::Read).devices;
    let revoked: Vec<_> =
        after.into_iter().filter(|device| device.revoked).map(|device| device.key).collect();
    assert_eq!(revoked, [device]);
}

#[test]
fn what_a_grant_does_not_say_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (home, id) = lead(folder.path());
    let of = |agency: &str| {
        let agencies = team(&home, &id, TeamAct::Read).agencies;
        agencies.into_iter().find(|known| known.id.0 == agency)
    };
    let grant = |arguments: &[&str]| at(&home, &[&["grant", &id.0], arguments].concat());
    let before = of("commerce").unwrap();
    assert!(!before.grant.parts.is_empty());
    assert_eq!(grant(&["commerce", "--name", "商务委"]).code, Some(0));
    let renamed = of("commerce").unwrap();
    assert_eq!((renamed.name.as_str(), &renamed.grant), ("商务委", &before.grant));
    assert_eq!(grant(&["commerce", "--role", "observer"]).code, Some(0));
    assert_ne!(grant(&["commerce", "--evidence", "evidence_99"]).code, Some(0), "there is no such slot");
    assert_eq!(grant(&["commerce", "--evidence", "evidence_01"]).code, Some(0));
    let looking_on = of("commerce").unwrap().grant;
    assert_eq!((looking_on.role, &looking_on.parts), (Role::Observer, &before.grant.parts));
    assert_eq!(looking_on.evidence, EvidenceAccess::Only(vec!["evidence_01".to_owned()]));
    assert_eq!(grant(&["commerce", "--no-parts", "--evidence", "all"]).code, Some(0));
    let bare = of("commerce").unwrap().grant;
    assert!(bare.parts.is_empty() && bare.evidence == EvidenceAccess::All);
    let said = grant(&["comerce", "--part", "openness"]);
    assert_ne!(said.code, Some(0), "{said:?}");
    assert!(of("comerce").is_none() && said.err.contains("comerce"), "{said:?}");
}

#[test]
fn an_invite_says_when_it_can_be_used_and_no_longer_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let (home, id) = lead(folder.path());
    let said = at(&home, &["--lang", "en", "invite", &id.0, "commerce"]);
    assert_eq!(said.out.lines().count(), 1, "{said:?}");
    assert!(said.err.contains("synced"), "{said:?}");
    for days in ["0", "91"] {
        assert_ne!(at(&home, &["invite", &id.0, "commerce", "--days", days]).code, Some(0), "{days}");
    }
}
