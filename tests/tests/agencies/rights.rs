//! Nobody writes outside their parts, and nobody loses what they were allowed to write.

use form_document::wire::Exchange;
use form_model::command::{DiscussAct, DiscussRequest, Event, SetAsideRequest};
use form_model::error::ErrorCode;
use form_model::id::AnswerId;
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::sharing::team;

#[test]
fn a_desk_does_not_write_what_was_not_given_to_its_agency() {
    let mut hub = LoneHub::start();
    let (_, mut commerce, _, id) = team(&mut hub);
    let refused = commerce.set(&id, "cover.zone_name", "示例合作区").unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotYours);
    assert_eq!(commerce.text(&id, "cover.zone_name"), "");
}

#[test]
fn work_that_was_taken_from_an_agency_meanwhile_is_set_aside_and_the_rest_is_kept() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    // Commerce works offline in both of its parts.
    lead.grant(&id, "commerce", Role::Contributor, &["openness", "innovation"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    commerce.splice(&id, "innovation.measures", 0, 0, "办实事").unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    // Meanwhile the lead gives one of them to science, with no time to hand in.
    lead.grant(&id, "commerce", Role::Contributor, &["openness"]);
    lead.grant(&id, "science", Role::Contributor, &["innovation"]);
    lead.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    science.splice(&id, "innovation.measures", 0, 0, "科技服务").unwrap();
    science.sync(&id, &mut hub).unwrap();

    commerce.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    for desk in [&mut lead, &mut commerce, &mut science] {
        assert_eq!(desk.text(&id, "openness.cooperation_mechanism"), "引进来走出去", "{}", desk.name());
        assert_eq!(desk.text(&id, "innovation.measures"), "科技服务", "{}", desk.name());
    }
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false };
    let missed = commerce.workspace.set_aside(&request).unwrap();
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert_eq!(missed[0].answer.as_str(), "innovation.measures");
    assert_eq!(missed[0].value.as_ref().unwrap().as_text(), "办实事");
    assert_eq!(missed[0].owner.as_ref().unwrap().0, "science");

    // It is offered to those who fill that part now.
    let propose = SetAsideRequest { dismiss: Some(missed[0].change.clone()), propose: true, ..request };
    assert_eq!(commerce.workspace.set_aside(&propose).unwrap(), []);
    commerce.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    let read = DiscussRequest { application: id.clone(), act: DiscussAct::Read };
    let comments = science.workspace.discuss(&read).unwrap().comments;
    assert!(comments[0].for_me && comments[0].unread, "{comments:?}");
    assert!(comments[0].text.contains("办实事"), "{comments:?}");
    // And nothing of it comes back after a restart.
    let mut commerce = commerce.restart();
    assert_eq!(commerce.text(&id, "innovation.measures"), "科技服务");
    commerce.splice(&id, "openness.cooperation_mechanism", 6, 0, "。").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(lead.text(&id, "openness.cooperation_mechanism"), "引进来走出去。");
}

#[test]
fn work_on_refused_work_stays_aside_when_the_hub_comes_to_it_later() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    lead.grant(&id, "commerce", Role::Contributor, &["innovation"]);
    lead.sync(&id, &mut hub).unwrap();
    // The hub refuses it, and its answer takes its time.
    let device = commerce.workspace.device().public();
    let hello = commerce.workspace.hello(&id).unwrap();
    let offer = commerce.workspace.offer(&id).unwrap().unwrap();
    let late = hub.core.exchange(&device, &id, Exchange { hello, offer }).unwrap().page;
    // Meanwhile the person goes on, and that comes to the hub as well.
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    let hello = commerce.workspace.hello(&id).unwrap();
    let offer = commerce.workspace.offer(&id).unwrap().unwrap();
    hub.core.exchange(&device, &id, Exchange { hello, offer }).unwrap();
    commerce.workspace.follow(&id, &late).unwrap();
    let aside = |commerce: &mut Agency| {
        let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false };
        let missed = commerce.workspace.set_aside(&request).unwrap();
        let values = missed.into_iter().filter_map(|missed| missed.value);
        let mut texts: Vec<_> = values.map(|value| value.as_text().to_owned()).collect();
        texts.sort();
        texts
    };
    assert_eq!(aside(&mut commerce), ["引进来", "走出去"]);
    // The hub's word on the second comes after a restart.
    let mut commerce = commerce.restart();
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(aside(&mut commerce), ["引进来", "走出去"]);
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().waiting, 0);
}

#[test]
fn a_card_of_two_values_goes_when_one_of_them_is_refused() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let figure = AnswerId("openness.export_growth.2025".into());
    // The lead's value stands out of the two, since more went before it: it is shown before and after.
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    lead.set(&id, &figure.0, "2").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.set(&id, &figure.0, "1").unwrap();
    commerce.workspace.import(&lead.stick(&id, false).unwrap(), "牵头.hqb").unwrap();
    let both = commerce.workspace.state(&id, &figure).unwrap();
    assert_eq!((both.value.unwrap().as_text(), both.conflict.len()), ("2", 2));
    lead.grant(&id, "commerce", Role::Contributor, &["plan"]);
    lead.sync(&id, &mut hub).unwrap();
    let events = commerce.sync(&id, &mut hub).unwrap();
    let mut told = events.iter().filter_map(|event| match event {
        Event::Answered { answers } => answers.iter().find(|state| state.answer == figure),
        _ => None,
    });
    let last = told.next_back().expect("the view hears that one of the values is gone");
    assert_eq!((last.value.as_ref().unwrap().as_text(), last.conflict.len()), ("2", 0));
}
