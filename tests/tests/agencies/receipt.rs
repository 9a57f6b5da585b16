//! What the hub says of an offer beside its log is acted upon, and comes to rest.

use form_client::workspace::Workspace;
use form_document::key::SigningKey;
use form_document::wire::{Left, Receipt};
use form_model::command::Event;
use form_model::error::ErrorCode;
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::member::{AgencyId, Role};
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::hanging::check_start;
use crate::sharing::team;

const PLAN: &str = "plan.text";
/// The longest text of the form.
const LONG: usize = 100_000;

#[test]
fn what_is_too_much_for_one_round_is_handed_over_in_several() {
    let mut hub = LoneHub::start();
    let (mut lead, _, _, id) = team(&mut hub);
    lead.sync(&id, &mut hub).unwrap();
    // The same long text pasted and taken out, again and again: few bytes, many operations.
    for _ in 0..3 {
        lead.splice(&id, PLAN, 0, 0, &"x".repeat(LONG)).unwrap();
        lead.splice(&id, PLAN, 0, LONG, "").unwrap();
    }
    lead.splice(&id, PLAN, 0, 0, "三年翻一番").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    assert_eq!(waiting(&mut lead.workspace, &id), (0, None));
}

#[test]
fn a_step_that_the_hub_never_takes_is_taken_back_and_those_after_it_go_on() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let other = SigningKey::from_seed(&[7; 32]).unwrap().public();
    lead.workspace.publish(&id, "https://other.example", other).unwrap();
    lead.grant(&id, "customs", Role::Observer, &[]);
    lead.set(&id, "cover.zone_name", "示例合作区").unwrap();
    let events = lead.sync(&id, &mut hub).unwrap();
    let told: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            Event::Failed { error } => Some(error.sentence(Language::Chinese)),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("改用协同中心 https://other.example"), "{told:?}");
    assert_eq!(waiting(&mut lead.workspace, &id), (0, None));
    assert_eq!(lead.workspace.hub(&id).unwrap().key, hub.core.hub());
    // What came after it is with the others.
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(commerce.text(&id, "cover.zone_name"), "示例合作区");
    let has_customs = |desk: &mut Agency| {
        let team = desk.workspace.open_application(&id).unwrap().team;
        let found = team.agencies.iter().any(|agency| agency.id == AgencyId("customs".into()));
        (found, team.unconfirmed)
    };
    assert_eq!(has_customs(&mut commerce), (true, 0));
    let mut lead = lead.restart();
    assert_eq!(has_customs(&mut lead), (true, 0), "as it was kept");
}

#[test]
fn what_never_gets_a_verdict_is_told_and_does_not_go_round() {
    let mut hub = LoneHub::start();
    let (_, mut commerce, _, id) = team(&mut hub);
    commerce.sync(&id, &mut hub).unwrap();
    let position = commerce.workspace.hello(&id).unwrap().after;
    let device = commerce.workspace.device().public();
    let unknown = Receipt { position, left: vec![Left::UnknownDevice(device)], ..Receipt::default() };
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    commerce.workspace.reconnect(&id).unwrap();
    assert_eq!(rounds(&mut commerce, &id, &unknown), 2, "once more may help, a third time not");
    let (left, told) = waiting(&mut commerce.workspace, &id);
    assert!(left == 1 && told.as_ref().unwrap().contains("没有本机"), "{told:?}");
    // What is typed on goes over once, with all that it builds on still there.
    commerce.splice(&id, "openness.cooperation_mechanism", 3, 0, "走出去").unwrap();
    assert_eq!(rounds(&mut commerce, &id, &unknown), 1);
    assert!(waiting(&mut commerce.workspace, &id).1.unwrap().contains("2 处"));
    // It is told by a later start, too, until the hub has it.
    let mut commerce = commerce.restart();
    assert!(waiting(&mut commerce.workspace, &id).1.is_some());
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(waiting(&mut commerce.workspace, &id), (0, None));
    let mut commerce = commerce.restart();
    commerce.splice(&id, "openness.cooperation_mechanism", 6, 0, "。").unwrap();
    assert_eq!(waiting(&mut commerce.workspace, &id), (1, None), "and then no more");
}

#[test]
fn what_hangs_on_anothers_work_goes_over_again_when_the_hub_has_that() {
    let mut hub = LoneHub::start();
    let (_, mut commerce, mut science, id) = team(&mut hub);
    for desk in [&mut commerce, &mut science] {
        desk.sync(&id, &mut hub).unwrap();
        check_start(desk, &id);
    }
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    // Its own desk hands it over unheard by the other.
    let stick = commerce.stick(&id, false).unwrap();
    science.workspace.import(&stick, "甲.hqb").unwrap();
    science.splice(&id, "innovation.measures", 0, 0, "科技服务").unwrap();
    let position = science.workspace.hello(&id).unwrap().after;
    let unproven = Receipt { position, left: vec![Left::Unproven], ..Receipt::default() };
    science.workspace.reconnect(&id).unwrap();
    assert_eq!(rounds(&mut science, &id, &unproven), 2);
    commerce.sync(&id, &mut hub).unwrap();
    let page = hub.core.page(&id, &science.workspace.hello(&id).unwrap()).unwrap().0;
    science.workspace.follow(&id, &page).unwrap();
    assert!(science.workspace.has_offer(&id).unwrap(), "the hub has that on which it builds");
}

/// Changes without a verdict, and what a person is told of them.
fn waiting(desk: &mut Workspace, id: &ApplicationId) -> (u32, Option<String>) {
    let state = desk.sync_state(id).unwrap();
    assert!(state.trouble.iter().all(|error| error.code == ErrorCode::LeftByHub), "{state:?}");
    (state.waiting, state.trouble.map(|error| error.sentence(Language::Chinese)))
}

/// How often the desk hands something over to a hub that always answers so.
fn rounds(desk: &mut Agency, id: &ApplicationId, receipt: &Receipt) -> usize {
    let mut rounds = 0;
    while desk.workspace.offer(id).unwrap().is_some() {
        rounds += 1;
        assert!(rounds < 10, "it goes round and round");
        desk.workspace.receipt(id, receipt).unwrap();
    }
    rounds
}
