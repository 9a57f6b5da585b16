//! Form packages, parsed once.

use std::collections::BTreeMap;
use std::sync::Arc;

use form_document::wire::PackageFile;
use form_model::definition::FormDefinition;
use form_model::package::{PackageFiles, load};

use crate::limit::FORMS_MAX;
use crate::storage::{Storage, StorageError};

/// The forms of the open applications, by package hash.
#[derive(Debug, Default)]
pub(super) struct Forms {
    parsed: BTreeMap<String, Arc<FormDefinition>>,
}

impl Forms {
    /// The form of a kept package.
    pub(super) fn get(
        &mut self,
        storage: &dyn Storage,
        package: &str,
    ) -> Result<Arc<FormDefinition>, StorageError> {
        if let Some(form) = self.parsed.get(package) {
            return Ok(Arc::clone(form));
        }
        let files = storage.package(package)?;
        let form = load(&files_of(&files)).map_err(|error| {
            StorageError::Damaged(format!("form package {package} cannot be read any more: {error}"))
        })?;
        Ok(self.keep(form))
    }

    /// Keeps a parsed form.
    pub(super) fn keep(&mut self, form: FormDefinition) -> Arc<FormDefinition> {
        if self.parsed.len() >= FORMS_MAX {
            self.parsed.pop_first();
        }
        let form = Arc::new(form);
        self.parsed.insert(form.hash.clone(), Arc::clone(&form));
        form
    }
}

/// A package's files as the form reader takes them.
pub(super) fn files_of(files: &[PackageFile]) -> PackageFiles {
    PackageFiles(files.iter().map(|file| (file.path.clone(), file.content.clone())).collect())
}
