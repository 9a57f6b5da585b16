//! Well-formed before lawful: what a change must be like before Automerge may see it.
//!
//! Automerge trusts its peers. A change that breaks one of these rules can panic it, or make replicas with
//! equal heads differ, or leave a document that cannot be loaded again. Nothing here asks whether the author
//! may do this; only whether any honest replica could have made it.

use automerge::ScalarValue;
use automerge::legacy::{self, ElementId, Key, Op, OpType};
use form_model::answer::AnswerValue;
use form_model::definition::AnswerKind;
use form_model::id::{AnswerId, ApplicationId};
use form_model::input;

use crate::actor::ACTOR_BYTES;
use crate::causality::Causality;
use crate::comment::{self, CommentId, CommentKey};
use crate::object::{ObjectTable, Place, object_of};
use crate::op::OpId;
use crate::raw::RawChange;
use crate::reader::{OpReader, answer_value};
use crate::schema::{Schema, has_bad_character};
use crate::sign_off::StatementKey;

/// Greatest operation counter taken in. Automerge keeps counters in 32 bits and panics beyond; a million
/// applications' worth of typing stays below half of that.
pub const COUNTER_MAX: u64 = 1 << 31;

/// The rule that a change breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("it has no operation")]
    Empty,
    #[error("it builds on nothing, which only the genesis does")]
    NoDeps,
    #[error("its actor has no id of {ACTOR_BYTES} bytes")]
    BadActor,
    #[error("its actor is the genesis'")]
    GenesisActor,
    #[error("it carries a message or extra bytes, which no replica writes")]
    Extras,
    #[error("it is its actor's change {found}; after those known here must come {expected}")]
    Seq { found: u64, expected: u64 },
    #[error("it does not build on its actor's change before")]
    SkipsOwn,
    #[error("its operations start at {found}; after all that it builds on must come {expected}")]
    StartOp { found: u64, expected: u64 },
    #[error("its operations' counters go beyond {COUNTER_MAX}")]
    CounterTooGreat,
    #[error("operation {op} writes to the root or to an object that the form does not make")]
    UnknownObject { op: u64 },
    #[error("operation {op} writes to the facts of the genesis")]
    GenesisFacts { op: u64 },
    #[error("operation {op} writes to “{answer}”, which the form does not know as such")]
    UnknownAnswer { op: u64, answer: AnswerId },
    #[error("operation {op} does what no replica does to “{answer}”: {what}")]
    BadAction { op: u64, answer: AnswerId, what: &'static str },
    #[error("operation {op} does what no replica does to a comment: {what}")]
    BadComment { op: u64, what: &'static str },
    #[error("operation {op} makes no statement that a replica makes: {what}")]
    BadStatement { op: u64, what: String },
    #[error("operation {op} builds on operation {missing}, which its author cannot have known")]
    NotInPast { op: u64, missing: OpId },
    #[error("operation {op} replaces operation {pred}, which is elsewhere or no value")]
    PredElsewhere { op: u64, pred: OpId },
}

/// What changes are checked against.
pub(crate) struct Checker<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) objects: &'a ObjectTable,
    pub(crate) graph: &'a Causality,
    pub(crate) genesis_actor: &'a automerge::ActorId,
    pub(crate) application: &'a ApplicationId,
}

impl Checker<'_> {
    /// Checks a change whose deps are all in the graph.
    pub(crate) fn check(&self, raw: &RawChange, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        self.check_frame(raw)?;
        for (counter, op) in (raw.ops.start_op.get()..).zip(&raw.ops.operations) {
            let id = OpId { counter, actor: raw.ops.actor_id.clone() };
            Operation { checker: self, raw, op, id }.check(reader)?;
        }
        Ok(())
    }

    fn check_frame(&self, raw: &RawChange) -> Result<(), Malformed> {
        let change = &raw.ops;
        if change.operations.is_empty() {
            return Err(Malformed::Empty);
        }
        if change.deps.is_empty() {
            return Err(Malformed::NoDeps);
        }
        if change.actor_id.to_bytes().len() != ACTOR_BYTES {
            return Err(Malformed::BadActor);
        }
        if change.actor_id == *self.genesis_actor {
            return Err(Malformed::GenesisActor);
        }
        if change.message.is_some() || change.author.is_some() || !change.extra_bytes.is_empty() {
            return Err(Malformed::Extras);
        }
        let last = self.graph.last_seq(&change.actor_id);
        if change.seq != last + 1 {
            return Err(Malformed::Seq { found: change.seq, expected: last + 1 });
        }
        if self.graph.known_seq(&change.deps, &change.actor_id) != last {
            return Err(Malformed::SkipsOwn);
        }
        let (found, expected) = (change.start_op.get(), self.graph.max_op(&change.deps) + 1);
        if found != expected {
            return Err(Malformed::StartOp { found, expected });
        }
        if raw.change.max_op() > COUNTER_MAX {
            return Err(Malformed::CounterTooGreat);
        }
        Ok(())
    }
}

/// One operation of a change under check.
struct Operation<'a> {
    checker: &'a Checker<'a>,
    raw: &'a RawChange,
    op: &'a Op,
    id: OpId,
}

impl Operation<'_> {
    fn check(&self, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        match (self.checker.objects.place(self.op), &self.op.key) {
            (None, _) => Err(Malformed::UnknownObject { op: self.id.counter }),
            (Some(Place::Genesis), _) => Err(Malformed::GenesisFacts { op: self.id.counter }),
            (Some(Place::Discussion), Key::Map(key)) => self.check_comment(key, reader),
            (Some(Place::Discussion), Key::Seq(_)) => {
                Err(self.bad_comment("it counts in the map of comments"))
            }
            (Some(Place::Statements), Key::Map(key)) => self.check_statement(key),
            (Some(Place::Statements), Key::Seq(_)) => {
                Err(self.bad_statement(&"it counts in the map of statements"))
            }
            (Some(Place::Section(section)), Key::Map(key)) => {
                self.check_value(&AnswerId(format!("{section}.{key}")), reader)
            }
            (Some(Place::Section(section)), Key::Seq(_)) => {
                Err(self.bad(&AnswerId(section.clone()), "it counts in a section's map"))
            }
            (Some(Place::Prose(answer)), Key::Seq(element)) => self.check_prose(answer, element, reader),
            (Some(Place::Prose(answer)), Key::Map(_)) => Err(self.bad(answer, "it names a key in a text")),
        }
    }

    fn bad(&self, answer: &AnswerId, what: &'static str) -> Malformed {
        Malformed::BadAction { op: self.id.counter, answer: answer.clone(), what }
    }

    fn bad_comment(&self, what: &'static str) -> Malformed {
        Malformed::BadComment { op: self.id.counter, what }
    }

    /// A comment is put once, under a key that names its change, and never replaced; whether it is settled
    /// stands beside it.
    fn check_comment(&self, key: &str, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        if self.op.insert {
            return Err(self.bad_comment("it inserts into a map"));
        }
        let preds =
            ascending(&self.op.pred).ok_or_else(|| self.bad_comment("it replaces one value twice"))?;
        match (&self.op.action, CommentKey::read(key)) {
            (OpType::Put(ScalarValue::Str(text)), Some(CommentKey { id, settled: false })) => {
                if id != CommentId::new(&self.raw.ops.actor_id, self.raw.ops.seq) {
                    return Err(self.bad_comment("its key does not name the change"));
                }
                if !preds.is_empty() {
                    return Err(self.bad_comment("it replaces another"));
                }
                if let Some(fault) = comment::fault(text, self.checker.schema) {
                    return Err(self.bad_comment(fault));
                }
            }
            (OpType::Put(ScalarValue::Boolean(_)), Some(key @ CommentKey { settled: true, .. })) => {
                // Who could settle what is yet to be said would have it hidden from the start.
                if !self.knows_comment(&key) {
                    return Err(self.bad_comment("it settles what its author cannot have known"));
                }
            }
            _ => return Err(self.bad_comment("it is neither a comment nor its settling")),
        }
        preds.into_iter().try_for_each(|pred| self.check_pred(pred, key, reader))
    }

    fn bad_statement(&self, what: &impl ToString) -> Malformed {
        Malformed::BadStatement { op: self.id.counter, what: what.to_string() }
    }

    /// A statement is put once, under a key that names its change, and never replaced. That its own signature fits is
    /// looked at here; whose it may be, with the rights.
    fn check_statement(&self, key: &str) -> Result<(), Malformed> {
        let OpType::Put(ScalarValue::Str(stored)) = &self.op.action else {
            return Err(self.bad_statement(&"it is no text"));
        };
        if self.op.insert || !self.op.pred.is_empty() {
            return Err(self.bad_statement(&"it replaces another"));
        }
        if key != StatementKey::of(&self.raw.ops.actor_id, self.raw.ops.seq) {
            return Err(self.bad_statement(&"its key does not name the change"));
        }
        StatementKey::read(stored, self.checker.application).map(drop).map_err(|bad| self.bad_statement(&bad))
    }

    /// Whether the author knew the change that makes a comment.
    fn knows_comment(&self, key: &CommentKey) -> bool {
        let past = |(actor, seq): (automerge::ActorId, u64)| {
            seq > 0 && seq <= self.checker.graph.known_seq(&self.raw.ops.deps, &actor)
        };
        key.change().is_some_and(past)
    }

    fn check_value(&self, answer: &AnswerId, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        let schema = self.checker.schema;
        if !matches!(schema.kind(answer), Some(AnswerKind::Value | AnswerKind::Flag)) {
            return Err(Malformed::UnknownAnswer { op: self.id.counter, answer: answer.clone() });
        }
        if self.op.insert {
            return Err(self.bad(answer, "it inserts into a map"));
        }
        match &self.op.action {
            OpType::Put(value) => {
                let value = answer_value(value).filter(|value| schema.accepts(answer, value));
                let value = value.ok_or_else(|| self.bad(answer, "it stores another kind of value"))?;
                if let AnswerValue::Text(text) = value {
                    self.check_text(answer, &text)?;
                }
            }
            // Saving forgets a deletion that deletes nothing, and the saved change would have another hash.
            OpType::Delete if self.op.pred.is_empty() => {
                return Err(self.bad(answer, "it deletes nothing"));
            }
            OpType::Delete => {}
            _ => return Err(self.bad(answer, "it makes an object, counts or marks")),
        }
        for pred in self.preds(answer)? {
            self.check_pred(pred, answer.key(), reader)?;
        }
        Ok(())
    }

    /// That the operation put a value under the same key, and that the author knew it.
    fn check_pred(&self, pred: OpId, key: &str, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        let fits = match object_of(self.op) {
            Some(map) if self.is_past(&pred) && reader.shows_value(&map, key, &pred) => true,
            _ => {
                let op = self.earlier(&pred, reader)?;
                matches!(op.action, OpType::Put(_)) && op.obj == self.op.obj && op.key == self.op.key
            }
        };
        if fits { Ok(()) } else { Err(Malformed::PredElsewhere { op: self.id.counter, pred }) }
    }

    fn check_text(&self, answer: &AnswerId, text: &str) -> Result<(), Malformed> {
        if text.chars().count() > input::max_chars(AnswerKind::Value) {
            return Err(self.bad(answer, "it stores an overlong text"));
        }
        if text.is_empty() || has_bad_character(text) {
            return Err(self.bad(answer, "it stores an empty text or control characters"));
        }
        Ok(())
    }

    fn check_prose(
        &self,
        answer: &AnswerId,
        element: &ElementId,
        reader: &mut OpReader<'_>,
    ) -> Result<(), Malformed> {
        let preds = self.preds(answer)?;
        match (&self.op.action, element) {
            (OpType::Put(ScalarValue::Str(text)), _) if self.op.insert => {
                if text.chars().count() != 1 || has_bad_character(text) {
                    return Err(self.bad(answer, "it inserts something else than one character"));
                }
                if !preds.is_empty() {
                    return Err(self.bad(answer, "it inserts and replaces at once"));
                }
                match element {
                    ElementId::Head => Ok(()),
                    ElementId::Id(id) => self.check_element(&id.into(), reader),
                }
            }
            (OpType::Delete, ElementId::Id(id)) if !self.op.insert => {
                let element = OpId::from(id);
                if preds != std::slice::from_ref(&element) {
                    return Err(
                        self.bad(answer, "it deletes something else than the character that it names")
                    );
                }
                self.check_element(&element, reader)
            }
            _ => Err(self.bad(answer, "it neither inserts nor deletes a character")),
        }
    }

    /// That the element is a character of the same text that the author knew.
    fn check_element(&self, element: &OpId, reader: &mut OpReader<'_>) -> Result<(), Malformed> {
        let fits = match object_of(self.op) {
            Some(text) if self.is_past(element) && reader.shows_char(&text, element) => true,
            _ => {
                let op = self.earlier(element, reader)?;
                op.insert && op.obj == self.op.obj
            }
        };
        if fits {
            Ok(())
        } else {
            Err(Malformed::PredElsewhere { op: self.id.counter, pred: element.clone() })
        }
    }

    /// The replaced operations, each once.
    fn preds(&self, answer: &AnswerId) -> Result<Vec<OpId>, Malformed> {
        ascending(&self.op.pred).ok_or_else(|| self.bad(answer, "it replaces one value twice"))
    }

    /// Whether an operation is of the past of the change. (Those earlier in the change itself are not.)
    fn is_past(&self, id: &OpId) -> bool {
        self.checker.graph.knows(&self.raw.ops.deps, id)
    }

    /// An operation that the author knew when making this one: of the change's past, or earlier in it.
    fn earlier<'r>(&'r self, id: &OpId, reader: &'r mut OpReader<'_>) -> Result<&'r Op, Malformed> {
        let missing = || Malformed::NotInPast { op: self.id.counter, missing: id.clone() };
        let start = self.raw.ops.start_op.get();
        if id.actor == self.id.actor && id.counter >= start {
            let index = (id.counter < self.id.counter).then(|| usize::try_from(id.counter - start).ok());
            return index.flatten().and_then(|index| self.raw.ops.operations.get(index)).ok_or_else(missing);
        }
        if !self.is_past(id) {
            return Err(missing());
        }
        reader.op(id).ok_or_else(missing)
    }
}

/// The replaced operations; `None` when one of them stands there twice.
fn ascending(preds: &legacy::SortedVec<legacy::OpId>) -> Option<Vec<OpId>> {
    let preds: Vec<OpId> = preds.iter().map(OpId::from).collect();
    let twice = preds.windows(2).any(|pair| matches!(pair, [a, b] if a >= b));
    (!twice).then_some(preds)
}
