//! A hub whose disk was lost goes on from an older copy. Nothing that it had acknowledged is lost, and no two desks
//! end with different logs.

use form_model::command::TeamAct;
use form_model::error::ErrorCode;
use form_model::id::ApplicationId;
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub};
use huiqian_tests::direct::code;
use huiqian_tests::loopback::accepted;

use crate::sharing::team;

const PROSE: &str = "openness.cooperation_mechanism";
const NAME: &str = "cover.zone_name";
const FIGURE: &str = "innovation.national_platform_count";

fn same_everywhere(desks: &mut [&mut Agency], id: &ApplicationId) {
    let all: Vec<_> = desks.iter_mut().map(|desk| desk.answers(id)).collect();
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:#?}");
}

#[test]
fn a_hub_restored_from_yesterdays_backup_gets_back_what_it_lost() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    lead.set(&id, NAME, "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    let backup = hub.backup();
    lead.set(&id, NAME, "改过的名称").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    commerce.splice(&id, PROSE, 0, 0, "引进来").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    let log = hub.log(&id);
    hub.restore(&backup);
    // Whoever comes first gives it back; the log goes on as if nothing had been lost.
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(hub.log(&id), log);
    // Nothing new is signed before all have shown what they know.
    commerce.splice(&id, PROSE, 0, 0, "新的：").unwrap();
    assert_eq!(code(&commerce.sync(&id, &mut hub).unwrap_err()), "recovering");
    lead.sync(&id, &mut hub).unwrap();
    hub.restart();
    assert_eq!(code(&commerce.sync(&id, &mut hub).unwrap_err()), "recovering", "it forgot whom it heard");
    lead.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    hub.restart();
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.sync(&id, &mut hub).unwrap();
        assert_eq!(desk.text(&id, NAME), "改过的名称");
        assert_eq!(desk.text(&id, PROSE), "新的：引进来");
    }
    same_everywhere(&mut [&mut lead, &mut commerce, &mut science], &id);
}

#[test]
fn a_restored_hub_is_given_what_it_lacks_and_told_the_rest_by_name() {
    let mut hub = LoneHub::start();
    let (mut lead, _, mut science, id) = team(&mut hub);
    lead.set(&id, NAME, "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    let backup = hub.backup();
    lead.set(&id, NAME, "改过的名称").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    // One page over what the backup has and what it has not.
    science.sync(&id, &mut hub).unwrap();
    let log = hub.log(&id);
    hub.restore(&backup);
    let position = hub.log(&id).position;
    let pages = science.workspace.log_after(&id, position).unwrap();
    assert!(pages[0].after < position && position < pages[0].head.position);
    let given: Vec<_> = pages.iter().flat_map(accepted).map(|(at, _)| at).collect();
    assert!(!given.is_empty() && given.iter().all(|at| *at > position), "{given:?} after {position}");
    science.sync(&id, &mut hub).unwrap();
    assert_eq!(hub.log(&id), log);
}

#[test]
fn a_lead_lets_a_restored_hub_go_on_and_whoever_comes_later_loses_nothing() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    let backup = hub.backup();
    // Two agencies write, are told that the hub has it, and leave with their laptops.
    commerce.splice(&id, PROSE, 0, 0, "引进来").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().waiting, 0);
    hub.restore(&backup);
    lead.set(&id, NAME, "示例合作区").unwrap();
    assert_eq!(code(&lead.sync(&id, &mut hub).unwrap_err()), "recovering");
    let standing = hub.core.standing(&lead.workspace.device().public(), &id).unwrap();
    assert_eq!(standing.awaited.len(), 2, "commerce and science");
    lead.open_epoch(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    lead.set(&id, NAME, "示例合作区二").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    // They come back: what the hub had lost is handed over again, also that of others.
    science.sync(&id, &mut hub).unwrap();
    let mut commerce = commerce.restart();
    commerce.sync(&id, &mut hub).unwrap();
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.sync(&id, &mut hub).unwrap();
        assert_eq!(desk.text(&id, PROSE), "引进来");
        assert_eq!(desk.text(&id, NAME), "示例合作区二");
        assert_eq!(desk.workspace.sync_state(&id).unwrap().waiting, 0);
        assert_eq!(desk.workspace.hello(&id).unwrap().log, hub.log(&id).hash);
    }
    same_everywhere(&mut [&mut lead, &mut commerce, &mut science], &id);
    // Who joins afterwards starts compactly and checks all of it.
    hub.restart();
    let invite = lead.invite(&id, "commerce");
    lead.sync(&id, &mut hub).unwrap();
    let mut second = Agency::new("商务局二");
    second.join(&invite, &mut hub).unwrap();
    let start = second.workspace.unchecked_start(&id).unwrap().unwrap();
    let verified = start.check().unwrap();
    second.workspace.checked_start(&id, &verified).unwrap();
    same_everywhere(&mut [&mut lead, &mut second], &id);
}

#[test]
fn a_hub_that_was_rolled_back_unawares_is_noticed_and_mended_by_the_lead() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    let snapshot = hub.backup();
    commerce.splice(&id, PROSE, 0, 0, "引进来").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    lead.grant(&id, "customs", Role::Observer, &[]);
    lead.sync(&id, &mut hub).unwrap();
    hub.roll_back(&snapshot);
    // Somebody who knows nothing of it writes: the hub signs a second log.
    science.set(&id, FIGURE, "9").unwrap();
    science.sync(&id, &mut hub).unwrap();
    for desk in [&mut commerce, &mut lead] {
        assert_eq!(code(&desk.sync(&id, &mut hub).unwrap_err()), "log_forked");
    }
    let refused = science.open_epoch(&id, &mut hub).unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotLead);
    lead.open_epoch(&id, &mut hub).unwrap();
    for _ in 0..2 {
        for desk in [&mut lead, &mut commerce, &mut science] {
            desk.sync(&id, &mut hub).unwrap();
        }
    }
    for desk in [&mut lead, &mut commerce, &mut science] {
        assert_eq!(desk.text(&id, PROSE), "引进来");
        assert_eq!(desk.text(&id, FIGURE), "9");
        let team = desk.team(&id, TeamAct::Read).unwrap();
        assert!(team.agencies.iter().any(|agency| agency.id.0 == "customs"), "the lead has signed it again");
    }
    same_everywhere(&mut [&mut lead, &mut commerce, &mut science], &id);
}
