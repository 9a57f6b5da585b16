//! Nobody writes outside their parts, and nobody loses what they were allowed to write.

use form_document::comment::COMMENT_MAX_CHARS;
use form_document::wire::Exchange;
use form_model::answer::AnswerValue;
use form_model::command::{DiscussAct, DiscussRequest, Edit, Event, SetAsideRequest};
use form_model::delta::Delta;
use form_model::error::ErrorCode;
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::sharing::team;

const MEASURES: &str = "innovation.measures";
const TICKED: &str = "cultivation.actions.digital";

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
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
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
        let request =
            SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
        let missed = commerce.workspace.set_aside(&request).unwrap();
        let values = missed.into_iter().filter_map(|missed| missed.value);
        let mut texts: Vec<_> = values.map(|value| value.as_text().to_owned()).collect();
        texts.sort();
        texts
    };
    assert_eq!(aside(&mut commerce), ["引进来走出去"]);
    // The hub's word on the second comes after a restart.
    let mut commerce = commerce.restart();
    commerce.sync(&id, &mut hub).unwrap();
    assert_eq!(aside(&mut commerce), ["引进来走出去"]);
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().waiting, 0);
}

#[test]
fn what_is_typed_when_the_right_was_just_taken_is_kept_apart_at_once() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let (text, figure) = ("openness.cooperation_mechanism", "openness.export_growth.2025");
    commerce.splice(&id, text, 0, 0, "引进来").unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    lead.grant(&id, "commerce", Role::Contributor, &["plan"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // The view had this under the fingers.
    let splice = |base, at, words: &str| Edit::Splice {
        answer: AnswerId(text.into()),
        base,
        delta: Delta::splice(at, 0, words),
    };
    let base = commerce.workspace.state(&id, &AnswerId(text.into())).unwrap().revision;
    let answered = commerce.workspace.edit_or_keep_apart(&id, &splice(base, 3, "走出去")).unwrap();
    let told = answered.kept_apart.unwrap();
    assert_eq!(told.code, ErrorCode::KeptApart);
    assert!(told.sentence(Language::Chinese).contains("现由牵头局填写"), "{told:?}");
    assert_eq!(answered.revision, base, "the text did not move");
    assert_eq!(answered.answers[0].value.as_ref().unwrap().as_text(), "引进来");
    let five = Some(AnswerValue::Text("5".into()));
    let set = Edit::Set { values: vec![(AnswerId(figure.into()), five)] };
    let answered = commerce.workspace.edit_or_keep_apart(&id, &set).unwrap();
    assert_eq!((answered.kept_apart.is_some(), &answered.answers[0].value), (true, &None));
    commerce.workspace.edit_or_keep_apart(&id, &splice(base, 0, "又")).unwrap();
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().set_aside, 2);

    // Nothing was closed, as after a kill: it is on the disk, and the desk goes on.
    let mut commerce = commerce.restart();
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
    let kept = commerce.workspace.set_aside(&request).unwrap();
    let words = |answer: &str| {
        let of_it = kept.iter().filter(|one| one.answer.as_str() == answer);
        of_it.filter_map(|one| one.value.as_ref()).map(AnswerValue::as_text).collect::<String>()
    };
    assert_eq!((words(text), words(figure)), ("走出去 … 又".to_owned(), "5".to_owned()), "{kept:?}");
    assert!(kept.iter().all(|one| one.author.is_none()), "{kept:?}");
    commerce.splice(&id, "plan.text", 0, 0, "三年翻一番").unwrap();
    let propose = SetAsideRequest { dismiss: Some(kept[0].change.clone()), propose: true, ..request };
    assert_eq!(commerce.workspace.set_aside(&propose).unwrap().len(), 1);
    commerce.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    for desk in [&mut lead, &mut commerce] {
        assert_eq!(desk.text(&id, text), "引进来", "{}", desk.name());
        assert_eq!(desk.text(&id, figure), "", "{}", desk.name());
        assert_eq!(desk.text(&id, "plan.text"), "三年翻一番", "{}", desk.name());
        assert_eq!(desk.workspace.sync_state(&id).unwrap().waiting, 0, "{}", desk.name());
    }
    let read = DiscussRequest { application: id.clone(), act: DiscussAct::Read };
    assert_eq!(lead.workspace.discuss(&read).unwrap().comments.len(), 1);
}

#[test]
fn what_one_types_who_now_looks_on_or_takes_no_part_is_kept_apart_too() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let text = AnswerId("openness.cooperation_mechanism".into());
    lead.grant(&id, "commerce", Role::Observer, &[]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    let edit = Edit::Splice { answer: text.clone(), base: 0, delta: Delta::splice(0, 0, "引进来") };
    assert_eq!(commerce.workspace.edit(&id, &edit).unwrap_err().code, ErrorCode::LooksOn);
    let answered = commerce.workspace.edit_or_keep_apart(&id, &edit).unwrap();
    assert!(answered.kept_apart.unwrap().sentence(Language::Chinese).contains("只看"));
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().set_aside, 1);
    assert_eq!(commerce.text(&id, &text.0), "");
    let say = DiscussAct::Say { on: None, to: [].into(), text: "好".into(), reply_to: None };
    let say = DiscussRequest { application: id.clone(), act: say };
    assert_eq!(commerce.workspace.discuss(&say).unwrap_err().code, ErrorCode::LooksOn);
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

#[test]
fn refused_typing_is_one_piece_of_work_and_is_proposed_whole() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    lead.grant(&id, "commerce", Role::Contributor, &["openness", "innovation", "cultivation"]);
    lead.splice(&id, MEASURES, 0, 0, "旧文").unwrap();
    lead.set(&id, "innovation.rd_growth.2023", "3").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    // A pasted page, and typing with a slip; what stood there goes.
    let long = "科".repeat(COMMENT_MAX_CHARS);
    commerce.splice(&id, MEASURES, 0, 2, &long).unwrap();
    for (at, delete, text) in [(0, 0, "办"), (1, 0, "错"), (1, 1, ""), (1, 0, "实"), (2, 0, "事")] {
        commerce.splice(&id, MEASURES, at, delete, text).unwrap();
    }
    // One change in two fields.
    let cleared = (AnswerId("innovation.rd_growth.2023".into()), None);
    let ticked = (AnswerId(TICKED.into()), Some(AnswerValue::Flag(true)));
    commerce.workspace.edit(&id, &Edit::Set { values: vec![cleared, ticked] }).unwrap();
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    // Typed and taken out again: nobody misses it.
    commerce.splice(&id, "cultivation.measures", 0, 0, "错").unwrap();
    commerce.splice(&id, "cultivation.measures", 0, 1, "").unwrap();
    lead.grant(&id, "commerce", Role::Contributor, &["plan"]);
    lead.grant(&id, "science", Role::Contributor, &["innovation", "cultivation"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();

    let request = |dismiss: Option<&str>, propose| {
        let dismiss = dismiss.map(str::to_owned);
        SetAsideRequest { application: id.clone(), dismiss, propose, adopt: false }
    };
    let missed = commerce.workspace.set_aside(&request(None, false)).unwrap();
    assert_eq!(missed.len(), 4, "{missed:?}");
    assert_eq!(commerce.workspace.sync_state(&id).unwrap().set_aside, 4);
    let text = missed.iter().find(|missed| missed.answer.as_str() == MEASURES).unwrap();
    assert_eq!(text.value.as_ref().unwrap().as_text(), format!("办实事{long}"));
    assert_eq!(text.deleted, "旧文");
    for one in missed.iter().filter(|missed| !missed.answer.as_str().starts_with("openness")) {
        commerce.workspace.set_aside(&request(Some(&one.change), true)).unwrap();
    }
    let mut commerce = commerce.restart();
    let left = commerce.workspace.set_aside(&request(None, false)).unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(commerce.workspace.set_aside(&request(Some(&left[0].change), false)).unwrap(), []);

    commerce.sync(&id, &mut hub).unwrap();
    science.sync(&id, &mut hub).unwrap();
    let read = DiscussRequest { application: id.clone(), act: DiscussAct::Read };
    let comments = science.workspace.discuss(&read).unwrap().comments;
    let mut said: Vec<&str> = comments.iter().map(|comment| comment.text.as_str()).collect();
    said.sort_by_key(|text| text.chars().count());
    assert_eq!(said[..2], ["建议勾选", "建议清空"], "{said:?}");
    assert_eq!(said[2], "建议删去：旧文");
    assert_eq!(said.len(), 5, "{said:?}");
    assert!(said[4].starts_with("建议填写 1/2：办实事"), "{said:?}");
    assert!(said[3].starts_with("建议填写 2/2：科"), "{said:?}");
    assert!(comments.iter().all(|comment| comment.for_me), "{comments:?}");
}

#[test]
fn a_value_that_lies_aside_is_not_hidden_by_a_later_one_that_is_refused_as_well() {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, _, id) = team(&mut hub);
    let figure = "openness.export_growth.2025";
    lead.set(&id, figure, "7").unwrap();
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    for (first, second) in [("1", "2"), ("3", "4")] {
        commerce.set(&id, figure, first).unwrap();
        commerce.set(&id, figure, second).unwrap();
        lead.grant(&id, "commerce", Role::Contributor, &["plan"]);
        lead.sync(&id, &mut hub).unwrap();
        commerce.sync(&id, &mut hub).unwrap();
        lead.grant(&id, "commerce", Role::Contributor, &["openness"]);
        lead.sync(&id, &mut hub).unwrap();
        commerce.sync(&id, &mut hub).unwrap();
        assert_eq!(commerce.text(&id, figure), "7");
    }
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
    let missed = commerce.workspace.set_aside(&request).unwrap();
    let mut values: Vec<_> = missed.iter().map(|one| one.value.as_ref().unwrap().as_text()).collect();
    values.sort_unstable();
    assert_eq!(values, ["2", "4"], "what one wrote over oneself is not missed");
}
