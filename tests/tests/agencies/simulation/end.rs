//! In the end everybody has a line, and everything is looked at.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::OpType;
use automerge::{Automerge, Change, ChangeHash, ScalarValue};
use form_document::wire::WireActor;
use form_model::command::{CommentSummary, TeamAct, TeamRequest};

use super::desk::Desk;
use super::note;
use super::world::{MARK, World};

/// More rounds than it takes until nobody has anything new.
const ROUNDS_MAX: usize = 12;

/// What a desk has, in a form to compare.
#[derive(Debug, PartialEq)]
struct Standing {
    after: u64,
    log: [u8; 32],
    heads: BTreeSet<ChangeHash>,
    answers: String,
    comments: Vec<String>,
}

impl World {
    /// Lets everybody catch up, and asserts what must hold.
    pub fn end(&mut self) {
        self.settle();
        let document = self.all_agree();
        self.nothing_is_lost(&document);
        self.it_is_on_the_disks();
        self.a_newcomer_believes_it();
    }

    /// Everybody is on a good line, until nobody has anything new.
    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < ROUNDS_MAX, "the agencies never come to rest");
            let before = self.hub.log(&self.id);
            let keys: Vec<_> = self.desks.iter().map(|desk| desk.key).collect();
            for key in keys {
                if let Some(desk) = self.desk_of(&key) {
                    self.check_start(desk);
                    self.sync(desk, false);
                }
            }
            let heard = |world: &mut Self, desk: usize| world.position(desk) == before.position;
            if self.hub.log(&self.id) == before && (0..self.desks.len()).all(|desk| heard(self, desk)) {
                return;
            }
        }
    }

    fn position(&mut self, desk: usize) -> u64 {
        self.desks[desk].agency().workspace.hello(&self.id).unwrap().after
    }

    /// Everybody has what the hub has, to the byte. Answers one desk's document.
    fn all_agree(&mut self) -> Automerge {
        let log = self.hub.log(&self.id);
        assert_eq!(self.hub.core.recount(&self.id).unwrap(), log, "the hub's log is about its document");
        let first = self.standing(0);
        assert_eq!((first.after, first.log), (log.position, log.hash), "{}", self.desks[0].name);
        for desk in 0..self.desks.len() {
            let name = self.desks[desk].name.clone();
            assert_eq!(self.standing(desk), first, "{name} and {}", self.desks[0].name);
            let (id, workspace) = (self.id.clone(), &mut self.desks[desk].agency().workspace);
            assert!(!workspace.has_offer(&id).unwrap(), "{name} has something left");
            let read = TeamRequest { application: id, act: TeamAct::Read };
            assert_eq!(workspace.team(&read).unwrap().unconfirmed, 0, "{name} has unconfirmed steps");
        }
        load(&mut self.desks[0], &self.id)
    }

    fn standing(&mut self, desk: usize) -> Standing {
        let (id, desk) = (self.id.clone(), &mut self.desks[desk]);
        desk.look(&id);
        let hello = desk.agency().workspace.hello(&id).unwrap();
        let heads = load(desk, &id).get_heads().into_iter().collect();
        let answers = serde_json::to_string(&desk.answers(&id)).unwrap();
        let comments = desk.comments(&id).iter().map(said).collect();
        Standing { after: hello.after, log: hello.log, heads, answers, comments }
    }

    /// What was acknowledged is in the history; everything else that honest people wrote is there, too, or lies
    /// aside at their desks; what they withdrew is kept beside it.
    fn nothing_is_lost(&mut self, document: &Automerge) {
        let mut seqs: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut texts: BTreeMap<(Vec<u8>, u64), String> = BTreeMap::new();
        for change in document.get_changes(&[]) {
            let actor = change.actor_id().to_bytes().to_vec();
            let seq = seqs.entry(actor.clone()).or_insert(0);
            *seq = change.seq().max(*seq);
            texts.insert((actor, change.seq()), text_of(&change));
        }
        assert!(texts.values().all(|text| !text.contains(MARK)), "the history has a forbidden text");
        for (WireActor(actor), told) in &self.acknowledged {
            let there = seqs.get(actor.as_slice()).copied().unwrap_or(0);
            assert!(there >= *told, "an acknowledged change is gone: {actor:?} {told} {there}");
        }
        let (mut aside, mut refused) = (BTreeMap::new(), BTreeMap::new());
        for desk in &mut self.desks {
            let changes: Vec<String> = desk.refused().iter().map(text_of).collect();
            refused.insert(desk.key, changes.join("\n"));
            aside.insert(desk.key, desk.words_aside(&self.id));
        }
        for written in &self.written {
            let (WireActor(actor), seq) = written.change;
            let in_place = texts.get(&(actor.to_vec(), seq));
            if written.acknowledged {
                let there = in_place.is_some_and(|text| text.contains(&written.word));
                assert!(there, "acknowledged and gone: {written:?}");
                continue;
            }
            let accepted = texts.values().any(|text| text.contains(&written.word));
            let kept = if written.withdrawn { &refused } else { &aside };
            let kept = kept.get(&written.device).is_some_and(|texts| texts.contains(&written.word));
            assert!(accepted || kept || written.forgiven, "lost: {written:?}");
        }
    }

    /// The same stands on the disks.
    fn it_is_on_the_disks(&mut self) {
        self.hub.restart();
        let log = self.hub.log(&self.id);
        assert_eq!(self.hub.core.recount(&self.id).unwrap(), log);
        for desk in 0..self.desks.len() {
            let before = self.standing(desk);
            self.desks[desk].restart();
            assert_eq!(self.standing(desk), before, "{} after a restart", self.desks[desk].name);
        }
    }

    /// Whoever joins now checks every signature and right of the whole log, and has the same.
    fn a_newcomer_believes_it(&mut self) {
        let leads = (0..self.desks.len()).find_map(|desk| Some((desk, self.invite_text(desk, "eyes")?)));
        let Some((lead, text)) = leads else { return };
        note("a newcomer joins");
        self.sync(lead, false);
        let newcomer = self.enrol(Desk::new("eyes", 1_000, false), &text).unwrap();
        self.desks.push(newcomer);
        let last = self.desks.len() - 1;
        self.check_start(last);
        self.sync(last, false);
        self.sync(lead, false);
        assert_eq!(self.standing(last), self.standing(lead), "the newcomer and the lead");
    }
}

fn load(desk: &mut Desk, id: &form_model::id::ApplicationId) -> Automerge {
    Automerge::load(&desk.document(id)).unwrap()
}

/// A comment as everybody sees it.
fn said(comment: &CommentSummary) -> String {
    let CommentSummary { id, on, to, text, reply_to, settled, .. } = comment;
    format!("{id} {on:?} {to:?} {text} {reply_to:?} {settled}")
}

/// All that a change puts in.
fn text_of(change: &Change) -> String {
    let operations = change.decode().operations;
    let texts = operations.iter().filter_map(|op| match &op.action {
        OpType::Put(ScalarValue::Str(text)) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
