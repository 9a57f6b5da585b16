//! How a value stands: alone, or beside others that were made at the same time.
//!
//! Automerge keeps all values that were put concurrently, but of a deletion concurrent to a value only the
//! value. A person who cleared an answer must see that a colleague filled it meanwhile, so deletions are
//! remembered here and shown as a side of the conflict until someone who knew of both has chosen.

use automerge::ReadDoc;
use form_model::answer::AnswerValue;
use form_model::evidence::EvidenceKey;
use form_model::id::AnswerId;

use crate::document::Document;
use crate::history::{HistoryRow, RowStep};
use crate::merge::clears_value;
use crate::op::OpId;
use crate::raw::{self, RawChange};
use crate::reader::{OpReader, Shown, answer_value};

/// A value answer as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The value that stands; `None` when nothing is stored.
    pub value: Option<AnswerValue>,
    /// Who made the value that stands, and when. `None` when nothing is stored.
    pub made: Option<(OpId, i64)>,
    /// Every different value made concurrently, the one that stands first; empty without a conflict.
    pub conflict: Vec<Candidate>,
}

/// One side of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `None`: this side cleared the answer.
    pub value: Option<AnswerValue>,
    /// The operation; its actor is the author.
    pub op: OpId,
    /// Milliseconds since 1970-01-01 UTC, by the author's clock.
    pub time_ms: i64,
    /// The value that it replaced.
    pub before: Option<AnswerValue>,
}

/// A value taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clear {
    op: OpId,
    preds: Vec<OpId>,
    time_ms: i64,
}

impl Document {
    /// How a value answer stands. For prose, and for answers that the form does not know: nothing.
    ///
    /// Equal values are no conflict, whoever made them. A clearing is a side of a conflict when the
    /// maker of a value that stands did not know of it. Where a file stands among others is disputed by nobody
    /// ([`form_model::evidence::Attribute::is_disputable`]): the last operation's place holds, on every replica.
    pub fn standing(&self, answer: &AnswerId) -> Standing {
        let values = self.values(answer);
        let Some((winner, value)) = values.last() else {
            return Standing::default();
        };
        let made = Some((winner.clone(), self.time_of(winner)));
        if EvidenceKey::read(answer).is_some_and(|key| !key.attribute.is_disputable()) {
            return Standing { value: Some(value.clone()), made, conflict: Vec::new() };
        }
        let mut sides: Vec<(OpId, Option<AnswerValue>)> = Vec::new();
        for (op, value) in values.iter().rev() {
            if sides.iter().all(|(_, other)| other.as_ref() != Some(value)) {
                sides.push((op.clone(), Some(value.clone())));
            }
        }
        if let Some(clear) = self.rival_clear(answer, &values) {
            sides.push((clear.op.clone(), None));
        }
        let conflict = if sides.len() > 1 { self.candidates(answer, sides) } else { Vec::new() };
        Standing { value: Some(value.clone()), made, conflict }
    }

    /// Whether an answer can stand in more than one way: [`Self::standing`] tells, for a hundred times the time.
    pub(crate) fn may_be_disputed(&self, answer: &AnswerId) -> bool {
        self.clears.contains_key(answer) || self.values(answer).len() > 1
    }

    /// Gives back the clearings among the history's rows (see [`HistoryRow::clears`]) to a document that
    /// was loaded; without them a value beside a concurrent clearing looks undisputed.
    pub fn recall_clears<'a>(&mut self, rows: impl IntoIterator<Item = &'a HistoryRow>) {
        for row in rows {
            let RowStep::Value { preds, after: None, .. } = &row.step else {
                continue;
            };
            let clears = self.clears.entry(row.answer.clone()).or_default();
            if clears.iter().all(|clear| clear.op != row.op) {
                clears.push(Clear { op: row.op.clone(), preds: preds.clone(), time_ms: row.time_ms });
            }
        }
    }

    /// Gives all clearings back to a document that was loaded where no history is kept. It reads every change, so it
    /// takes about as long as loading did.
    pub fn recall_all_clears(&mut self) {
        let changes = raw::each(self.automerge.get_changes(&[]), RawChange::own);
        let clearing: Vec<RawChange> = changes.into_iter().filter(clears_value).collect();
        let rows = self.history_of(Shown::default(), &clearing, |_| true);
        self.recall_clears(&rows);
    }

    /// The values side by side in an answer, in operation order: the last one stands.
    pub(crate) fn values(&self, answer: &AnswerId) -> Vec<(OpId, AnswerValue)> {
        let Some(section) = self.objects.section(answer.section()) else {
            return Vec::new();
        };
        let all = self.automerge.get_all(section, answer.key()).unwrap_or_default();
        all.into_iter()
            .filter_map(|(value, id)| Some((OpId::from_automerge(&id)?, answer_value(value.as_scalar()?)?)))
            .collect()
    }

    fn candidates(&self, answer: &AnswerId, sides: Vec<(OpId, Option<AnswerValue>)>) -> Vec<Candidate> {
        let mut reader = OpReader::new(&self.automerge, Shown::default());
        let clears = self.clears.get(answer).map(Vec::as_slice).unwrap_or_default();
        let candidate = |(op, value): (OpId, Option<AnswerValue>)| {
            let clear = clears.iter().find(|clear| clear.op == op);
            let preds = clear.map_or_else(|| reader.preds(&op), |clear| clear.preds.clone());
            let before = preds.iter().rev().find_map(|pred| reader.put_value(pred));
            let time_ms = clear.map_or_else(|| self.time_of(&op), |clear| clear.time_ms);
            Candidate { value, op, time_ms, before }
        };
        sides.into_iter().map(candidate).collect()
    }

    /// The newest clearing that the maker of some standing value did not know of, though both knew a value
    /// that it took away.
    fn rival_clear(&self, answer: &AnswerId, values: &[(OpId, AnswerValue)]) -> Option<&Clear> {
        let clears = self.clears.get(answer)?;
        // One's own clearings come before one's own values: no need for the graph.
        let disputes = |clear: &&Clear| {
            values.iter().any(|(op, _)| op.actor != clear.op.actor && self.is_rival(clear, op))
        };
        clears.iter().filter(disputes).max_by(|a, b| a.op.cmp(&b.op))
    }

    fn is_rival(&self, clear: &Clear, value: &OpId) -> bool {
        let Some(change) = self.automerge.hash_for_opid(&value.to_automerge()) else {
            return false;
        };
        let graph = self.causality();
        if graph.reaches(&change, &clear.op) {
            return false;
        }
        let mut reader = OpReader::new(&self.automerge, Shown::default());
        let mut replaced = clear.preds.clone();
        while let Some(op) = replaced.pop() {
            if graph.reaches(&change, &op) {
                return true;
            }
            replaced.extend(reader.preds(&op));
        }
        false
    }

    pub(crate) fn time_of(&self, op: &OpId) -> i64 {
        let change = self.automerge.hash_for_opid(&op.to_automerge());
        change
            .and_then(|hash| self.automerge.get_change_meta_by_hash(&hash))
            .map_or(0, |change| crate::time::of_change(change.timestamp))
    }
}
