//! Directories of enterprises in their slot: a file, and beside it what it adds up to.

use form_model::answer::{AnswerValue, Answers};
use form_model::definition::{EvidenceSlot, FormDefinition};
use form_model::directory::DirectoryTotals;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{Attribute, EvidenceKey, REMOVED, entries};
use form_model::id::ApplicationId;

use super::Workspace;
use super::evidence::Added;
use crate::directory::Beside;
use crate::evidence::Prepared;

/// A form, its answers and the slot of its directory.
#[derive(Clone, Debug)]
pub struct DirectoryGround {
    pub form: FormDefinition,
    pub slot: EvidenceSlot,
    pub answers: Answers,
}

impl DirectoryGround {
    /// What a directory is held against.
    pub fn beside(&self) -> Beside<'_> {
        Beside { form: &self.form, slot: &self.slot, answers: &self.answers }
    }
}

impl Workspace {
    /// What a directory is held against: by the slot of that id or number, or else by the form's first slot that asks
    /// for one.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchSlot`], [`ErrorCode::NoDirectory`], and as [`Self::open_application`].
    pub fn directory_ground(
        &mut self,
        id: &ApplicationId,
        slot: Option<&str>,
    ) -> Result<DirectoryGround, UserError> {
        let (form, answers) = self.answers(id)?;
        let found = match slot {
            Some(name) => Some(
                form.slot(name).ok_or_else(|| UserError::new(ErrorCode::NoSuchSlot).with("slot", name))?,
            ),
            None => form.directory_slot(),
        };
        let fit = found.filter(|slot| !slot.directory.is_empty()).cloned();
        let slot =
            fit.ok_or_else(|| UserError::new(ErrorCode::NoDirectory).with("slot", slot.unwrap_or_default()))?;
        Ok(DirectoryGround { form, slot, answers })
    }

    /// Puts a directory, whose bytes are kept already, into its slot with what it adds up to, and takes out the
    /// directories that stood there: one change, which can be undone. A file that stood there already stays where it
    /// is.
    ///
    /// # Errors
    /// As [`Self::add_evidence`].
    pub fn add_directory(
        &mut self,
        id: &ApplicationId,
        slot: &str,
        file: &Prepared,
        totals: &DirectoryTotals,
    ) -> Result<Added, UserError> {
        let slot = self.open_slot(id, slot)?;
        let (_, answers) = self.answers(id)?;
        let earlier = entries(&answers, &slot.field).into_iter().filter(|entry| {
            !entry.removed && entry.totals.is_some() && entry.file.sha256 != file.file.sha256
        });
        let taken_out = AnswerValue::Text(REMOVED.to_owned());
        let mut values: Vec<_> =
            earlier.map(|entry| (entry.answer(Attribute::Removed), Some(taken_out.clone()))).collect();
        self.add_evidence_and(id, &slot.id, std::slice::from_ref(file), |added| {
            let sums = added.iter().map(|entry| EvidenceKey {
                field: slot.field.clone(),
                entry: entry.clone(),
                attribute: Attribute::Totals,
            });
            values.extend(sums.map(|key| (key.answer(), Some(totals.stored()))));
            values
        })
    }
}
