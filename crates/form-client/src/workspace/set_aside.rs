//! This desk's own work that the hub refused: kept, shown, and offered to those who may write it.

use form_document::comment::Comment;
use form_document::history::{HistoryRow, RowStep};
use form_document::log::Reason;
use form_model::answer::AnswerValue;
use form_model::check::subject;
use form_model::command::{SetAside, SetAsideRequest};
use form_model::error::UserError;
use form_model::id::{AnswerId, ApplicationId};
use form_model::language::Language;
use form_store::StoreError;
use form_store::follow::RefusedRow;

use super::{Workspace, not_saved, unusable};
use crate::session::{Session, recalled};

impl Workspace {
    /// What was refused and not put away yet, after putting something away.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn set_aside(&mut self, request: &SetAsideRequest) -> Result<Vec<SetAside>, UserError> {
        let id = &request.application;
        if let Some(change) = &request.dismiss {
            self.dismiss(id, change, request.propose)?;
        }
        let language = self.settings().language;
        let rows = self.refused_rows(id)?;
        let session = self.session(id)?;
        Ok(rows.iter().flat_map(|row| session.missed(row, language)).collect())
    }

    /// How many refused changes a person has not put away yet.
    pub(super) fn set_aside_count(&mut self, id: &ApplicationId) -> Result<u32, UserError> {
        Ok(u32::try_from(self.refused_rows(id)?.len()).unwrap_or(u32::MAX))
    }

    fn refused_rows(&mut self, id: &ApplicationId) -> Result<Vec<RefusedRow>, UserError> {
        let key = self.session(id)?.key;
        let mut rows = self.store.refused(key).map_err(|error| unusable(&self.home, &error))?;
        rows.retain(|row| !row.history.is_empty());
        Ok(rows)
    }

    /// Puts refused work away, and says it as a comment first when the person wishes so.
    fn dismiss(&mut self, id: &ApplicationId, change: &str, propose: bool) -> Result<(), UserError> {
        let language = self.settings().language;
        let rows = self.refused_rows(id)?;
        let Some(row) = rows.into_iter().find(|row| hex(&row.hash) == change) else { return Ok(()) };
        let session = self.session(id)?;
        if propose {
            for missed in session.missed(&row, language) {
                let text = proposal(&missed, language);
                let comment = Comment {
                    on: Some(missed.answer),
                    to: missed.owner.into_iter().collect(),
                    text,
                    reply_to: None,
                };
                self.say(id, &comment)?;
            }
        }
        let key = self.session(id)?.key;
        self.store
            .write(|write| write.dismiss_refused(key, &row.hash))
            .map_err(|error: StoreError| not_saved(&error))
    }
}

impl Session {
    /// What a person would miss of a refused change, by answer.
    fn missed(&self, row: &RefusedRow, language: Language) -> Vec<SetAside> {
        let reason = Reason::from_number(row.reason).map(|reason| sentence(reason, language));
        let reason = reason.unwrap_or_default().to_owned();
        let rows = recalled(std::slice::from_ref(&row.history));
        rows.iter().map(|step| self.one_missed(row, step, &reason, language)).collect()
    }

    fn one_missed(&self, row: &RefusedRow, step: &HistoryRow, reason: &str, language: Language) -> SetAside {
        let (value, deleted) = match &step.step {
            RowStep::Value { after, .. } => (after.clone(), String::new()),
            RowStep::Prose { inserted, deleted } => {
                let text: String = inserted.iter().map(|insertion| insertion.text.as_str()).collect();
                let deleted = deleted.iter().map(|deletion| deletion.text.as_str()).collect();
                ((!text.is_empty()).then_some(AnswerValue::Text(text)), deleted)
            }
        };
        SetAside {
            change: hex(&row.hash),
            answer: step.answer.clone(),
            name: subject(&self.definition, language, &step.answer),
            value,
            deleted,
            time_ms: step.time_ms,
            reason: reason.to_owned(),
            owner: self.owner(&step.answer),
        }
    }

    fn owner(&self, answer: &AnswerId) -> Option<form_model::member::AgencyId> {
        let roster = self.ledger.chain().newest();
        roster.owners(answer).next().map(|(id, _)| id.clone())
    }
}

/// What is said as a comment.
fn proposal(missed: &SetAside, language: Language) -> String {
    let value = missed.value.as_ref().map(|value| value.as_text().to_owned()).unwrap_or_default();
    match language {
        Language::Chinese => format!("建议填写：{value}"),
        Language::English => format!("Proposed: {value}"),
    }
}

/// Why a change is refused, to its author or to whoever brings it.
pub(super) fn sentence(reason: Reason, language: Language) -> &'static str {
    match reason {
        Reason::Malformed => language.pick("这处修改的内容不合规范", "the change is malformed"),
        Reason::NotGranted => {
            language.pick("这一栏现在不由您的单位填写", "the field is not your agency's to fill in")
        }
        Reason::Reassigned => language.pick(
            "这一栏已改由其他单位填写，补交期已过",
            "the field was given to another agency, and the time to hand in was over",
        ),
        Reason::Revoked => language.pick("这台设备的权限已被撤销", "this device had been revoked"),
        Reason::BuildsOnRefused => {
            language.pick("它接在一处被拒收的修改之后", "it builds on a refused change")
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
