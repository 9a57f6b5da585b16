//! Which files of evidence a document names, and which any change of it ever named.

use std::collections::BTreeSet;

use automerge::{ActorId, ExpandedChange, ObjId, ReadDoc, ScalarValue, ScalarValueRef, ValueRef};
use form_model::evidence::{EvidenceFile, EvidenceKey};
use form_model::id::{AnswerId, FieldId};

use crate::document::Document;

/// A file that the document names, also one that was taken out: it can be put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// The field that it stands beside.
    pub field: FieldId,
    /// SHA-256 of its bytes, 64 lower-case hex digits.
    pub sha256: String,
    /// Who put it there.
    pub by: ActorId,
}

impl Document {
    /// Every file that stands in the document now. A file in two slots is named twice.
    pub fn evidence(&self) -> Vec<NamedFile> {
        let mut named = Vec::new();
        for (section, object) in self.objects.sections() {
            for item in self.automerge.map_range(object, ..) {
                // Cheaper than reading every answer's name in full.
                if !item.key.contains('?') {
                    continue;
                }
                let answer = AnswerId(format!("{section}.{}", item.key));
                let facts = EvidenceKey::read(&answer).filter(|key| key.attribute.names_file());
                let (Some(key), ValueRef::Scalar(ScalarValueRef::Str(text))) = (facts, &item.value) else {
                    continue;
                };
                let (Some(file), ObjId::Id(_, by, _)) = (EvidenceFile::read(text), item.id()) else {
                    continue;
                };
                named.push(NamedFile { field: key.field, sha256: file.sha256, by });
            }
        }
        named
    }
}

/// The files that raw changes name, whatever became of it later: SHA-256, 64 lower-case hex digits.
pub fn files_ever_named<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for change in changes {
        let Ok(change) = automerge::Change::try_from(change) else { continue };
        for op in ExpandedChange::from(&change).operations {
            if let automerge::legacy::OpType::Put(ScalarValue::Str(text)) = op.action
                && let Some(file) = EvidenceFile::read(&text)
            {
                named.insert(file.sha256);
            }
        }
    }
    named
}
