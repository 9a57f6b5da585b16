//! How two final revisions differ, field by field.

use std::collections::{BTreeMap, BTreeSet};

use form_document::sign_off::EvidenceRecord;
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
    let (earlier, later) = (entries(before), entries(after));
    let changed = later.iter().filter(|(entry, file)| {
        earlier.get(*entry).is_some_and(|known| known != *file && name(known) == name(file))
    });
    RevisionDifference {
        fields: fields.collect(),
        files_gone: here.difference(&there).cloned().collect(),
        files_new: there.difference(&here).cloned().collect(),
        files_changed: changed.map(|(_, file)| name(file)).collect(),
        slots_reordered: reordered(before, after),
    }
}

fn files(manifest: &Manifest) -> BTreeSet<FileName> {
    manifest.evidence.iter().map(name).collect()
}

fn name(file: &EvidenceRecord) -> FileName {
    FileName { slot: file.slot.clone(), name: file.name.clone(), sha256: file.sha256.to_string() }
}

fn entries(manifest: &Manifest) -> BTreeMap<(&str, &str), &EvidenceRecord> {
    manifest.evidence.iter().map(|file| (place(file), file)).collect()
}

/// A file's slot, and its own name in it.
fn place(file: &EvidenceRecord) -> (&str, &str) {
    (&file.slot, &file.entry)
}

/// The slots in which the files of both stand in another order.
fn reordered(before: &Manifest, after: &Manifest) -> Vec<String> {
    let (earlier, later) = (entries(before), entries(after));
    let common = |manifest: &Manifest, slot: &str| -> Vec<String> {
        let of_slot = manifest.evidence.iter().filter(|file| file.slot == slot);
        let in_both =
            of_slot.filter(|file| earlier.contains_key(&place(file)) && later.contains_key(&place(file)));
        in_both.map(|file| file.entry.clone()).collect()
    };
    let slots: BTreeSet<&str> = after.evidence.iter().map(|file| file.slot.as_str()).collect();
    let moved = slots.into_iter().filter(|slot| common(before, slot) != common(after, slot));
    moved.map(str::to_owned).collect()
}
