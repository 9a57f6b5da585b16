//! Taking a file in as evidence: looked at, copied into the desk's own folder, and only then named in the application.

use std::fs::{File, Metadata};
use std::path::Path;

use form_intake::kind::{self, Notice};
use form_intake::{Sentence, photo};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, FILE_MAX_BYTES};

use crate::blob::{BlobFolder, Incoming, failed, too_large};
use crate::cause::because;

/// A file whose bytes are kept and that can be put into a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub file: EvidenceFile,
    /// Who took or issued it, when, and where, as far as the file itself says.
    pub by: String,
    pub taken: String,
    pub place: String,
    /// What a person is to know of it.
    pub notices: Vec<UserError>,
}

impl Prepared {
    /// A file that stands in a slot already.
    pub fn of(file: EvidenceFile) -> Self {
        let nothing = String::new;
        Self { file, by: nothing(), taken: nothing(), place: nothing(), notices: Vec::new() }
    }
}

/// Looks at a file and keeps its bytes. It is on the disk when this returns.
///
/// # Errors
/// Why it is not taken in; nothing is kept then.
pub fn prepare(blobs: &BlobFolder, path: &Path) -> Result<Prepared, UserError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let unusable = |error: std::io::Error| failed(&name, &error);
    let mut source = File::open(path).map_err(unusable)?;
    let before = source.metadata().map_err(unusable)?;
    if !before.is_file() {
        return Err(failed(&name, &no_file()));
    }
    if before.len() > FILE_MAX_BYTES {
        return Err(too_large(&name));
    }
    blobs.need_room(before.len(), &name)?;
    let mut copy = blobs.receive(&mut source, &name)?;
    if has_changed(&before, &source.metadata().map_err(unusable)?, copy.size) {
        return Err(UserError::new(ErrorCode::FileChanged).with("file", &name));
    }
    // The copy is looked at, not the original: what is told is told of the bytes that are kept.
    let prepared = looked_at(&mut copy, &name)?;
    copy.keep()?;
    Ok(prepared)
}

fn looked_at(copy: &mut Incoming, name: &str) -> Result<Prepared, UserError> {
    let (sha256, size) = (copy.sha256.clone(), copy.size);
    let inspected = kind::inspect(copy.file(), name).map_err(|refused| unfit(name, &refused))?;
    // What says nothing of itself is evidence all the same.
    let photo = inspected.kind.is_photo().then(|| photo::facts(copy.file()).ok()).flatten();
    let noted =
        |notice: &Notice| because(UserError::new(ErrorCode::FileNoted).with("file", name), &notice.pair());
    let kind = inspected.kind.mime().to_owned();
    Ok(Prepared {
        file: EvidenceFile { name: inspected.name, sha256, size, kind },
        by: String::new(),
        taken: photo.as_ref().and_then(|photo| photo.taken.clone()).unwrap_or_default(),
        place: photo.and_then(|photo| photo.place).unwrap_or_default(),
        notices: inspected.notices.iter().map(noted).collect(),
    })
}

/// Saves a copy of a photo that does not say where it was taken.
///
/// # Errors
/// As [`BlobFolder::copy_to`], and [`ErrorCode::FileRefused`] for what is no such photo.
pub fn copy_without_place(blobs: &BlobFolder, file: &EvidenceFile, path: &Path) -> Result<(), UserError> {
    let mut source = blobs.open(&file.sha256, &file.name)?;
    let mut copy = Vec::new();
    photo::without_location(&mut source, &mut copy).map_err(|fault| unfit(&file.name, &fault))?;
    crate::file::write_whole(path, &copy)
}

fn has_changed(before: &Metadata, after: &Metadata, copied: u64) -> bool {
    let times = (before.modified().ok(), after.modified().ok());
    copied != before.len() || after.len() != before.len() || times.0 != times.1
}

fn unfit(name: &str, why: &dyn Sentence) -> UserError {
    because(UserError::new(ErrorCode::FileRefused).with("file", name), &why.pair())
}

fn no_file() -> (String, String) {
    ("这不是文件".to_owned(), "it is no file".to_owned())
}
