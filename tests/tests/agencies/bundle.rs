//! A USB stick is a network.

use form_model::error::ErrorCode;
use form_model::id::ApplicationId;
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::sharing::team;

/// What a bundle's import changed, and what it left out.
fn carry(from: &mut Agency, to: &mut Agency, id: &ApplicationId, since_last: bool) -> (u64, u64) {
    let bytes = from.workspace.export_bundle(id, since_last).unwrap();
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
fn a_bundle_of_what_is_new_holds_that_alone_and_comes_in_any_order() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    check(&mut [&mut lead, &mut commerce, &mut science], &id);
    commerce.workspace.export_bundle(&id, true).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    let first = commerce.workspace.export_bundle(&id, true).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    let second = commerce.workspace.export_bundle(&id, true).unwrap();
    let all = commerce.workspace.export_bundle(&id, false).unwrap();
    assert!(second.len() * 4 < all.len(), "{} {}", second.len(), all.len());
    // The second alone waits for the first.
    let (imported, _) = science.workspace.import(&second, "二.hqb").unwrap();
    assert_eq!((imported.changes, imported.refused), (0, 1));
    science.workspace.import(&first, "一.hqb").unwrap();
    science.workspace.import(&second, "二.hqb").unwrap();
    assert_eq!(science.text(&id, "openness.cooperation_mechanism"), "引进来走出去");
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
