//! A page of the log that the hub has signed and no document takes in whole: nothing of it stays, on the disk or in
//! memory.

use form_client::workspace::Workspace;
use form_document::key::SigningKey;
use form_document::log::{Item, LogHead, LogState};
use form_document::wire::{Page, PageEntry};
use form_document::{ChangeHash, change_hash};
use form_model::error::ErrorCode;
use form_model::id::ApplicationId;
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::hanging::check_start;
use crate::sharing::team;

const PROSE: &str = "openness.cooperation_mechanism";

struct Scene {
    hub: LoneHub,
    lead: Agency,
    /// Accepts two changes of commerce's, of which the second builds on one of science's that it leaves out.
    page: Page,
    id: ApplicationId,
}

fn scene() -> Scene {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.sync(&id, &mut hub).unwrap();
    }
    check_start(&mut commerce, &id);
    check_start(&mut science, &id);
    commerce.splice(&id, PROSE, 0, 0, "引进来").unwrap();
    science.splice(&id, "innovation.measures", 0, 0, "科技服务").unwrap();
    commerce.workspace.import(&science.stick(&id, false).unwrap(), "丙.hqb").unwrap();
    commerce.splice(&id, PROSE, 3, 0, "走出去").unwrap();
    commerce.workspace.reconnect(&id).unwrap();
    let offer = commerce.workspace.offer(&id).unwrap().unwrap();
    let own = commerce.workspace.device().public();
    let claims: Vec<_> = offer.claims.unwrap().into_iter().filter(|claim| claim.device == own).collect();
    let actor = claims[0].open(&id).actor;
    let changes: Vec<_> = offer
        .changes
        .into_iter()
        .filter(|change| form_document::change_place(&change.0).unwrap().0 == actor)
        .collect();
    assert_eq!(changes.len(), 2);
    let hello = lead.workspace.hello(&id).unwrap();
    let mut log = LogState { position: hello.after, hash: hello.log };
    for change in &changes {
        let hash: ChangeHash = change_hash(&change.0).unwrap();
        log.push(Item::Accepted(hash));
    }
    let key = SigningKey::from_seed(&[42; 32]).unwrap();
    let page = Page {
        after: hello.after,
        entries: changes.into_iter().map(PageEntry::Change).collect(),
        seals: offer.seals,
        claims,
        head: LogHead::sign(&key, &id, &log, 0, 1),
    };
    Scene { hub, lead, page, id }
}

/// What the desk has, and how far it has followed.
fn standing(desk: &mut Workspace, id: &ApplicationId) -> (String, u64) {
    let text = desk.answers(id).unwrap().1.text(&form_model::id::AnswerId(PROSE.into())).to_owned();
    (text, desk.hello(id).unwrap().after)
}

#[test]
fn the_desk_goes_on_with_what_is_on_its_disk() {
    let Scene { mut hub, mut lead, page, id } = scene();
    let before = standing(&mut lead.workspace, &id);
    let error = lead.workspace.follow(&id, &page).unwrap_err();
    assert_eq!(error.code, ErrorCode::HubBroken, "{error:?}");
    assert!(error.details["cause.en"].contains("no document takes in"), "{error:?}");
    assert_eq!(standing(&mut lead.workspace, &id), before, "nor its first change, which was good");
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.workspace.sync_state(&id).unwrap().waiting, 0);
    assert_eq!(lead.restart().text(&id, "cover.zone_name"), "示例合作区");
}

#[test]
fn a_desk_that_cannot_read_its_disk_then_does_not_go_on_ahead_of_it() {
    let Scene { mut hub, mut lead, page, id } = scene();
    let before = standing(&mut lead.workspace, &id);
    let disk = rusqlite::Connection::open(lead.folder.path().join("huiqian.db")).unwrap();
    disk.execute_batch("ALTER TABLE snapshot RENAME TO hidden").unwrap();
    let error = lead.workspace.follow(&id, &page).unwrap_err();
    assert_eq!(error.code, ErrorCode::FileUnusable, "{error:?}");
    assert!(lead.workspace.hello(&id).is_err(), "it is not open any more");
    disk.execute_batch("ALTER TABLE hidden RENAME TO snapshot").unwrap();
    assert_eq!(standing(&mut lead.workspace, &id), before);
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "cover.zone_name"), "示例合作区");
}
