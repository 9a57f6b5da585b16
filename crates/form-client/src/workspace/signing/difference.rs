//! How two final revisions differ, field by field.

use std::collections::BTreeSet;

use form_document::snapshot::Manifest;
use form_document::transparency::Receipt;
use form_model::command::{FieldDifference, FileName, RevisionDifference};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};

use super::super::Workspace;

impl Workspace {
    /// How the later of two final revisions differs from the earlier one.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRevision`], [`ErrorCode::ReceiptBroken`].
    pub fn revision_difference(
        &mut self,
        id: &ApplicationId,
        earlier: u64,
        later: u64,
    ) -> Result<RevisionDifference, UserError> {
        Ok(difference(&self.manifest(id, earlier)?, &self.manifest(id, later)?))
    }

    /// What a final revision says. Its receipt was checked when it was kept.
    fn manifest(&mut self, id: &ApplicationId, revision: u64) -> Result<Manifest, UserError> {
        let bytes = self.final_receipt(id, Some(revision))?;
        let broken =
            |cause: &dyn std::fmt::Display| UserError::new(ErrorCode::ReceiptBroken).with("cause", cause);
        let receipt = Receipt::read(&bytes).map_err(|bad| broken(&bad))?;
        Manifest::read(&receipt.envelope.payload).map_err(|bad| broken(&bad))
    }
}

fn difference(before: &Manifest, after: &Manifest) -> RevisionDifference {
    let answers: BTreeSet<&AnswerId> = before.answers.keys().chain(after.answers.keys()).collect();
    let fields = answers.into_iter().filter_map(|answer| {
        let (before, after) = (before.answers.get(answer), after.answers.get(answer));
        (before != after).then(|| FieldDifference {
            answer: answer.clone(),
            before: before.cloned(),
            after: after.cloned(),
        })
    });
    let (here, there) = (files(before), files(after));
    RevisionDifference {
        fields: fields.collect(),
        files_gone: here.difference(&there).cloned().collect(),
        files_new: there.difference(&here).cloned().collect(),
    }
}

fn files(manifest: &Manifest) -> BTreeSet<FileName> {
    let named = manifest.evidence.iter().map(|file| FileName {
        slot: file.slot.clone(),
        name: file.name.clone(),
        sha256: file.sha256.to_string(),
    });
    named.collect()
}
