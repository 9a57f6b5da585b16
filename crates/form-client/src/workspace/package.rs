//! A final revision with all of its files, for whoever checks it elsewhere.

use std::fs::File;
use std::io;
use std::path::Path;

use form_document::snapshot::Manifest;
pub use form_export::package::Shape;
use form_export::package::{Contents, WriteError, write};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::package::PackageFiles;

use super::{Workspace, unusable};
use crate::blob::BlobFolder;
use crate::cause::{Cause, because};

/// A package that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub revision: u64,
    /// How many files of evidence, and what they come to in bytes.
    pub files: usize,
    pub bytes: u64,
    /// The root key of the hub's log as this desk knows it, 64 lower-case hex digits. It does not travel with the package.
    pub root: String,
}

impl Workspace {
    /// Writes the package of a final revision, the newest when none is named; whole or not at all.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRevision`], [`ErrorCode::ReceiptBroken`]; [`ErrorCode::BlobMissing`] or
    /// [`ErrorCode::BlobDamaged`] naming the first file that has to come first; [`ErrorCode::FileUnusable`].
    pub fn write_package(
        &mut self,
        id: &ApplicationId,
        revision: Option<u64>,
        target: &Path,
        shape: Shape,
    ) -> Result<Packed, UserError> {
        let receipt = self.final_receipt(id, revision)?;
        let verified = self.check_receipt(id, &receipt)?;
        let manifest = &verified.manifest;
        let blobs = self.blobs();
        check_files(&blobs, manifest)?;
        let form = self.store.package_files(&manifest.form.package);
        let form = form.map_err(|error| unusable(&self.home, &error))?.map(PackageFiles);
        let contents = Contents {
            receipt: &receipt,
            form: form.as_ref(),
            evidence: &|sha256| File::open(blobs.path(&sha256.to_string())),
        };
        let written =
            write(target, shape, &contents).map_err(|error| not_written(error, &blobs, manifest, target))?;
        let root = self.log_root(id)?.to_string();
        Ok(Packed { revision: manifest.revision, files: written.files, bytes: written.bytes, root })
    }
}

/// That all files are here, so that nobody waits for a copy that cannot be finished.
fn check_files(blobs: &BlobFolder, manifest: &Manifest) -> Result<(), UserError> {
    let missing =
        manifest.evidence.iter().find(|record| !blobs.holds(&record.sha256.to_string(), record.size));
    match missing {
        Some(record) => Err(UserError::new(ErrorCode::BlobMissing).with("file", &record.name)),
        None => Ok(()),
    }
}

fn not_written(error: WriteError, blobs: &BlobFolder, manifest: &Manifest, target: &Path) -> UserError {
    let unusable = |cause: &dyn Cause| {
        because(UserError::new(ErrorCode::FileUnusable).with("file", target.display()), cause)
    };
    match error {
        WriteError::Altered(sha256) => {
            let name = manifest.evidence.iter().find(|record| record.sha256 == sha256);
            let name = name.map_or_else(|| sha256.to_string(), |record| record.name.clone());
            // Out of the way, so that a sound copy can come. Where that fails, the next fetch tries again.
            let _ = blobs.set_damaged_aside(&sha256.to_string());
            UserError::new(ErrorCode::BlobDamaged).with("file", name)
        }
        WriteError::Exists(_) => unusable(&io::Error::from(io::ErrorKind::AlreadyExists)),
        WriteError::Io(error) | WriteError::Evidence { error, .. } => unusable(&error),
        // Both were read before.
        WriteError::Receipt(bad) => UserError::new(ErrorCode::ReceiptBroken).with("cause", bad),
        WriteError::Manifest(bad) => UserError::new(ErrorCode::ReceiptBroken).with("cause", bad),
    }
}
