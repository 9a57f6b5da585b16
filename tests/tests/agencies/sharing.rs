//! Edits flow, merge, and wait for a line.

use form_document::wire::Presence;
use form_model::command::{Event, Link, ReadThrough, ShowPresence};
use form_model::id::{AnswerId, ApplicationId};
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub, begin};

const FORM: &str = "zone-application-2026";
const PROSE: &str = "openness.cooperation_mechanism";

/// A lead and two agencies with sections of their own.
pub fn team(hub: &mut LoneHub) -> (Agency, Agency, Agency, ApplicationId) {
    begin(1);
    let mut lead = Agency::new("牵头局");
    let id = lead.start(FORM, hub);
    lead.grant(&id, "commerce", Role::Contributor, &["openness"]);
    lead.grant(&id, "science", Role::Contributor, &["innovation"]);
    let invites = [lead.invite(&id, "commerce"), lead.invite(&id, "science")];
    lead.sync(&id, hub).unwrap();
    let (mut commerce, mut science) = (Agency::new("商务局"), Agency::new("科技局"));
    assert_eq!(commerce.join(&invites[0], hub).unwrap(), id);
    assert_eq!(science.join(&invites[1], hub).unwrap(), id);
    (lead, commerce, science, id)
}

#[test]
fn whoever_brings_an_untouched_application_to_the_hub_has_nothing_to_check() {
    let mut hub = LoneHub::start();
    let mut lead = Agency::new("牵头局");
    let id = lead.start(FORM, &mut hub);
    assert!(!lead.workspace.sync_state(&id).unwrap().checking);
    lead.stick(&id, false).unwrap();
}

#[test]
fn what_one_agency_writes_the_others_read() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.splice(&id, "plan.text", 0, 0, "三年翻一番").unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    for _ in 0..2 {
        for desk in [&mut lead, &mut commerce, &mut science] {
            desk.sync(&id, &mut hub).unwrap();
        }
    }
    for desk in [&mut lead, &mut commerce, &mut science] {
        assert_eq!(desk.text(&id, "cover.zone_name"), "示例合作区", "{}", desk.name());
        assert_eq!(desk.text(&id, "plan.text"), "三年翻一番", "{}", desk.name());
        assert_eq!(desk.text(&id, "openness.cooperation_mechanism"), "引进来", "{}", desk.name());
        assert_eq!(desk.workspace.sync_state(&id).unwrap().waiting, 0);
    }
    let state = lead.workspace.state(&id, &AnswerId("cover.zone_name".into())).unwrap();
    assert_eq!(state.changed.unwrap().author, "牵头局 牵头局的人");
}

#[test]
fn a_lead_hears_when_the_hub_has_taken_a_step_of_its_own() {
    let mut hub = LoneHub::start();
    let (mut lead, _, _, id) = team(&mut hub);
    let before = lead.grant(&id, "customs", Role::Reviewer, &[]);
    assert_eq!(before.unconfirmed, 1);
    let events = lead.sync(&id, &mut hub).unwrap();
    // The members who joined before are heard of first.
    let mut told = events.iter().filter_map(|event| match event {
        Event::Team { team } => Some(team.unconfirmed),
        _ => None,
    });
    assert_eq!(
        told.next_back(),
        Some(0),
        "the page of members goes on saying that the hub knows nothing of it"
    );
}

#[test]
fn everything_is_there_after_desk_and_hub_were_stopped() {
    let mut hub = LoneHub::start();
    let (mut lead, commerce, _, id) = team(&mut hub);
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    lead.set(&id, "cover.zone_name", "另一个合作区").unwrap();
    hub.restart();
    let mut lead = lead.restart();
    lead.sync(&id, &mut hub).unwrap();
    let mut commerce = commerce.restart();
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(commerce.text(&id, "cover.zone_name"), "另一个合作区");
}

#[test]
fn a_text_that_two_agencies_rewrote_at_one_place_waits_for_a_reader_at_every_desk() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    lead.splice(&id, PROSE, 0, 0, "发展规划").unwrap();
    for desk in [&mut lead, &mut commerce, &mut science] {
        desk.sync(&id, &mut hub).unwrap();
    }
    lead.splice(&id, PROSE, 2, 2, "蓝图").unwrap();
    commerce.splice(&id, PROSE, 2, 2, "方案").unwrap();
    for _ in 0..2 {
        for desk in [&mut lead, &mut commerce, &mut science] {
            desk.sync(&id, &mut hub).unwrap();
        }
    }
    for desk in [&mut lead, &mut commerce, &mut science] {
        assert_eq!(desk.workspace.rereads(&id).unwrap(), [AnswerId(PROSE.into())], "{}", desk.name());
    }
    // Another edit by one of them is none of that.
    let read = ReadThrough { application: id.clone(), answer: AnswerId(PROSE.into()) };
    assert_eq!(lead.workspace.read_through(&read).unwrap(), []);
    commerce.splice(&id, PROSE, 0, 0, "本市").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.workspace.rereads(&id).unwrap(), []);
}

#[test]
fn who_opens_a_form_again_sees_who_is_in_it_and_who_closes_it_is_gone() {
    let mut hub = LoneHub::start();
    let (mut lead, commerce, _, id) = team(&mut hub);
    lead.sync(&id, &mut hub).unwrap();
    let here = Presence { here: true, answer: Some("cover.zone_name".to_owned()), caret: Some(2) };
    let people = vec![(commerce.workspace.device().public(), here)];
    lead.workspace.hear_people(&id, people).unwrap();
    lead.workspace.show_presence(&ShowPresence { application: id.clone(), answer: None, caret: None });
    let told = lead.workspace.wake(&id).presence;
    assert!(told.borrow().here);
    lead.workspace.close_application(&id).unwrap();
    assert_eq!(*told.borrow(), Presence::default());
    let present = lead.workspace.open_application(&id).unwrap().present;
    let places: Vec<_> = present.iter().map(|one| (one.agency.0.as_str(), one.caret)).collect();
    assert_eq!(places, [("commerce", Some(2))]);
    // While the hub is not heard nobody is there.
    lead.workspace.hear_people(&id, Vec::new()).unwrap();
    assert_eq!(lead.workspace.open_application(&id).unwrap().present, []);
}

#[test]
fn a_step_of_the_team_waits_for_the_hub_like_any_change() {
    let mut hub = LoneHub::start();
    let (mut lead, _, _, id) = team(&mut hub);
    lead.sync(&id, &mut hub).unwrap();
    lead.workspace.linked(&id, Link::Live).unwrap();
    assert_eq!(lead.workspace.sync_state(&id).unwrap().waiting, 0);
    lead.grant(&id, "customs", Role::Observer, &[]);
    assert_eq!(lead.workspace.sync_state(&id).unwrap().waiting, 1);
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.workspace.sync_state(&id).unwrap().waiting, 0);
}
