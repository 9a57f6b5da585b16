//! A colleague's work that hangs on refused work: kept where it came by stick until its own desk brings it again, and
//! offered to the lead in case that desk never does.

use form_model::command::{CommentSummary, DiscussAct, DiscussRequest, SetAside, SetAsideRequest};
use form_model::id::ApplicationId;
use form_model::member::Role;
use huiqian_tests::agencies::{Agency, LoneHub};

use crate::sharing::team;

const PLAN: &str = "plan.text";

struct Scene {
    hub: LoneHub,
    lead: Agency,
    /// Goes on, knowing of commerce's work.
    science: Agency,
    /// Has got both by stick.
    customs: Agency,
    stick: Vec<u8>,
    id: ApplicationId,
}

/// Commerce writes where the lead takes its right away meanwhile.
fn scene() -> Scene {
    let mut hub = LoneHub::start();
    let (mut lead, mut commerce, mut science, id) = team(&mut hub);
    lead.grant(&id, "science", Role::Contributor, &["plan"]);
    lead.grant(&id, "customs", Role::Contributor, &["basics"]);
    let invite = lead.invite(&id, "customs");
    lead.sync(&id, &mut hub).unwrap();
    let mut customs = Agency::new("海关");
    customs.join(&invite, &mut hub).unwrap();
    for desk in [&mut commerce, &mut science, &mut customs] {
        desk.sync(&id, &mut hub).unwrap();
        check_start(desk, &id);
    }
    commerce.splice(&id, "openness.cooperation_mechanism", 0, 0, "引进来").unwrap();
    let stick = commerce.stick(&id, false).unwrap();
    science.workspace.import(&stick, "甲.hqb").unwrap();
    science.splice(&id, PLAN, 0, 0, "规划").unwrap();
    science.splice(&id, PLAN, 2, 0, "先行").unwrap();
    let stick = science.stick(&id, false).unwrap();
    customs.workspace.import(&stick, "乙.hqb").unwrap();
    assert_eq!(customs.text(&id, PLAN), "规划先行");
    lead.grant(&id, "commerce", Role::Contributor, &["innovation"]);
    lead.sync(&id, &mut hub).unwrap();
    commerce.sync(&id, &mut hub).unwrap();
    Scene { hub, lead, science, customs, stick, id }
}

/// A desk that has joined looks at what it has got before it hands anything on.
pub fn check_start(desk: &mut Agency, id: &ApplicationId) {
    let unchecked = desk.workspace.unchecked_start(id).unwrap().unwrap();
    let verified = unchecked.check().unwrap();
    desk.workspace.checked_start(id, &verified).unwrap();
}

fn aside(desk: &mut Agency, id: &ApplicationId) -> Vec<SetAside> {
    let request = SetAsideRequest { application: id.clone(), dismiss: None, propose: false, adopt: false };
    desk.workspace.set_aside(&request).unwrap()
}

#[test]
fn it_is_shown_with_its_author_until_it_comes_again() {
    let Scene { mut hub, mut science, mut customs, stick, id, .. } = scene();
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(customs.text(&id, PLAN), "");
    let mut customs = customs.restart();
    let missed = aside(&mut customs, &id);
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert_eq!(missed[0].value.as_ref().unwrap().as_text(), "规划先行");
    assert!(missed[0].author.as_ref().unwrap().contains("科技局"), "{missed:?}");
    assert_eq!(customs.workspace.sync_state(&id).unwrap().set_aside, 1);
    science.sync(&id, &mut hub).unwrap();
    assert_eq!(aside(&mut science, &id), [], "it is written again");
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(customs.text(&id, PLAN), "规划先行");
    assert_eq!(aside(&mut customs, &id), []);
    // And the old stick does not bring it back as something missing.
    customs.workspace.import(&stick, "乙.hqb").unwrap();
    assert_eq!(aside(&mut customs, &id), []);
}

#[test]
fn a_rewriting_that_comes_first_leaves_nothing_to_miss() {
    let Scene { mut hub, mut science, mut customs, id, .. } = scene();
    science.sync(&id, &mut hub).unwrap();
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(customs.text(&id, PLAN), "规划先行");
    assert_eq!(aside(&mut customs, &id), []);
}

#[test]
fn it_is_offered_to_the_lead_when_its_own_desk_is_lost() {
    let Scene { mut hub, mut lead, science, mut customs, stick, id } = scene();
    drop(science);
    customs.sync(&id, &mut hub).unwrap();
    let missed = aside(&mut customs, &id);
    let change = Some(missed[0].change.clone());
    let propose = SetAsideRequest { application: id.clone(), dismiss: change, propose: true, adopt: false };
    assert_eq!(customs.workspace.set_aside(&propose).unwrap(), []);
    customs.sync(&id, &mut hub).unwrap();
    lead.sync(&id, &mut hub).unwrap();
    let comments = comments(&mut lead, &id);
    assert!(comments[0].for_me && comments[0].text.contains("规划先行"), "{comments:?}");
    assert!(comments[0].text.contains("科技局"), "it says whose it is: {comments:?}");
    // A lead that takes the stick in has it aside itself, once, and puts it away once.
    lead.workspace.import(&stick, "乙.hqb").unwrap();
    lead.workspace.import(&stick, "乙.hqb").unwrap();
    let missed = aside(&mut lead, &id);
    assert_eq!(missed.len(), 1, "{missed:?}");
    assert!(missed[0].author.as_ref().unwrap().contains("科技局"), "{missed:?}");
    let dismiss = Some(missed[0].change.clone());
    let dismiss = SetAsideRequest { application: id.clone(), dismiss, propose: false, adopt: false };
    assert_eq!(lead.workspace.set_aside(&dismiss).unwrap(), []);
    lead.workspace.import(&stick, "乙.hqb").unwrap();
    assert_eq!(aside(&mut lead, &id), []);
}

#[test]
fn a_comment_that_is_written_again_stays_read_and_its_authors_own() {
    let Scene { mut hub, mut science, mut customs, id, .. } = scene();
    say(&mut science, &id, "请补充佐证材料");
    let stick = science.stick(&id, false).unwrap();
    customs.workspace.import(&stick, "丙.hqb").unwrap();
    assert_eq!(unread(&mut customs, &id), ["请补充佐证材料"]);
    mark_read(&mut customs, &id);
    // The refused work on which it hangs goes, and its own desk writes it again.
    let before = comments(&mut science, &id);
    science.sync(&id, &mut hub).unwrap();
    let after = comments(&mut science, &id);
    assert_ne!(before[0].id, after[0].id, "another actor wrote it");
    assert_eq!(unread(&mut science, &id), Vec::<String>::new(), "it is one's own");
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(comments(&mut customs, &id).len(), 1);
    assert_eq!(unread(&mut customs, &id), Vec::<String>::new());
    let mut customs = customs.restart();
    assert_eq!(unread(&mut customs, &id), Vec::<String>::new());
    // What is said later is new.
    say(&mut science, &id, "另请说明口径");
    science.sync(&id, &mut hub).unwrap();
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(unread(&mut customs, &id), ["另请说明口径"]);
}

#[test]
fn a_comment_that_was_read_while_it_was_away_stays_read() {
    let Scene { mut hub, mut science, mut customs, id, .. } = scene();
    say(&mut science, &id, "请补充佐证材料");
    let stick = science.stick(&id, false).unwrap();
    customs.workspace.import(&stick, "丙.hqb").unwrap();
    mark_read(&mut customs, &id);
    // It goes before it comes again, and everything else is read meanwhile.
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(comments(&mut customs, &id), []);
    mark_read(&mut customs, &id);
    science.sync(&id, &mut hub).unwrap();
    customs.sync(&id, &mut hub).unwrap();
    assert_eq!(comments(&mut customs, &id).len(), 1);
    assert_eq!(unread(&mut customs, &id), Vec::<String>::new());
}

fn discuss(desk: &mut Agency, id: &ApplicationId, act: DiscussAct) -> Vec<CommentSummary> {
    let request = DiscussRequest { application: id.clone(), act };
    desk.workspace.discuss(&request).unwrap().comments
}

fn comments(desk: &mut Agency, id: &ApplicationId) -> Vec<CommentSummary> {
    discuss(desk, id, DiscussAct::Read)
}

fn say(desk: &mut Agency, id: &ApplicationId, text: &str) {
    let (text, to) = (text.to_owned(), Vec::new());
    discuss(desk, id, DiscussAct::Say { on: None, to, text, reply_to: None });
}

fn mark_read(desk: &mut Agency, id: &ApplicationId) {
    discuss(desk, id, DiscussAct::MarkRead);
}

fn unread(desk: &mut Agency, id: &ApplicationId) -> Vec<String> {
    let unread = comments(desk, id).into_iter().filter(|comment| comment.unread);
    unread.map(|comment| comment.text).collect()
}
