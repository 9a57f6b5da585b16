//! Where things are: the table from object ids to sections. Objects never move in Automerge, so the table
//! only grows; at present genesis alone makes objects.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ExpandedChange, ObjId};
use form_model::id::AnswerId;

use crate::op::OpId;

/// The root key that holds what genesis says about itself.
pub(crate) const GENESIS_KEY: &str = "genesis";

/// The root key that holds what people say to each other about the answers.
pub(crate) const DISCUSSION_KEY: &str = "discussion";

/// The root key that holds what people sign.
pub(crate) const STATEMENTS_KEY: &str = "statements";

/// What an object of the document is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The map of genesis' own facts; never written again.
    Genesis,
    /// The map of comments.
    Discussion,
    /// The map of signed statements.
    Statements,
    /// The map of a section's answers.
    Section(String),
    /// The text of a prose answer.
    Prose(AnswerId),
}

/// Every object of one document.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObjectTable {
    places: BTreeMap<OpId, Place>,
    sections: BTreeMap<String, ObjId>,
    prose: BTreeMap<AnswerId, ObjId>,
    discussion: Option<ObjId>,
    statements: Option<ObjId>,
}

impl ObjectTable {
    /// Reads the objects that genesis makes.
    pub(crate) fn from_genesis(genesis: &ExpandedChange) -> Self {
        let mut table = Self::default();
        for (counter, op) in (genesis.start_op.get()..).zip(&genesis.operations) {
            let (OpType::Make(_), Key::Map(key)) = (&op.action, &op.key) else {
                continue;
            };
            let place = match object_of(op) {
                None if key == GENESIS_KEY => Place::Genesis,
                None if key == DISCUSSION_KEY => Place::Discussion,
                None if key == STATEMENTS_KEY => Place::Statements,
                None => Place::Section(key.to_string()),
                Some(parent) => match table.places.get(&parent) {
                    Some(Place::Section(section)) => Place::Prose(AnswerId(format!("{section}.{key}"))),
                    _ => continue,
                },
            };
            table.add(OpId { counter, actor: genesis.actor_id.clone() }, place);
        }
        table
    }

    fn add(&mut self, id: OpId, place: Place) {
        match &place {
            Place::Genesis => {}
            Place::Discussion => self.discussion = Some(id.to_automerge()),
            Place::Statements => self.statements = Some(id.to_automerge()),
            Place::Section(section) => {
                self.sections.insert(section.clone(), id.to_automerge());
            }
            Place::Prose(answer) => {
                self.prose.insert(answer.clone(), id.to_automerge());
            }
        }
        self.places.insert(id, place);
    }

    /// What the object is that an operation changes; `None` for the root and for unknown objects.
    pub(crate) fn place(&self, op: &Op) -> Option<&Place> {
        self.places.get(&object_of(op)?)
    }

    /// A section's map.
    pub(crate) fn section(&self, id: &str) -> Option<&ObjId> {
        self.sections.get(id)
    }

    /// The sections' maps, in id order.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&String, &ObjId)> {
        self.sections.iter()
    }

    /// A prose answer's text object.
    pub(crate) fn prose(&self, answer: &AnswerId) -> Option<&ObjId> {
        self.prose.get(answer)
    }

    /// Every map that is written to.
    pub(crate) fn maps(&self) -> impl Iterator<Item = &ObjId> {
        self.sections.values().chain(&self.discussion).chain(&self.statements)
    }

    /// Every text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &ObjId> {
        self.prose.values()
    }

    /// The map of comments.
    pub(crate) fn discussion(&self) -> Option<&ObjId> {
        self.discussion.as_ref()
    }

    /// The map of signed statements.
    pub(crate) fn statements(&self) -> Option<&ObjId> {
        self.statements.as_ref()
    }

    /// The answer that an operation changes; `None` outside the sections.
    pub(crate) fn answer(&self, op: &Op) -> Option<AnswerId> {
        match (self.place(op)?, &op.key) {
            (Place::Section(section), Key::Map(key)) => Some(AnswerId(format!("{section}.{key}"))),
            (Place::Prose(answer), Key::Seq(_)) => Some(answer.clone()),
            _ => None,
        }
    }

    /// The sections that a change touches, by its operations' objects; overwritten and losing writes
    /// count like any other.
    pub(crate) fn sections_of(&self, change: &Change) -> BTreeSet<String> {
        change
            .decode()
            .operations
            .iter()
            .filter_map(|op| match self.place(op)? {
                Place::Genesis | Place::Discussion | Place::Statements => None,
                Place::Section(section) => Some(section.clone()),
                Place::Prose(answer) => Some(answer.section().to_owned()),
            })
            .collect()
    }
}

/// The object that an operation changes; `None` for the root.
pub(crate) fn object_of(op: &Op) -> Option<OpId> {
    match &op.obj {
        ObjectId::Root => None,
        ObjectId::Id(id) => Some(id.into()),
    }
}
