//! A USB stick is a network.

use std::time::Duration;

use form_client::stick::StickToWrite;
use form_client::workspace::bundle_mark::Since;
use form_document::ledger::SEALS_EXTRA_MAX;
use form_document::log::LogState;
use form_document::wire::{Exchange, Hello, Offer};
use form_model::command::{Event, Link, PackedEvidence};
use form_model::error::ErrorCode;
use form_model::id::ApplicationId;
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub, copy_folder};
use tokio::time::timeout;

use crate::sharing::team;

/// What a bundle's import changed, and what it left out.
fn carry(from: &mut Agency, to: &mut Agency, id: &ApplicationId, since_last: bool) -> (u64, u64) {
    let bytes = from.stick(id, since_last).unwrap();
    let (imported, _) = to.workspace.import(&bytes, "交换包.hqb").unwrap();
    (imported.changes, imported.refused)
}

fn check(desks: &mut [&mut Agency], id: &ApplicationId) {
    for desk in desks {
        if let Some(unchecked) = desk.workspace.unchecked_start(id).unwrap() {
            desk.workspace.checked_start(id, &unchecked.check().unwrap()).unwrap();
        }
    }
}

#[test]
fn desks_that_never_meet_a_network_exchange_their_work_and_the_hub_agrees_later() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    science.splice(&id, "innovation.measures", 0, 0, "研发").unwrap();
    assert_eq!(carry(&mut commerce, &mut science, &id, false), (1, 0));
    assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来");
    // Again: nothing new, no harm.
    assert_eq!(carry(&mut commerce, &mut science, &id, false), (0, 0));
    // Science has a line and hands both over.
    science.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "openness.cooperation_mechanism"), "引进来");
    assert_eq!(lead.text(&id, "innovation.measures"), "研发");
    // The hub's verdicts travel on a stick, too.
    assert_eq!(carry(&mut lead, &mut commerce, &id, false).1, 0);
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().waiting, 0);
    assert_eq!(commerce.text(&id, "innovation.measures"), "研发");
}

#[test]
fn what_a_stick_brought_counts_as_waiting_until_the_hub_has_it() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    science.sync(&id, &mut hub).unwrap();
    science.workspace.linked(&id, Link::Live).unwrap();
    assert_eq!(science.workspace.sync_state(&id).unwrap().waiting, 0);
    let stick = commerce.stick(&id, false).unwrap();
    let wake = science.workspace.wake(&id);
    let (_, events) = science.workspace.import(&stick, "甲.hqb").unwrap();
    let told = events.iter().any(|event| matches!(event, Event::Sync { sync } if sync.waiting == 1));
    assert!(told, "the view is told: {events:?}");
    let woken = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let woken = woken.block_on(async { timeout(Duration::from_secs(5), wake.changed.notified()).await });
    assert!(woken.is_ok(), "it is handed over at once");
    science.sync(&id, &mut hub).unwrap();
    assert_eq!(science.workspace.sync_state(&id).unwrap().waiting, 0);
}

#[test]
fn a_bundle_of_what_is_new_holds_that_alone_and_comes_in_any_order() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.stick(&id, true).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    let first = commerce.stick(&id, true).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    let second = commerce.stick(&id, true).unwrap();
    let all = commerce.workspace.export_bundle(&id, false).unwrap();
    assert!(second.len() * 4 < all.len(), "{} {}", second.len(), all.len());
    // The second alone waits for the first.
    let (imported, _) = science.workspace.import(&second, "二.hqb").unwrap();
    assert_eq!((imported.changes, imported.refused), (0, 1));
    let mut science = science.restart();
    let (imported, _) = science.workspace.import(&first, "一.hqb").unwrap();
    assert_eq!((imported.changes, imported.refused), (2, 0));
    // Or the hub brings it.
    lead.workspace.import(&second, "二.hqb").unwrap();
    science.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "openness.cooperation_mechanism"), "引进来走出去");
    assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来走出去");
}

#[test]
fn a_file_that_was_never_written_or_was_somebody_elses_is_not_what_the_next_goes_on_from() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    let first = commerce.stick(&id, true).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    // The disk was full.
    commerce.workspace.export_bundle(&id, true).unwrap();
    let mut commerce = commerce.restart();
    let second = commerce.stick(&id, true).unwrap();
    assert_eq!(lead.workspace.import(&second, "二.hqb").unwrap().0.changes, 1);
    // Science has only had the first.
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    let position = commerce.workspace.hello(&id).unwrap().after;
    let sticks = tempfile::tempdir().unwrap();
    let on_stick = |name: &str, bytes: &[u8]| {
        let path = sticks.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Since::File(path)
    };
    let mut since = |since: &Since| {
        commerce.workspace.pack_bundle(&id, since, &PackedEvidence::None).map(StickToWrite::into_content)
    };
    for start in [on_stick("一.hqb", &first), Since::Position(position)] {
        let file = since(&start).unwrap();
        let mut science = Agency::open("科技局", copy_folder(science.folder.path()));
        assert_eq!(science.workspace.import(&file, "三.hqb").unwrap().0.changes, 2, "{start:?}");
        assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来走出去");
    }
    let third = since(&on_stick("二.hqb", &second)).unwrap();
    let (imported, _) = science.workspace.import(&third, "三.hqb").unwrap();
    assert_eq!((imported.changes, imported.refused), (0, 1), "it goes on from the second");
    let none = since(&on_stick("无.hqb", b"none")).unwrap_err();
    assert_eq!(none.code, ErrorCode::BadImport);
}

#[test]
fn damaged_and_foreign_files_change_nothing() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    let bytes = commerce.workspace.export_bundle(&id, false).unwrap();
    let before = science.answers(&id);
    for end in [0, 7, 8, 9, bytes.len() / 2, bytes.len() - 1] {
        let refused = science.workspace.import(&bytes[..end], "坏.hqb").unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadImport, "cut at {end}");
    }
    // Ones that unpack without end.
    let mut bomb = b"huiqian\x01".to_vec();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 300 << 20), &mut encoder).unwrap();
    bomb.extend(encoder.finish().unwrap());
    assert_eq!(science.workspace.import(&bomb, "炸弹.hqb").unwrap_err().code, ErrorCode::BadImport);
    assert_eq!(science.answers(&id), before);
    let mut stranger = Agency::new("别的单位");
    assert_eq!(stranger.workspace.import(&bytes, "甲.hqb").unwrap_err().code, ErrorCode::BadImport);
}

#[test]
fn a_bundle_whose_writer_took_more_for_known_than_is_here_gives_what_it_has() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    // This file goes to somebody else.
    commerce.stick(&id, true).unwrap();
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // Its page only names the change that was in the file before; the lead's is in it.
    let second = commerce.stick(&id, true).unwrap();
    let (imported, _) = science.workspace.import(&second, "二.hqb").unwrap();
    assert_eq!(imported.changes, 1);
    assert_eq!(science.text(&id, "cover.zone_name"), "示例合作区");
    science.sync(&id, &mut hub).unwrap();
    assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来");
}

#[test]
fn a_change_whose_author_names_a_roster_that_never_was_holds_nobody_up() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    // The lead's step is known by stick alone, and what is written then names it.
    lead.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    lead.grant(&id, "science", Role::Contributor, &["innovation", "openness"]);
    carry(&mut lead, &mut science, &id, false);
    science.splice(&id, "openness.cooperation_mechanism", 0, 0, "研发").unwrap();
    carry(&mut science, &mut commerce, &id, false);
    // Then the lead's laptop dies, and the hub puts another step in its place.
    let mut other = Agency::new("牵头局");
    let code = lead.workspace.recovery_code(&id).unwrap().text;
    drop(lead);
    other.recover(&code, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    for desk in [&mut commerce, &mut science] {
        assert_eq!(desk.workspace.sync_state(&id).unwrap().waiting, 0, "{}", desk.name());
        assert!(!desk.workspace.has_offer(&id).unwrap(), "{}", desk.name());
    }
}

#[test]
fn a_desk_that_had_work_refused_still_proves_what_was_accepted() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    lead.grant(&id, "commerce", Role::Contributor, &["openness", "plan"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // One signature is about what is accepted and what is not.
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    commerce.splice(&id, "plan.text", 0, 0, "三年").unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    lead.grant(&id, "commerce", Role::Contributor, &["openness"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // The stick is as good as the hub.
    assert_eq!(carry(&mut commerce, &mut science, &id, false).1, 0);
    assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来走出去");
    let end = hub.log(&id).position;
    assert_eq!(science.workspace.hello(&id).unwrap().after, end);
    // Also after a restart, and for a hub that has lost everything since.
    let mut commerce = commerce.restart();
    assert_eq!(commerce.workspace.log_after(&id, 0).unwrap().last().unwrap().head.position, end);
    assert_eq!(carry(&mut commerce, &mut lead, &id, false).1, 0);
}

/// Types into a text with a line to the hub: a page of the log for every character.
fn type_live(desk: &mut Agency, id: &ApplicationId, hub: &mut LoneHub, characters: usize) {
    for _ in 0..characters {
        desk.splice(id, "openness.cooperation_mechanism", 0, 0, "字").unwrap();
        desk.sync(id, hub).unwrap();
    }
}

#[test]
fn what_no_hub_has_seen_is_taken_in_beside_a_log_of_more_signatures_than_an_offer_may_have() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    let pages = SEALS_EXTRA_MAX + 50;
    type_live(&mut commerce, &id, &mut hub, pages);
    science.sync(&id, &mut hub).unwrap();
    // One colleague has followed the log, the other has not.
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "新").unwrap();
    for (desk, changes) in [(&mut science, 1), (&mut lead, pages as u64 + 1)] {
        assert_eq!(carry(&mut commerce, desk, &id, false), (changes, 0), "{}", desk.name());
        assert!(desk.text(&id, "openness.cooperation_mechanism").starts_with('新'), "{}", desk.name());
    }
}

#[test]
fn signatures_that_were_folded_prove_the_log_in_files_that_grow_with_it_and_no_faster() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    let signatures = |hub: &mut LoneHub, desk: &Agency| {
        let hello = Hello { after: 0, log: LogState::start(&id).hash, have: Vec::new() };
        let exchange = Exchange { hello, offer: Offer::default() };
        hub.core.exchange(&desk.workspace.device().public(), &id, exchange).unwrap().page.seals.len()
    };
    let mut sizes = vec![commerce.workspace.export_bundle(&id, false).unwrap().len()];
    for characters in [100, 300] {
        type_live(&mut commerce, &id, &mut hub, characters);
        let before = signatures(&mut hub, &commerce);
        assert!(before >= characters, "{before}");
        commerce.workspace.fold_signatures(&id).unwrap();
        commerce.sync(&id, &mut hub).unwrap();
        let after = signatures(&mut hub, &commerce);
        assert!(after < 20, "{after} signatures after {before}");
        sizes.push(commerce.workspace.export_bundle(&id, false).unwrap().len());
    }
    // Three times as many again: all of a segment's hashes with every change would be fifteen times as much.
    assert!(sizes[2] - sizes[1] < 5 * (sizes[1] - sizes[0]), "{sizes:?}");
    assert_eq!(carry(&mut commerce, &mut science, &id, false), (400, 0));
    // So does whoever joins: every signature and right is looked at.
    lead.sync(&id, &mut hub).unwrap();
    lead.grant(&id, "customs", Role::Reviewer, &[]);
    let invite = lead.invite(&id, "customs");
    lead.sync(&id, &mut hub).unwrap();
    let mut customs = Agency::new("海关");
    customs.join(&invite, &mut hub).unwrap();
    check(&mut [&mut customs], &id);
    assert_eq!(customs.text(&id, "openness.cooperation_mechanism"), "字".repeat(400));
    // And a hub that was restored gets the log back from a desk.
    assert_eq!(commerce.workspace.log_after(&id, 0).unwrap().len(), 1);
}
