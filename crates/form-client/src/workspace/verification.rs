//! What a desk knows itself that helps to check what others hand over.

use form_model::command::{FormWords, KnownHub};
use form_model::error::UserError;
use form_model::package::{PackageFiles, load};

use super::{Workspace, unusable};

impl Workspace {
    /// The hubs whose public logs this desk has followed, each once.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn known_hubs(&self) -> Result<Vec<KnownHub>, UserError> {
        let rows = self.store.signature_logs().map_err(|error| unusable(&self.home, &error))?;
        let mut hubs: Vec<_> =
            rows.into_iter().map(|row| KnownHub { origin: row.origin, root: row.root }).collect();
        hubs.sort();
        hubs.dedup();
        Ok(hubs)
    }

    /// What a form calls its parts, where this desk has it: by the hash of its package.
    pub fn form_words(&self, package: &str) -> Option<FormWords> {
        let here = self.library.packages().find(|here| here.definition.hash == package);
        if let Some(here) = here {
            return Some(FormWords::of(&here.definition));
        }
        // A form that cannot be read any more is called by its ids.
        let files = self.store.package_files(package).ok().flatten().map(PackageFiles)?;
        load(&files).ok().map(|form| FormWords::of(&form))
    }
}
