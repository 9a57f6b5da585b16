//! A desk follows the hub's log: it believes what is signed and checks what it can; and it goes on when the hub
//! refuses what is in its document.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeMap;

use form_document::ledger::{Ledger, LedgerParts, LogFault, Logged};
use form_document::log::Reason;
use form_document::roster::Act;
use form_document::wire::{self, Offer, Page, PageEntry, WireActor, WireHash};
use form_model::delta::Delta;
use support::company::{
    COMMERCE, DATA, LEAD, NOW, OBSERVER, REVIEWER, SCIENCE, add_member, agency_act, agency_until,
    application, company, contributor, document, empty, entries, grant, hub_act, key, public,
};
use support::desk::{Desk, assert_same};
use support::hub::{Hub, state};
use support::{id, text};

fn none() -> BTreeMap<form_document::ActorId, u64> {
    BTreeMap::new()
}

/// A hub with accepted and refused changes, a comment and a roster step.
fn hub() -> Hub {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut commerce, mut science) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    commerce.set("basics.name", "甲");
    science.append("plan.goals", "目标");
    science.set("basics.phone", "astray");
    commerce.comment(Some("plan.goals"), "请补充");
    commerce.sync(&mut hub);
    science.sync(&mut hub);
    let mut lead = Desk::new(LEAD, &chain);
    lead.act(agency_until("commerce", contributor(&["plan"]), Some(NOW + 1))).unwrap();
    lead.sync(&mut hub);
    hub
}

#[test]
fn no_altered_byte_of_a_page_is_believed() {
    let hub = hub();
    // The company's founding is known; each byte of an entry is tried elsewhere.
    let chain = company();
    let begin = || {
        let mut desk = Desk::empty(OBSERVER);
        let mut parts = LedgerParts::new(&application(), public(LEAD));
        let known = usize::try_from(chain.version()).unwrap();
        (parts.chain, parts.confirmed, parts.log) =
            (chain.clone(), chain.version(), state(&hub.log[..known]));
        desk.ledger = Ledger::new(document(public(OBSERVER), [0; 16]), parts);
        desk
    };
    let good = hub.page(chain.version(), &none());
    let bytes = wire::encode(&good);
    let mut reference = begin();
    reference.follow(&good).unwrap();
    assert_same(&reference, &hub);
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        let Ok(page) = wire::decode::<Page>(&altered) else { continue };
        let mut desk = begin();
        if desk.follow(&page).is_ok() && desk.ledger.log().position > chain.version() {
            assert_same(&desk, &hub);
            assert_eq!(desk.ledger.floor(&public(COMMERCE)), hub.ledger.floor(&public(COMMERCE)));
        } else {
            assert_eq!(desk.document().change_count(), 1, "byte {at}: nothing has changed");
            assert_eq!(desk.ledger.log().position, chain.version());
            assert_eq!(desk.ledger.chain().version(), chain.version());
        }
    }
}

#[test]
fn a_page_without_the_hubs_word_is_not_believed() {
    let hub = hub();
    let mut page = hub.page(0, &none());
    page.head.position = 0;
    assert!(matches!(Desk::empty(OBSERVER).follow(&page), Err(LogFault::Head(_))), "a head of long ago");
    let mut page = hub.page(0, &none());
    page.head = Hub { key: key(7), ..support_hub() }.sign(hub.ledger.log());
    assert!(matches!(Desk::empty(OBSERVER).follow(&page), Err(LogFault::Head(_))), "another key");
    let mut page = hub.page(0, &none());
    page.entries.pop();
    assert!(matches!(Desk::empty(OBSERVER).follow(&page), Err(LogFault::Head(_))), "less than was signed");
    let mut page = hub.page(0, &none());
    page.entries.push(PageEntry::Refused { hash: WireHash([7; 32]), reason: Reason::Malformed });
    assert!(matches!(Desk::empty(OBSERVER).follow(&page), Err(LogFault::Head(_))), "more than was signed");
    let mut page = hub.page(0, &none());
    let last = page.entries.len() - 1;
    page.entries.swap(last, last - 1);
    assert!(Desk::empty(OBSERVER).follow(&page).is_err(), "another order");
    let page = hub.page_of(0, 2, &none());
    let cut = Page { entries: page.entries[..1].to_vec(), ..page };
    assert!(matches!(Desk::empty(OBSERVER).follow(&cut), Err(LogFault::NoHub)));
}

fn support_hub() -> Hub {
    Hub::new(&company())
}

#[test]
fn pages_that_overlap_repeat_or_leave_a_gap() {
    let hub = hub();
    let mut desk = Desk::empty(OBSERVER);
    desk.follow(&hub.page_of(0, 20, &none())).unwrap();
    let position = desk.ledger.log().position;
    let gap = desk.follow(&hub.page(position + 1, &none())).unwrap_err();
    assert_eq!(gap, LogFault::Gap { expected: position, found: position + 1 });
    let again = desk.follow(&hub.page_of(0, 10, &none())).unwrap();
    assert!(again.merged.applied.is_empty() && again.roster.is_empty());
    assert_eq!(desk.ledger.log().position, position);
    desk.follow(&hub.page(5, &none())).unwrap();
    assert_same(&desk, &hub);
    for after in [0, 5, position] {
        desk.follow(&hub.page(after, &none())).unwrap();
        assert_same(&desk, &hub);
    }
}

#[test]
fn what_is_told_a_second_time_is_not_believed_in_another_way() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut desk, mut twin) = (Desk::new(COMMERCE, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    let known = hub.ledger.log().position;
    desk.sync(&mut hub);
    // Another change in the same place, as well signed, in the stretch that is known.
    twin.set("basics.name", "乙");
    let offer = twin.offer();
    let mut page = hub.page(known, &none());
    page.entries = vec![PageEntry::Change(offer.changes[0].clone())];
    page.seals = offer.seals;
    assert!(desk.follow(&page).unwrap().merged.applied.is_empty());
    assert_same(&desk, &hub);
}

#[test]
fn another_history_by_the_same_hub_is_a_fork() {
    let chain = company();
    let (mut one, mut other) = (Hub::new(&chain), Hub::new(&chain));
    let (mut a, mut b) = (Desk::new(COMMERCE, &chain), Desk::new(SCIENCE, &chain));
    a.set("basics.name", "甲");
    a.sync(&mut one);
    b.append("plan.goals", "字");
    b.sync(&mut other);
    let position = a.ledger.log().position;
    b.append("plan.goals", "字");
    b.sync(&mut other);
    let before = a.document().heads();
    assert!(matches!(
        a.follow(&other.page(position, &none())),
        Err(LogFault::Head(_) | LogFault::OutOfOrder { .. })
    ));
    assert_eq!(a.document().heads(), before);
    // Of the same length: no entries, and the head does not fit.
    let mut page = one.page(position, &none());
    page.head = other.sign(&state(&other.log[..usize::try_from(position).unwrap()]));
    assert!(matches!(a.follow(&page), Err(LogFault::Head(_))));
    // Another epoch than the one that a lead has opened.
    let epoch = form_document::log::LogHead::sign(&one.key, a.ledger.application(), one.ledger.log(), 1, NOW);
    let page = Page { head: epoch, ..one.page(position, &none()) };
    assert_eq!(a.follow(&page).unwrap_err(), LogFault::Forked);
}

/// A hub that puts things into its log which it should not.
struct Liar(Hub);

impl Liar {
    fn log(&mut self, logged: Logged) {
        self.0.log.push(logged);
    }

    fn page(&self, after: u64, have: &BTreeMap<form_document::ActorId, u64>) -> Page {
        let mut builder = form_document::ledger::PageBuilder::new(after, have);
        let start = usize::try_from(after).unwrap();
        self.0.log[start..].iter().for_each(|logged| builder.push(logged.clone()));
        let claims: Vec<_> = self.0.ledger.claims().cloned().collect();
        builder.finish(&self.0.segments, &claims, self.0.sign(&state(&self.0.log)))
    }

    /// Accepts a desk's only change unread.
    fn accept(&mut self, desk: &mut Desk) {
        let offer = desk.offer();
        let actor = desk.document().actor().clone();
        let seq = desk.document().last_seq(&actor);
        let bytes = offer.changes.last().unwrap().0.clone();
        self.log(Logged::Accepted { actor: actor.clone(), seq, bytes });
        self.0.segments.extend(desk.segments.iter().filter(|segment| segment.actor == actor).cloned());
        self.0.ledger.add_claim(desk.ledger.claim(&actor).unwrap().clone());
    }
}

#[test]
fn a_hub_that_accepts_what_its_author_may_not_make_is_caught() {
    let chain = company();
    let mut liar = Liar(Hub::new(&chain));
    let mut commerce = Desk::new(COMMERCE, &chain);
    commerce.append("plan.goals", "占");
    liar.accept(&mut commerce);
    let fault = Desk::empty(OBSERVER).follow(&liar.page(0, &none())).unwrap_err();
    assert!(matches!(fault, LogFault::Forbidden { reason: Reason::NotGranted, .. }), "{fault}");
    // Also for one who had taken the change from a stick, when the author still might.
    let mut open = chain.clone();
    open.act(&key(LEAD), agency_act("commerce", contributor(&["plan"])), NOW).unwrap();
    let mut liar = Liar(Hub::new(&open));
    let (mut commerce, mut reader) = (Desk::new(COMMERCE, &open), Desk::new(OBSERVER, &open));
    commerce.append("plan.goals", "占");
    reader.take(&commerce.bundle());
    assert_eq!(reader.document().text(&id("plan.goals")), Some("占"));
    let revoked = open.act(&key(LEAD), Act::Revoke { device: public(COMMERCE) }, NOW).unwrap();
    liar.log(Logged::Roster(revoked));
    liar.accept(&mut commerce);
    let fault = reader.follow(&liar.page(0, &reader.have())).unwrap_err();
    assert!(matches!(fault, LogFault::Forbidden { reason: Reason::Revoked, .. }), "{fault}");
}

#[test]
fn a_hub_that_takes_back_what_it_accepted_is_caught() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.set("basics.name", "甲");
    desk.sync(&mut hub);
    let position = hub.ledger.log().position;
    let hash = desk.document().heads()[0];
    let mut liar = Liar(hub);
    liar.log(Logged::Refused { hash, reason: Reason::NotGranted });
    assert_eq!(desk.follow(&liar.page(position, &none())).unwrap_err(), LogFault::Contradiction(hash));
    assert!(desk.document().has_change(&hash));
    // In one page, in either order.
    let fault = Desk::empty(OBSERVER).follow(&liar.page(0, &none())).unwrap_err();
    assert_eq!(fault, LogFault::Contradiction(hash));
    let last = liar.0.log.len() - 1;
    liar.0.log.swap(last, last - 1);
    let fault = Desk::empty(OBSERVER).follow(&liar.page(0, &none())).unwrap_err();
    assert_eq!(fault, LogFault::Contradiction(hash));
}

#[test]
fn a_hub_that_skips_one_of_an_actors_changes_is_caught() {
    let chain = company();
    let mut liar = Liar(Hub::new(&chain));
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.set("basics.name", "甲");
    desk.set("basics.name", "乙");
    liar.accept(&mut desk);
    let fault = desk.follow(&liar.page(0, &none())).unwrap_err();
    assert!(matches!(fault, LogFault::OutOfOrder { found: 2, expected: 1, .. }), "{fault}");
}

#[test]
fn a_hub_that_accepts_what_it_has_not_got_or_runs_on_for_ever_is_caught() {
    let chain = company();
    let hub = Hub::new(&chain);
    let mut desk = Desk::new(COMMERCE, &chain);
    desk.set("basics.name", "甲");
    desk.sign();
    let actor = WireActor::from(desk.document().actor());
    for (first_seq, count) in [(1, 2), (1, u64::MAX), (u64::MAX, 1), (u64::MAX, u64::MAX), (0, 1)] {
        let mut page = hub.page(0, &none());
        page.entries.push(PageEntry::Accepted { actor, first_seq, count });
        assert!(desk.follow(&page).is_err(), "{first_seq} {count}");
    }
}

#[test]
fn a_step_of_the_log_takes_the_place_of_an_own_one() {
    let mut chain = company();
    add_member(&mut chain, 8, "lead", grant(form_model::member::Role::Lead, &[]));
    let mut hub = Hub::new(&chain);
    let (mut lead, mut deputy) = (Desk::new(LEAD, &chain), Desk::new(8, &chain));
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    deputy.act(agency_act("science", contributor(&["basics"]))).unwrap();
    deputy.act(hub_act(support::company::HUB)).unwrap();
    lead.sync(&mut hub);
    let offer = deputy.offer();
    assert_eq!(hub.judge(&offer).faults.len(), 1, "it does not build on the lead's");
    let position = deputy.ledger.log().position;
    let fresh = deputy.document().actor().clone();
    let page = hub.page(position, &none());
    let followed = deputy.ledger.follow(&page, &fresh, &Default::default()).unwrap();
    assert_eq!((followed.displaced.len(), followed.roster.len()), (2, 1));
    assert_eq!(deputy.ledger.chain().version(), chain.version() + 1);
    assert_eq!(deputy.ledger.confirmed(), chain.version() + 1);
    // A wish that the hub confirms is displaced by nothing.
    lead.act(hub_act(support::company::HUB)).unwrap();
    let followed = lead.sync(&mut hub);
    assert_eq!((followed.displaced.len(), followed.roster.len()), (0, 0));
}

#[test]
fn a_hub_that_a_lead_has_replaced_is_believed_from_there() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    desk.set("basics.name", "甲");
    desk.sync(&mut hub);
    lead.act(hub_act(55)).unwrap();
    lead.sync_with_new_key(&mut hub, 55);
    desk.pull(&hub);
    assert_same(&desk, &hub);
    hub.key = key(support::company::HUB);
    desk.set("basics.name", "乙");
    hub.judge(&desk.offer());
    let position = desk.ledger.log().position;
    assert!(matches!(desk.follow(&hub.page(position, &none())), Err(LogFault::Head(_))), "the old key");
}

#[test]
fn a_desk_that_took_what_the_hub_refuses_goes_on_without_it() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    let mut science = Desk::new(SCIENCE, &chain);
    commerce.set("basics.name", "甲");
    science.append("plan.goals", "先。");
    science.take(&commerce.bundle());
    // Written knowing of the colleague's change.
    science.append("plan.goals", "后。");
    let before = science.document().answers();
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    lead.sync(&mut hub);
    commerce.sync(&mut hub);
    let recovery = science.sync(&mut hub).recovery.unwrap();
    assert_eq!(recovery.before, before);
    assert_eq!(recovery.set_aside, [], "it is not this desk's own");
    assert_eq!(recovery.rewritten.applied.len(), 1);
    assert_eq!(recovery.rewritten.refused, []);
    assert_eq!(science.document().text(&id("plan.goals")), Some("先。后。"));
    assert_eq!(science.document().answers().text(&id("basics.name")), "");
    science.sync(&mut hub);
    assert_same(&science, &hub);
    commerce.pull(&hub);
    assert_same(&commerce, &hub);
    assert_eq!(commerce.set_aside.len(), 1, "the one that made it keeps it aside");
    assert_eq!(commerce.set_aside[0].reason, Reason::Reassigned);
}

/// Commerce writes in `basics` and gives it to science, which goes on from there and gives both to data.
/// Meanwhile the lead takes commerce's right away.
fn hanging() -> (Hub, [Desk; 4]) {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut commerce) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    let (mut science, mut data) = (Desk::new(SCIENCE, &chain), Desk::new(DATA, &chain));
    commerce.set("basics.name", "甲");
    science.take(&commerce.bundle());
    science.append("plan.goals", "目标");
    data.take(&science.bundle());
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    lead.sync(&mut hub);
    commerce.sync(&mut hub);
    (hub, [lead, commerce, science, data])
}

#[test]
fn a_colleagues_work_on_refused_work_is_kept_where_it_is() {
    let (mut hub, [_, _, mut science, mut data]) = hanging();
    data.sync(&mut hub);
    assert_eq!(data.document().text(&id("plan.goals")), Some(""));
    let [aside] = data.set_aside.as_slice() else { panic!("{:?}", data.set_aside) };
    assert_eq!(aside.reason, Reason::BuildsOnRefused);
    assert_eq!(aside.history[0].answer, id("plan.goals"));
    assert!(science.own.contains(&aside.history[0].op.actor));
    // Its own desk brings it again.
    science.sync(&mut hub);
    science.sync(&mut hub);
    data.sync(&mut hub);
    assert_eq!(data.document().text(&id("plan.goals")), Some("目标"));
    assert_same(&data, &hub);
}

#[test]
fn a_stick_with_work_on_refused_work_is_kept_of() {
    let (mut hub, [mut lead, _, mut science, _]) = hanging();
    lead.pull(&hub);
    let taken = lead.take(&science.bundle());
    let [aside] = taken.set_aside.as_slice() else { panic!("{:?}", taken.set_aside) };
    assert_eq!(aside.history[0].answer, id("plan.goals"));
    assert_eq!(
        lead.ledger.claim(&aside.history[0].op.actor).map(|claim| claim.device),
        Some(public(SCIENCE))
    );
    // The same when the hub has said so of the change itself.
    hub.judge(&science.offer_all());
    lead.pull(&hub);
    assert_eq!(lead.take(&science.bundle()).set_aside, taken.set_aside);
    // A revoked device's work is nobody's to keep.
    lead.act(Act::Revoke { device: public(SCIENCE) }).unwrap();
    assert_eq!(lead.take(&science.bundle()).set_aside, []);
}

/// A desk that loses its right to `basics` after it has written there and elsewhere.
fn losing() -> (Hub, Desk, Desk) {
    let mut chain = company();
    let both = contributor(&["basics", "plan"]);
    chain.act(&key(LEAD), agency_act("commerce", both), NOW).unwrap();
    let hub = Hub::new(&chain);
    (hub, Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain))
}

fn take_away(lead: &mut Desk, hub: &mut Hub) {
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    lead.sync(hub);
}

#[test]
fn own_later_work_is_written_again_and_nothing_of_the_refused_remains() {
    let (mut hub, mut lead, mut desk) = losing();
    desk.append("plan.goals", "甲乙丙");
    desk.sync(&mut hub);
    desk.set("basics.name", "refused");
    desk.splice("plan.goals", 1, 1, "新");
    desk.append("plan.goals", "丁");
    let comment = desk.comment(Some("plan.goals"), "好");
    let reply = desk.reply(&comment, "是");
    desk.settle(&comment, true);
    assert_ne!(comment, reply);
    take_away(&mut lead, &mut hub);
    let recovery = desk.sync(&mut hub).recovery.unwrap();
    assert_eq!(recovery.set_aside.len(), 1);
    assert_eq!(recovery.rewritten.applied.len(), 5);
    assert_eq!(desk.document().text(&id("plan.goals")), Some("甲新丙丁"));
    assert_eq!(desk.document().answers().text(&id("basics.name")), "");
    let comments = desk.document().comments();
    assert_eq!(comments.len(), 2);
    let first = comments.iter().find(|comment| comment.comment.text == "好").unwrap();
    let second = comments.iter().find(|comment| comment.comment.text == "是").unwrap();
    assert!(first.settled && first.id != comment);
    assert_eq!(second.comment.reply_to.as_ref(), Some(&first.id), "the reply goes with it");
    let history = form_document::history::entries(&recovery.history);
    assert!(history.iter().all(|entry| entry.answer != id("basics.name")), "the history knows nothing of it");
    desk.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&desk, &hub);
    assert_same(&lead, &hub);
}

#[test]
fn text_around_characters_that_are_gone_keeps_its_place() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut a) = (Desk::new(LEAD, &chain), Desk::new(SCIENCE, &chain));
    let mut other = chain.clone();
    other.act(&key(LEAD), agency_act("commerce", contributor(&["plan"])), NOW).unwrap();
    lead.act(agency_act("commerce", contributor(&["plan"]))).unwrap();
    lead.sync(&mut hub);
    a.pull(&hub);
    let mut gone = Desk::new(COMMERCE, hub.ledger.chain());
    a.append("plan.goals", "一二");
    a.sync(&mut hub);
    gone.pull(&hub);
    gone.splice("plan.goals", 1, 0, "外外外");
    a.take(&gone.bundle());
    assert_eq!(a.document().text(&id("plan.goals")), Some("一外外外二"));
    a.splice("plan.goals", 3, 1, "内");
    a.splice("plan.goals", 0, 0, "首");
    a.append("plan.goals", "末");
    assert_eq!(a.document().text(&id("plan.goals")), Some("首一外外内二末"));
    lead.act(Act::Revoke { device: public(COMMERCE) }).unwrap();
    lead.sync(&mut hub);
    hub.judge(&gone.offer());
    a.sync(&mut hub);
    assert_eq!(a.document().text(&id("plan.goals")), Some("首一内二末"));
    a.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&a, &hub);
    assert_same(&lead, &hub);
}

#[test]
fn values_written_again_keep_what_they_did_not_know_of() {
    let (mut hub, mut lead, mut desk) = losing();
    // Everything after the refused change knows nothing of the lead's value.
    desk.set("basics.phone", "refused");
    desk.set("plan.goals?note", "mine");
    lead.set("plan.goals?note", "theirs");
    lead.sync(&mut hub);
    take_away(&mut lead, &mut hub);
    desk.sync(&mut hub);
    desk.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&desk, &hub);
    let standing = lead.document().standing(&id("plan.goals?note"));
    let values: Vec<_> = standing.conflict.iter().map(|side| side.value.clone()).collect();
    assert_eq!(values.len(), 2, "still made at the same time");
    assert!(values.contains(&text("mine")) && values.contains(&text("theirs")));
    // A value on top of a refused one of its own takes the place of what that had replaced.
    let (mut hub, mut lead, mut desk) = losing();
    desk.set("plan.goals?note", "first");
    desk.sync(&mut hub);
    lead.pull(&hub);
    desk.set("basics.phone", "refused");
    desk.set("plan.goals?note", "second");
    desk.set("plan.goals?note", "third");
    take_away(&mut lead, &mut hub);
    desk.sync(&mut hub);
    desk.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&desk, &hub);
    let standing = lead.document().standing(&id("plan.goals?note"));
    assert_eq!((standing.value, standing.conflict.len()), (text("third"), 0));
}

#[test]
fn what_hangs_on_the_refused_alone_is_left_out() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut gone) = (Desk::new(LEAD, &chain), Desk::new(REVIEWER, &chain));
    let mut desk = Desk::new(COMMERCE, &chain);
    let comment = gone.comment(None, "refused");
    desk.take(&gone.bundle());
    desk.settle(&comment, true);
    desk.reply(&comment, "答");
    lead.act(Act::Revoke { device: public(REVIEWER) }).unwrap();
    lead.sync(&mut hub);
    hub.judge(&gone.offer());
    desk.sync(&mut hub);
    let comments = desk.document().comments();
    assert_eq!(comments.len(), 1);
    assert_eq!((comments[0].comment.text.as_str(), &comments[0].comment.reply_to), ("答", &None));
    desk.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&desk, &hub);
    assert_same(&lead, &hub);
}

#[test]
fn a_long_chain_of_refused_values_is_gone_through_without_a_deep_stack() {
    let chain = company();
    let mut hub = Hub::new(&chain);
    let (mut lead, mut gone) = (Desk::new(LEAD, &chain), Desk::new(COMMERCE, &chain));
    for number in 0..3_000 {
        gone.set("basics.name", &format!("甲{number}"));
    }
    lead.take(&gone.bundle());
    lead.set("basics.name", "乙");
    lead.act(Act::Revoke { device: public(COMMERCE) }).unwrap();
    // The step is judged first.
    let roster = Offer { changes: Vec::new(), seals: Vec::new(), ..lead.offer() };
    hub.judge(&roster);
    hub.judge(&gone.offer());
    lead.sync(&mut hub);
    lead.sync(&mut hub);
    assert_same(&lead, &hub);
    assert_eq!(lead.document().answers().text(&id("basics.name")), "乙");
}

#[test]
fn the_roster_of_a_stick_is_a_wish_until_the_hub_confirms_it() {
    let chain = company();
    let (mut lead, mut desk) = (Desk::new(LEAD, &chain), Desk::new(SCIENCE, &chain));
    lead.act(agency_act("science", contributor(&["plan", "basics"]))).unwrap();
    let taken = desk.take(&lead.bundle());
    assert_eq!((taken.roster.len(), taken.faults.len()), (1, 0));
    assert_eq!(desk.ledger.chain().version(), chain.version() + 1);
    assert_eq!(desk.ledger.confirmed(), 0);
    assert_eq!(desk.take(&lead.bundle()).roster, []);
    // Entries by nobody who may are told and left.
    let mut forged = empty();
    for entry in entries(&chain) {
        forged.append(entry, None).unwrap();
    }
    let entry = forged.next(hub_act(7), NOW).sign(&key(COMMERCE)).unwrap();
    let offer = Offer { roster: Some(vec![entry]), ..Default::default() };
    assert_eq!(Desk::new(SCIENCE, &chain).take(&offer).faults.len(), 1);
}

#[test]
fn a_stick_is_taken_twice_and_in_any_order() {
    let chain = company();
    let mut commerce = Desk::new(COMMERCE, &chain);
    commerce.set("basics.name", "甲");
    let early = commerce.bundle();
    commerce.set("basics.name", "乙");
    let late = commerce.bundle();
    let (mut a, mut b) = (Desk::new(LEAD, &chain), Desk::new(LEAD, &chain));
    for offer in [&early, &late, &early] {
        assert_eq!(a.take(offer).faults, []);
    }
    for offer in [&late, &late, &early] {
        assert_eq!(b.take(offer).faults, []);
    }
    assert_eq!(a.document().heads(), b.document().heads());
    assert_eq!(a.document().answers(), b.document().answers());
    let delta = Delta::splice(0, 0, "字");
    assert!(a.ledger.document.splice(&id("plan.goals"), &delta, NOW).unwrap().is_some());
}
