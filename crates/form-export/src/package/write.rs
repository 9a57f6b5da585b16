//! Writes a package, whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use form_document::digest::{Hashing, Sha256};
use form_document::snapshot::{BadManifest, Manifest};
use form_document::transparency::{BadReceipt, Receipt};
use form_model::package::PackageFiles;

use super::archive::ArchiveWriter;
use super::part::Part;

/// What tells people how to check it.
const README: &str = include_str!("README.txt");

/// How much of a file is in memory while it is copied.
const CHUNK_BYTES: usize = 256 << 10;

/// Opens a kept file of evidence.
pub type Opener<'a> = &'a dyn Fn(&Sha256) -> io::Result<File>;

/// What goes in.
pub struct Contents<'a> {
    /// The receipt's exact bytes. What it says decides which files belong to it.
    pub receipt: &'a [u8],
    /// The form package that was filled, if it is to go along.
    pub form: Option<&'a PackageFiles>,
    pub evidence: Opener<'a>,
}

impl std::fmt::Debug for Contents<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").field("receipt", &self.receipt.len()).finish_non_exhaustive()
    }
}

/// As what it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Folder,
    Archive,
}

/// What becomes of a file that has the place already. A folder stays in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Keep,
    /// The package takes its place when it is whole.
    Replace,
}

/// A package that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many files of evidence.
    pub files: usize,
    /// What they come to, in bytes.
    pub bytes: u64,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Receipt(#[from] BadReceipt),
    #[error(transparent)]
    Manifest(#[from] BadManifest),
    #[error("{} exists and was left as it is", .0.display())]
    Exists(PathBuf),
    #[error("the file {sha256}: {error}")]
    Evidence { sha256: Sha256, error: io::Error },
    #[error("the file {0} is not what was signed for")]
    Altered(Sha256),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a package beside its place, syncs all of it, and gives it its name: after a crash the name means a whole package.
///
/// # Errors
/// [`WriteError`]; nothing is left then, and what existed is as it was.
pub fn write(
    target: &Path,
    shape: Shape,
    existing: Existing,
    contents: &Contents<'_>,
) -> Result<Written, WriteError> {
    let receipt = Receipt::read(contents.receipt)?;
    let manifest = Manifest::read(&receipt.envelope.payload)?;
    let files = manifest.files();
    let replaces = shape == Shape::Archive && existing == Existing::Replace;
    if fs::symlink_metadata(target).is_ok_and(|found| !(replaces && found.is_file())) {
        return Err(WriteError::Exists(target.to_owned()));
    }
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    let parts = Parts { contents, manifest: &receipt.envelope.payload, evidence: &files };
    match shape {
        Shape::Folder => {
            let beside = tempfile::Builder::new().prefix(".huiqian-").tempdir_in(parent)?;
            folder(beside.path(), &parts)?;
            // An empty folder of that name would be replaced; a full one, or a file, would not.
            fs::rename(beside.path(), target)?;
            // Its name is another now; there is nothing to remove.
            let _ = beside.keep();
        }
        Shape::Archive => {
            let mut beside = tempfile::Builder::new().prefix(".huiqian-").tempfile_in(parent)?;
            archive(beside.as_file_mut(), &parts)?;
            let named = if replaces { beside.persist(target) } else { beside.persist_noclobber(target) };
            named.map_err(|error| error.error)?;
        }
    }
    sync_folder(parent)?;
    Ok(Written { files: files.len(), bytes: files.values().sum() })
}

struct Parts<'a> {
    contents: &'a Contents<'a>,
    manifest: &'a [u8],
    evidence: &'a BTreeMap<Sha256, u64>,
}

impl Parts<'_> {
    /// Those that are in memory, in the order in which a person opens them.
    fn small(&self) -> Vec<(Part, &[u8])> {
        let mut parts = vec![
            (Part::Readme, README.as_bytes()),
            (Part::Receipt, self.contents.receipt),
            (Part::Manifest, self.manifest),
        ];
        let form = self.contents.form.iter().flat_map(|form| form.iter());
        parts.extend(form.map(|(path, bytes)| (Part::Form(path.to_owned()), bytes)));
        parts
    }

    /// Copies a file of evidence, and sees that it is the one that was signed for.
    fn copy(&self, sha256: &Sha256, out: &mut dyn io::Write) -> Result<(), WriteError> {
        let failed = |error| WriteError::Evidence { sha256: *sha256, error };
        let mut file = (self.contents.evidence)(sha256).map_err(failed)?;
        let (mut hashing, mut buffer) = (Hashing::new(), vec![0; CHUNK_BYTES]);
        loop {
            let read = file.read(&mut buffer).map_err(failed)?;
            let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
            hashing.update(chunk);
            out.write_all(chunk)?;
        }
        if hashing.finish() == *sha256 { Ok(()) } else { Err(WriteError::Altered(*sha256)) }
    }
}

fn folder(root: &Path, parts: &Parts<'_>) -> Result<(), WriteError> {
    for (part, bytes) in parts.small() {
        let mut file = create(root, &part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    for sha256 in parts.evidence.keys() {
        let mut file = create(root, &Part::Evidence(*sha256))?;
        parts.copy(sha256, &mut file)?;
        file.sync_all()?;
    }
    sync_tree(root)?;
    Ok(())
}

fn create(root: &Path, part: &Part) -> io::Result<File> {
    let path = root.join(part.to_string());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)
}

/// Makes the names in a folder and below durable.
fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_folder(folder)
}

fn archive(file: &mut File, parts: &Parts<'_>) -> Result<(), WriteError> {
    let mut archive = ArchiveWriter::new(BufWriter::new(&mut *file));
    for (part, bytes) in parts.small() {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        archive.add(&part.to_string(), size, |out| out.write_all(bytes))?;
    }
    for (sha256, size) in parts.evidence {
        let mut failed = None;
        let added = archive.add(&Part::Evidence(*sha256).to_string(), *size, |out| {
            parts.copy(sha256, out).map_err(|error| {
                failed = Some(error);
                io::Error::other("the file was not copied")
            })
        });
        match (failed, added) {
            (Some(error), _) => return Err(error),
            (None, added) => added?,
        }
    }
    let file = archive.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(())
}

/// Makes a new name in a folder durable.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere the system keeps names by itself.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
