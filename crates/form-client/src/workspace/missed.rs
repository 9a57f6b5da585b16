//! Refused work as a person sees it: a text as it had been typed, not its keystrokes one by one.

use std::collections::BTreeMap;

use form_document::ActorId;
use form_document::comment::COMMENT_MAX_CHARS;
use form_document::history::{HistoryRow, RowStep, replayed};
use form_document::key::PublicKey;
use form_document::log::Reason;
use form_model::answer::AnswerValue;
use form_model::check::subject;
use form_model::command::SetAside;
use form_model::definition::{FieldKind, FormDefinition};
use form_model::hex;
use form_model::id::AnswerId;
use form_model::language::Language;
use form_store::StoreError;
use form_store::follow::RefusedRow;

use super::rights;
use super::set_aside::sentence;
use crate::session::{Session, recalled, stored};

/// How much of a comment is kept free for a part's number, in characters.
const NUMBER_CHARS: usize = 24;

/// What one author did to one answer and was left out.
#[derive(Debug)]
pub(super) struct Missed {
    answer: AnswerId,
    /// The hub's word on the earliest that was refused for itself.
    reason: Option<Reason>,
    /// The refused changes' hashes, and what each did to the answer; the earliest first.
    steps: Vec<(Vec<u8>, HistoryRow)>,
}

impl Missed {
    /// What a person calls it by.
    pub(super) fn name(&self) -> String {
        let first = self.steps.first().map(|(hash, _)| hash.as_slice()).unwrap_or_default();
        format!("{}:{}", hex::encode(first), self.answer)
    }

    /// The answer that it is about.
    pub(super) fn answer(&self) -> &AnswerId {
        &self.answer
    }

    /// The value that it ends with, `None` in it for a clearing; `None` for a long text.
    pub(super) fn last_value(&self) -> Option<Option<AnswerValue>> {
        match self.steps.last().map(|(_, row)| &row.step) {
            Some(RowStep::Value { after, .. }) => Some(after.clone()),
            _ => None,
        }
    }

    /// Who wrote it last, and when, milliseconds since 1970-01-01 UTC.
    pub(super) fn last(&self) -> Option<(&ActorId, i64)> {
        self.steps.last().map(|(_, row)| (&row.op.actor, row.time_ms))
    }

    /// Its changes' hashes.
    pub(super) fn hashes(&self) -> impl Iterator<Item = &[u8]> {
        self.steps.iter().map(|(hash, _)| hash.as_slice())
    }

    /// What is left of each of its changes once it is put away: what those did to other answers.
    pub(super) fn put_away<'r>(&self, rows: &'r [RefusedRow]) -> Result<Vec<(&'r [u8], String)>, StoreError> {
        let of_it = rows.iter().filter(|row| self.steps.iter().any(|(hash, _)| *hash == row.hash));
        of_it
            .map(|row| {
                let mut left = recalled(std::slice::from_ref(&row.history));
                left.retain(|step| step.answer != self.answer);
                let left = if left.is_empty() { String::new() } else { stored(&left)?.rows };
                Ok((row.hash.as_slice(), left))
            })
            .collect()
    }

    /// The last value, or the text put in; and the text taken out.
    fn written(&self) -> (Option<AnswerValue>, String) {
        let steps: Vec<&HistoryRow> = self.steps.iter().map(|(_, step)| step).collect();
        match steps.last().map(|row| &row.step) {
            Some(RowStep::Value { after, .. }) => (after.clone(), String::new()),
            _ => {
                let (inserted, deleted) = replayed(&steps);
                ((!inserted.is_empty()).then_some(AnswerValue::Text(inserted)), deleted)
            }
        }
    }

    /// Whether nothing remains of it: a text typed and taken out again.
    fn is_nothing(&self) -> bool {
        let is_value = |(_, step): &(Vec<u8>, HistoryRow)| matches!(step.step, RowStep::Value { .. });
        !self.steps.iter().any(is_value) && self.written() == (None, String::new())
    }

    /// What an agency may not write any more is one piece, whichever words the hub has for parts of it; and work
    /// that hangs on refused work goes with it.
    fn takes(&self, reason: Option<Reason>, step: &HistoryRow) -> bool {
        let malformed = Some(Reason::Malformed);
        (self.reason == malformed) == (reason == malformed) && self.goes_on_with(step)
    }

    /// Whether a value was written over what the piece ends with. One that was refused before, when another's value
    /// stood there again, is a piece of its own: nobody has written over it.
    fn goes_on_with(&self, step: &HistoryRow) -> bool {
        let Some((_, last)) = self.steps.last() else { return true };
        match (&last.step, &step.step) {
            (RowStep::Value { after: Some(value), .. }, RowStep::Value { preds, before, .. }) => {
                preds.contains(&last.op) || before.contains(value)
            }
            (RowStep::Value { after: None, .. }, RowStep::Value { before, .. }) => before.is_empty(),
            _ => true,
        }
    }
}

impl Session {
    /// Refused work, the earliest first.
    pub(super) fn missed(&self, rows: &[RefusedRow]) -> Vec<Missed> {
        let mut steps: Vec<(&RefusedRow, HistoryRow)> = Vec::new();
        for row in rows {
            let did = recalled(std::slice::from_ref(&row.history));
            steps.extend(did.into_iter().map(|step| (row, step)));
        }
        steps.sort_by(|(_, a), (_, b)| a.op.cmp(&b.op));
        let mut all: Vec<Missed> = Vec::new();
        // By answer and author, oldest first.
        let mut open: BTreeMap<(AnswerId, Author), Vec<usize>> = BTreeMap::new();
        for (row, step) in steps {
            let reason = Reason::from_number(row.reason);
            let key = (step.answer.clone(), self.author(&step.op.actor));
            let pieces = open.entry(key).or_default();
            // The numbers of another actor's operations run beside those of the one before, so not the newest alone.
            let takes = |at: &&usize| all.get(**at).is_some_and(|missed| missed.takes(reason, &step));
            let at = pieces.iter().rev().find(takes).copied();
            if let Some(missed) = at.and_then(|at| all.get_mut(at)) {
                if missed.reason == Some(Reason::BuildsOnRefused) {
                    missed.reason = reason;
                }
                missed.steps.push((row.hash.clone(), step));
                continue;
            }
            pieces.push(all.len());
            all.push(Missed { answer: step.answer.clone(), reason, steps: vec![(row.hash.clone(), step)] });
        }
        all.retain(|missed| !missed.is_nothing());
        all
    }

    /// A device goes on as another actor after a refusal; it is the same person's work.
    fn author(&self, actor: &ActorId) -> Author {
        self.ledger
            .claim(actor)
            .map_or_else(|| Author::Actor(actor.clone()), |claim| Author::Device(claim.device))
    }

    pub(super) fn shown(&self, missed: &Missed, language: Language) -> SetAside {
        let (value, deleted) = missed.written();
        let first = missed.steps.first().map(|(_, step)| self.stamp(&step.op.actor, step.time_ms));
        let author = first.filter(|stamp| !stamp.own).map(|stamp| stamp.author);
        let reason = match (missed.reason, &author) {
            (Some(Reason::BuildsOnRefused), Some(_)) => language.pick(
                "它接在一处被拒收的修改之后；填写人的电脑连上协同中心后会自动补上，届时这里不再显示",
                "it builds on a refused change; its author's computer brings it again, and then it is shown here no more",
            ),
            (reason, _) => reason.map(|reason| sentence(reason, language)).unwrap_or_default(),
        };
        let roster = self.ledger.chain().newest();
        SetAside {
            change: missed.name(),
            answer: missed.answer.clone(),
            name: subject(&self.definition, language, &missed.answer),
            author: author.clone(),
            value,
            deleted,
            time_ms: missed.steps.last().map_or(0, |(_, step)| step.time_ms),
            reason: reason.to_owned(),
            owner: roster.owners(&missed.answer).first().map(|(id, _)| (*id).clone()),
            may_adopt: rights::check(self, language, [&missed.answer]).is_ok(),
        }
    }
}

/// Whose refused work is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Author {
    Device(PublicKey),
    /// An actor that no device has claimed.
    Actor(ActorId),
}

/// What is said as comments: a text that is too long for one in numbered parts.
pub(super) fn proposal(form: &FormDefinition, missed: &SetAside, language: Language) -> Vec<String> {
    let mut texts = Vec::new();
    let author = missed.author.as_ref().map(|author| match language {
        Language::Chinese => format!("据{author}所填，"),
        Language::English => format!("As {author} had written. "),
    });
    let author = author.unwrap_or_default();
    let say = |chinese: &str, english: &str| format!("{author}{}", language.pick(chinese, english));
    if !missed.deleted.is_empty() {
        texts.extend(parts(&say("建议删去", "Proposed to delete"), &missed.deleted, language));
    }
    match &missed.value {
        Some(AnswerValue::Text(text)) => {
            let text = spelled(form, &missed.answer, text, language);
            texts.extend(parts(&say("建议填写", "Proposed"), &text, language));
        }
        Some(AnswerValue::Flag(true)) => texts.push(say("建议勾选", "Proposed: ticked")),
        Some(AnswerValue::Flag(false)) => {
            texts.push(say("建议不勾选", "Proposed: not ticked"));
        }
        None if missed.deleted.is_empty() => {
            texts.push(say("建议清空", "Proposed: left blank"));
        }
        None => {}
    }
    texts
}

/// What the form calls a stored value.
fn spelled(form: &FormDefinition, answer: &AnswerId, text: &str, language: Language) -> String {
    let spelled = match form.field_of(answer).map(|field| &field.kind) {
        Some(FieldKind::Choice { .. }) => {
            return form.text(language, &format!("{answer}.{text}.label")).to_owned();
        }
        Some(FieldKind::YesNo { .. }) if text == form_model::input::YES => language.pick("是", "yes"),
        Some(FieldKind::YesNo { .. }) if text == form_model::input::NO => language.pick("否", "no"),
        _ => text,
    };
    spelled.to_owned()
}

fn parts(lead_in: &str, text: &str, language: Language) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let pieces: Vec<&[char]> = chars
        .chunks(COMMENT_MAX_CHARS.saturating_sub(lead_in.chars().count() + NUMBER_CHARS).max(1))
        .collect();
    let (count, colon) = (pieces.len(), language.pick("：", ": "));
    let numbered = pieces.iter().enumerate().map(|(at, piece)| {
        let piece: String = piece.iter().collect();
        let number = if count > 1 { format!(" {}/{count}", at + 1) } else { String::new() };
        format!("{lead_in}{number}{colon}{piece}")
    });
    numbered.collect()
}
