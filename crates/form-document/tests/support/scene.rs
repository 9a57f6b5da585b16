//! A replica under attack.

use std::num::NonZeroU64;

use automerge::legacy::{self, ElementId, Key, ObjectId, Op, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ScalarValue};
use form_document::{Document, Malformed, Refusal};
use form_model::delta::Delta;

use super::{form, id, replica, text};

/// The victim, with a value and a text of its own, and an attacker that knows all of it.
pub struct Scene {
    pub victim: Document,
    pub attacker: ActorId,
    pub deps: Vec<ChangeHash>,
    /// The operation after all that the victim has.
    pub next_op: u64,
}

impl Scene {
    pub fn new() -> Self {
        let mut victim = replica(1);
        victim
            .set(&[(id("basics.name"), text("甲市")), (id("basics.phone"), text("010"))], 1)
            .unwrap()
            .unwrap();
        victim.splice(&id("plan.goals"), &Delta::splice(0, 0, "目标"), 2).unwrap().unwrap();
        let deps = victim.heads();
        let next_op = decode(victim.changes().last().unwrap()).map_or(0, |change| change.max_op()) + 1;
        Self { victim, attacker: ActorId::from([0xee; 16]), deps, next_op }
    }

    pub fn change(&self, operations: Vec<Op>) -> ExpandedChange {
        ExpandedChange {
            operations,
            actor_id: self.attacker.clone(),
            hash: None,
            seq: 1,
            start_op: NonZeroU64::new(self.next_op).unwrap(),
            time: 3,
            message: None,
            deps: self.deps.clone(),
            extra_bytes: Vec::new(),
            author: None,
        }
    }

    /// The object that genesis made under a key.
    pub fn object(&self, key: &str) -> legacy::OpId {
        let genesis = decode(&self.victim.changes()[0]).unwrap().decode();
        let named = |op: &Op| {
            matches!(&op.key, Key::Map(name) if name == key) && matches!(op.action, OpType::Make(_))
        };
        let index = genesis.operations.iter().position(named).unwrap() as u64;
        legacy::OpId::new(index + genesis.start_op.get(), &genesis.actor_id)
    }

    /// The operations of the victim: name, phone, 目, 标.
    pub fn victims(&self, index: u64) -> legacy::OpId {
        legacy::OpId::new(self.next_op - 4 + index, self.victim.actor())
    }

    pub fn put(&self, key: &str, pred: Vec<legacy::OpId>) -> Op {
        let action = OpType::Put(ScalarValue::Str("乙市".into()));
        Op {
            action,
            obj: ObjectId::Id(self.object("basics")),
            key: Key::Map(key.into()),
            pred: pred.into(),
            insert: false,
        }
    }

    pub fn type_char(&self, after: ElementId) -> Op {
        let action = OpType::Put(ScalarValue::Str("新".into()));
        Op {
            action,
            obj: ObjectId::Id(self.object("goals")),
            key: Key::Seq(after),
            pred: vec![].into(),
            insert: true,
        }
    }

    pub fn delete_char(&self, element: legacy::OpId) -> Op {
        let key = Key::Seq(ElementId::Id(element.clone()));
        Op {
            action: OpType::Delete,
            obj: ObjectId::Id(self.object("goals")),
            key,
            pred: vec![element].into(),
            insert: false,
        }
    }

    /// Sends the change together with an honest one of a third replica; only the hostile one is refused.
    #[track_caller]
    pub fn refused(mut self, change: ExpandedChange) -> Refusal {
        let mut third = replica(3);
        third.merge(&self.victim.changes());
        let honest = third.set(&[(id("basics.revenue.2023"), text("128.50"))], 4).unwrap().unwrap();
        let before = self.victim.answers();
        let hostile = Change::from(change).raw_bytes().to_vec();
        let merged = self.victim.merge(&[hostile, honest.bytes]);
        assert_eq!(merged.applied.len(), 1, "the honest change is applied: {merged:?}");
        assert_eq!(merged.waiting, []);
        let mut after = self.victim.answers();
        assert_eq!(after.text(&id("basics.revenue.2023")), "128.50");
        after.set(id("basics.revenue.2023"), None);
        assert_eq!(after, before, "nothing of the hostile change is applied");
        self.victim.splice(&id("plan.goals"), &Delta::splice(2, 0, "。"), 5).unwrap().unwrap();
        let actor = self.victim.actor().clone();
        let loaded =
            Document::load(&self.victim.save(), &[], self.victim.application(), &form(), actor).unwrap();
        assert_eq!(loaded.heads(), self.victim.heads());
        assert_eq!(merged.refused.len(), 1, "{merged:?}");
        assert_eq!(merged.refused[0].index, 0);
        merged.refused.into_iter().next().unwrap().reason
    }

    #[track_caller]
    pub fn malformed(self, change: ExpandedChange) -> Malformed {
        match self.refused(change) {
            Refusal::Malformed(rule) => rule,
            other => panic!("refused for another reason: {other}"),
        }
    }

    #[track_caller]
    pub fn bad_action_of(self, op: Op) -> &'static str {
        let change = self.change(vec![op]);
        self.bad_action(change)
    }

    #[track_caller]
    pub fn bad_action(self, change: ExpandedChange) -> &'static str {
        match self.malformed(change) {
            Malformed::BadAction { what, .. } => what,
            other => panic!("refused for another reason: {other}"),
        }
    }
}

pub fn decode(bytes: &[u8]) -> Option<Change> {
    Change::try_from(bytes).ok()
}
