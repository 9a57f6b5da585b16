//! Sign-off: who may, what it covers, and when it no longer holds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;

use form_document::log::Reason;
use form_document::sign_off::{State, Word};
use form_model::answer::AnswerValue;
use form_model::directory::DirectoryTotals;
use form_model::evidence::{Attribute, EntryId, EvidenceFile, EvidenceKey, REMOVED};
use form_model::id::{AnswerId, FieldId};
use form_model::member::{AgencyId, Grant, Step};
use support::company::{
    COMMERCE, DATA, LEAD, NOW, REVIEWER, SCIENCE, add_member, agency_act, company, contributor, key,
};
use support::desk::{Desk, assert_same};
use support::hub::Hub;
use support::signing::{digest, statement};
use support::verdict::{accepted, judge, one_refused};
use support::{form, text};

/// A second device of the commerce agency, of another person.
const COMMERCE_TWO: u8 = 12;
const COMMERCE_THREE: u8 = 13;

#[test]
fn a_sign_off_holds_while_the_section_is_as_it_was_signed_and_again_when_it_is_so_again() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut science) = (Desk::new(LEAD, &chain), Desk::new(SCIENCE, &chain));
    science.append("plan.goals", "目标");
    science.sign_off("science", "王", "plan", Step::Sign, None);
    assert_eq!(science.states("plan"), [State::Holds]);
    assert!(science.standing("plan").is_signed());
    science.sync(&mut hub);
    lead.pull(&hub);
    assert_same(&lead, &hub);
    assert_eq!(lead.states("plan"), [State::Holds], "it holds on every desk");
    lead.set("basics.name", "甲");
    assert_eq!(lead.states("plan"), [State::Holds], "another section is another's");
    lead.append("plan.goals", "。");
    assert_eq!(lead.states("plan"), [State::Lapsed]);
    lead.splice("plan.goals", 2, 1, "");
    assert_eq!(lead.states("plan"), [State::Holds], "it holds exactly while the content is what was signed");
    lead.comment(Some("plan.goals"), "请补充");
    assert_eq!(lead.states("plan"), [State::Holds], "no sign-off covers what people say");
}

#[test]
fn two_values_beside_each_other_are_not_what_was_signed() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    commerce.set("basics.phone", "010");
    commerce.sign_off("commerce", "王", "basics", Step::Sign, None);
    lead.set("basics.phone", "020");
    for desk in [&mut lead, &mut commerce] {
        desk.sync(&mut hub);
    }
    lead.pull(&hub);
    assert_eq!(lead.states("basics"), [State::Lapsed]);
    assert_eq!(commerce.states("basics"), [State::Lapsed]);
}

/// A file of that number, and the name of its entry.
fn file(number: u64) -> (EvidenceFile, EntryId) {
    let (name, sha256) = (format!("照片{number}.jpg"), format!("{number:064x}"));
    let file = EvidenceFile { name, sha256, size: 1, kind: "image/jpeg".to_owned() };
    (file, EntryId::new(number.to_be_bytes()))
}

/// Where something is stored about the file of that number.
fn about(number: u64, attribute: Attribute) -> AnswerId {
    let field = FieldId("basics.revenue".to_owned());
    EvidenceKey { field, entry: file(number).1, attribute }.answer()
}

/// Two files in a slot, at the places `i` and `k`.
fn with_files(desk: &mut Desk) {
    for (number, place) in [(1, "i"), (2, "k")] {
        let facts = (about(number, Attribute::Facts), Some(file(number).0.stored()));
        desk.put(&[facts, (about(number, Attribute::Order), text(place))]);
    }
}

/// Another value of something about the first of [`with_files`], and whether a sign-off covers it.
fn another(attribute: Attribute) -> (AnswerValue, bool) {
    let words = |said: &str| AnswerValue::Text(said.to_owned());
    match attribute {
        Attribute::Facts | Attribute::Original => (file(3).0.stored(), true),
        Attribute::Order => (words("z"), true),
        Attribute::Removed => (words(REMOVED), true),
        Attribute::Kind => (words("authority"), true),
        Attribute::Caption | Attribute::By | Attribute::Taken | Attribute::Place => {
            (words("另一种说法"), true)
        }
        // A desk's reading of the file, which itself is covered; nobody submits it.
        Attribute::Totals => (DirectoryTotals { errors: 1, ..DirectoryTotals::default() }.stored(), false),
    }
}

#[test]
fn a_sign_off_covers_all_that_is_submitted_of_a_file_and_what_a_signer_reads_beside_it() {
    for attribute in Attribute::ALL {
        let mut desk = Desk::new(COMMERCE, &company());
        with_files(&mut desk);
        desk.sign_off("commerce", "王", "basics", Step::Sign, None);
        let answer = about(1, attribute);
        let (before, (after, covered)) =
            (desk.document().answers().get(&answer).cloned(), another(attribute));
        desk.put(&[(answer.clone(), Some(after))]);
        let state = if covered { State::Lapsed } else { State::Holds };
        assert_eq!(desk.states("basics"), [state], "{attribute:?}");
        desk.put(&[(answer, before)]);
        assert_eq!(desk.states("basics"), [State::Holds], "{attribute:?} is as it was");
    }
    let mut desk = Desk::new(COMMERCE, &company());
    with_files(&mut desk);
    let before = desk.document().contents(&form()).section_hash("basics");
    desk.put(&[(about(1, Attribute::Order), text("j"))]);
    let after = desk.document().contents(&form()).section_hash("basics");
    assert_eq!(before, after, "the files stand in one order, however their places are written");
}

#[test]
fn two_words_beside_each_other_about_a_file_void_the_sign_off_until_somebody_picks() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    with_files(&mut commerce);
    commerce.sync(&mut hub);
    lead.pull(&hub);
    let caption = about(1, Attribute::Caption);
    commerce.put(&[(caption.clone(), text("签约现场"))]);
    commerce.sign_off("commerce", "王", "basics", Step::Sign, None);
    lead.put(&[(caption.clone(), text("揭牌仪式"))]);
    for desk in [&mut lead, &mut commerce] {
        desk.sync(&mut hub);
    }
    lead.pull(&hub);
    for desk in [&lead, &commerce] {
        assert_eq!(desk.states("basics"), [State::Lapsed]);
        let contents = desk.document().contents(&form());
        assert_eq!(contents.disputed().collect::<Vec<_>>(), [&caption], "it stands in the way, too");
    }
    lead.put(&[(caption, text("签约现场"))]);
    assert_eq!(lead.states("basics"), [State::Holds], "what was signed was picked");
}

#[test]
fn every_agency_that_has_a_part_of_a_section_signs_it() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut commerce, mut data) = (Desk::new(COMMERCE, &chain), Desk::new(DATA, &chain));
    commerce.set("basics.name", "甲");
    commerce.sync(&mut hub);
    commerce.sign_off("commerce", "王", "basics", Step::Sign, None);
    commerce.sync(&mut hub);
    data.pull(&hub);
    let lacking = |desk: &Desk| -> Vec<AgencyId> {
        let agencies = desk.standing("basics").agencies;
        agencies.into_iter().filter(|(_, step)| step.is_some()).map(|(agency, _)| agency).collect()
    };
    assert_eq!(lacking(&data), [AgencyId("data".to_owned())]);
    data.sign_off("data", "王", "basics", Step::Sign, None);
    assert_eq!(lacking(&data), []);
}

#[test]
fn nobody_signs_for_others_or_what_is_not_theirs() {
    let chain = company();
    let content = digest("whatever");
    let confirm =
        |section: &str| Word::Confirm { section: section.to_owned(), step: Step::Sign, content, after: None };
    let forbidden = [
        (SCIENCE, statement("science", "王", confirm("basics"))),
        (SCIENCE, statement("commerce", "王", confirm("basics"))),
        (COMMERCE, statement("commerce", "王", Word::Declare { content })),
        (REVIEWER, statement("province", "王", confirm("basics"))),
    ];
    for (number, said) in forbidden {
        let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(number, &chain));
        desk.state(&said);
        one_refused(&mut hub, &mut desk, Reason::NotGranted);
    }
    // A statement that another device signed, put in by one that may sign itself.
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(SCIENCE, &chain));
    let foreign = statement("science", "王", confirm("plan")).sign(&key(COMMERCE)).unwrap();
    desk.ledger.document.state(&foreign, NOW).unwrap().unwrap();
    one_refused(&mut hub, &mut desk, Reason::NotGranted);
    let (mut hub, mut desk) = (Hub::new(&chain), Desk::new(SCIENCE, &chain));
    desk.state(&statement("science", "王", confirm("plan")));
    assert_eq!(accepted(&judge(&mut hub, &mut desk)), 1);
}

#[test]
fn whoever_signed_may_take_it_back_with_a_reason_and_erases_nothing() {
    let chain = company();
    let mut desk = Desk::new(SCIENCE, &chain);
    desk.append("plan.goals", "目标");
    let signed = desk.sign_off("science", "王", "plan", Step::Sign, None);
    let mut other = Desk::new(COMMERCE, &chain);
    other.take(&desk.bundle());
    let withdraw = |reason: &str| Word::Withdraw { statement: signed, reason: reason.to_owned() };
    other.state(&statement("commerce", "李", withdraw("不同意")));
    assert_eq!(other.states("plan"), [State::Holds], "no other agency takes it back");
    let by = desk.state(&statement("science", "王", withdraw("数据有误")));
    assert_eq!(desk.states("plan"), [State::Withdrawn { by }]);
    assert_eq!(desk.statements().len(), 2, "both stay");
    assert!(statement("science", "王", withdraw(" ")).sign(&key(SCIENCE)).is_err(), "a reason is given");
    desk.sign_off("science", "王", "plan", Step::Sign, None);
    assert!(desk.standing("plan").is_signed());
}

#[test]
fn three_steps_are_three_persons_in_their_order() {
    let mut chain = company();
    let steps = BTreeSet::from([Step::Prepare, Step::Review]);
    let grant = Grant { steps, ..contributor(&["basics"]) };
    chain.act(&key(LEAD), agency_act("commerce", grant), NOW).unwrap();
    let spare = contributor(&["basics"]);
    add_member(&mut chain, COMMERCE_TWO, "commerce", spare.clone());
    add_member(&mut chain, COMMERCE_THREE, "commerce", spare);
    let mut desks = [COMMERCE, COMMERCE_TWO, COMMERCE_THREE].map(|number| Desk::new(number, &chain));
    let next = |desk: &Desk| desk.standing("basics").agencies[&AgencyId("commerce".to_owned())];
    let pass = |desks: &mut [Desk; 3], from: usize, to: usize| {
        let bundle = desks[from].bundle();
        desks[to].take(&bundle);
    };
    desks[0].set("basics.name", "甲");
    assert_eq!(next(&desks[0]), Some(Step::Prepare));
    let early = desks[0].sign_off("commerce", "张", "basics", Step::Sign, None);
    assert_eq!(desks[0].states("basics"), [State::OutOfOrder], "{early:?} skips two steps");
    let prepared = desks[0].sign_off("commerce", "张", "basics", Step::Prepare, None);
    assert_eq!(next(&desks[0]), Some(Step::Review));
    let content = desks[0].document().contents(&form()).section_hash("basics").unwrap();
    let word =
        Word::Confirm { section: "basics".to_owned(), step: Step::Review, content, after: Some(prepared) };
    let words = statement("commerce", "李", word);
    desks[0].state(&words);
    assert_eq!(next(&desks[0]), Some(Step::Review), "one device is one person");
    pass(&mut desks, 0, 1);
    let reviewed = desks[1].state(&words);
    assert_eq!(next(&desks[1]), Some(Step::Sign), "the same words by another person's device count");
    pass(&mut desks, 1, 0);
    desks[0].sign_off("commerce", "赵", "basics", Step::Sign, Some(reviewed));
    assert_eq!(next(&desks[0]), Some(Step::Sign), "the first person does not sign too");
    pass(&mut desks, 1, 2);
    desks[2].sign_off("commerce", "赵", "basics", Step::Sign, Some(reviewed));
    assert_eq!(next(&desks[2]), None);
}
