//! A final revision with all of its files, for whoever checks it elsewhere.

use std::fs::File;
use std::io;
use std::path::Path;

use form_document::snapshot::Manifest;
use form_export::package::{Contents, WriteError, write};
pub use form_export::package::{Existing, Shape};
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

/// A package that is to be written. It needs the desk no more, so the desk does other work meanwhile.
#[derive(Debug)]
pub struct PackageToWrite {
    receipt: Vec<u8>,
    manifest: Manifest,
    form: Option<PackageFiles>,
    blobs: BlobFolder,
    root: String,
}

impl Workspace {
    /// The package of a final revision, the newest when none is named.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchRevision`], [`ErrorCode::ReceiptBroken`]; [`ErrorCode::BlobMissing`] naming the first file that
    /// has to come first.
    pub fn package(
        &mut self,
        id: &ApplicationId,
        revision: Option<u64>,
    ) -> Result<PackageToWrite, UserError> {
        let receipt = self.final_receipt(id, revision)?;
        let manifest = self.check_receipt(id, &receipt)?.manifest;
        let blobs = self.blobs();
        check_files(&blobs, &manifest)?;
        let form = self.store.package_files(&manifest.form.package);
        let form = form.map_err(|error| unusable(&self.home, &error))?.map(PackageFiles);
        let root = self.log_root(id)?.to_string();
        Ok(PackageToWrite { receipt, manifest, form, blobs, root })
    }
}

impl PackageToWrite {
    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// [`ErrorCode::BlobDamaged`] naming the first file that has to come anew; [`ErrorCode::FileUnusable`].
    pub fn write(&self, target: &Path, shape: Shape, existing: Existing) -> Result<Packed, UserError> {
        let contents = Contents {
            receipt: &self.receipt,
            form: self.form.as_ref(),
            evidence: &|sha256| File::open(self.blobs.path(&sha256.to_string())),
        };
        let written = write(target, shape, existing, &contents)
            .map_err(|error| not_written(error, &self.blobs, &self.manifest, target))?;
        Ok(Packed {
            revision: self.manifest.revision,
            files: written.files,
            bytes: written.bytes,
            root: self.root.clone(),
        })
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
