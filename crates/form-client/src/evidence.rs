//! Taking a file in as evidence: looked at, copied into the desk's own folder, and only then named in the application.

use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read as _, Seek as _};
use std::path::Path;

use form_intake::kind::{self, Kind, Notice};
use form_intake::{Sentence, page, photo};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::{EvidenceFile, FILE_MAX_BYTES};
use form_model::language::Language;

use crate::blob::{BlobFolder, Incoming, empty, failed, too_large};
use crate::cause::because;
use crate::clock;
use crate::file::no_file;

/// From this size on a photo is made smaller where people wish it, in bytes: phones' photos are below, cameras' above.
pub const LARGE_PHOTO_BYTES: u64 = 5 << 20;

/// The longer side of a photo that was made smaller, in pixels: an A4 page at 220 dots an inch.
pub const SMALLER_PIXELS: u32 = 2_560;

/// From this size on a file is looked at before it is copied, too, in bytes: below, the copy costs less than that.
const LOOK_FIRST_BYTES: u64 = 16 << 20;

/// From this size on it is noticed that a file is mostly holes, in bytes: what is small is looked at in full anyway.
const HOLES_FROM_BYTES: u64 = 64 << 20;

/// A file of which less than this part lies on the disk is mostly holes. Disks that pack by themselves seldom reach half,
/// and nothing of what photos, scans and archives hold.
const HOLES_PART: u64 = 8;

/// Whether large photos are made smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhotoSize {
    #[default]
    AsTaken,
    /// A smaller copy is what the slot shows and what is submitted; the photo as it was taken is kept beside it.
    Smaller,
}

/// A file whose bytes are kept and that can be put into a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub file: EvidenceFile,
    /// The photo as it was taken, when `file` is a smaller copy of it.
    pub original: Option<EvidenceFile>,
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
        Self { file, original: None, by: nothing(), taken: nothing(), place: nothing(), notices: Vec::new() }
    }
}

/// Looks at a file and keeps its bytes. It is on the disk when this returns.
///
/// # Errors
/// Why it is not taken in; nothing is kept then.
pub fn prepare(blobs: &BlobFolder, path: &Path) -> Result<Prepared, UserError> {
    prepare_as(blobs, path, PhotoSize::AsTaken)
}

/// [`prepare`], with large photos made smaller where that is wished.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_as(blobs: &BlobFolder, path: &Path, size: PhotoSize) -> Result<Prepared, UserError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let unusable = |error: io::Error| failed(&name, &error);
    // Before it is opened: opening a pipe waits for whoever writes into it.
    worth_opening(&std::fs::metadata(path).map_err(unusable)?, &name)?;
    let mut source = File::open(path).map_err(unusable)?;
    let before = source.metadata().map_err(unusable)?;
    worth_opening(&before, &name)?;
    if before.len() > LOOK_FIRST_BYTES {
        kind::inspect(&mut source, &name).map_err(|refused| unfit(&name, &refused))?;
        source.rewind().map_err(unusable)?;
    }
    let _room = blobs.reserve(before.len(), &name)?;
    // A byte more than it has shows that it grows; one that grows without end is not followed.
    let mut copy = blobs.receive(&mut source.by_ref().take(before.len() + 1), &name)?;
    if has_changed(&before, &source.metadata().map_err(unusable)?, copy.size) {
        return Err(UserError::new(ErrorCode::FileChanged).with("file", &name));
    }
    // The copy is looked at, not the original: what is told is told of the bytes that are kept.
    let (mut prepared, kind) = looked_at(&mut copy, &name)?;
    let large = size == PhotoSize::Smaller && kind.is_photo() && copy.size > LARGE_PHOTO_BYTES;
    if large && let Some(smaller) = smaller(blobs, &mut copy, &mut prepared)? {
        smaller.keep()?;
    }
    copy.keep()?;
    Ok(prepared)
}

/// Looks at bytes that came without a file, as a picture from the clipboard, and keeps them under that name.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_bytes(blobs: &BlobFolder, mut bytes: &[u8], name: &str) -> Result<Prepared, UserError> {
    let _room = blobs.reserve(u64::try_from(bytes.len()).unwrap_or(u64::MAX), name)?;
    let mut copy = blobs.receive(&mut bytes, name)?;
    let (prepared, _) = looked_at(&mut copy, name)?;
    copy.keep()?;
    Ok(prepared)
}

/// What a picture of that media type from the clipboard is called: it has no name of its own.
pub fn pasted_name(media_type: &str, now_ms: i64, language: Language) -> String {
    let what = language.pick("粘贴的图片", "Pasted picture");
    let digits = |char: char| if char == ':' { '.' } else { char };
    let when: String = clock::local_time(now_ms).chars().map(digits).collect();
    let ending = Kind::from_mime(media_type).and_then(|kind| kind.extensions().first().copied());
    format!("{what} {when}.{}", ending.unwrap_or("png"))
}

/// What can be told before a byte of it is read.
fn worth_opening(found: &Metadata, name: &str) -> Result<(), UserError> {
    if !found.is_file() {
        return Err(because(UserError::new(ErrorCode::FileRefused).with("file", name), &no_file(found)));
    }
    if found.len() > FILE_MAX_BYTES {
        return Err(too_large(name));
    }
    if found.len() == 0 {
        return Err(empty(name));
    }
    match held(found) {
        Some(held) if found.len() >= HOLES_FROM_BYTES && held < found.len() / HOLES_PART => {
            let (length, held) = (found.len() >> 20, held >> 20);
            let why = (
                format!("它声称有 {length} MB，磁盘上实际只有 {held} MB，其余是空洞，可能没有复制或下载完整"),
                format!(
                    "it claims {length} MB, of which the disk holds {held} MB and the rest is holes; it may not have been copied whole"
                ),
            );
            Err(because(UserError::new(ErrorCode::FileRefused).with("file", name), &why))
        }
        _ => Ok(()),
    }
}

/// How much of a file lies on the disk, in bytes, where the system says.
#[cfg(unix)]
fn held(found: &Metadata) -> Option<u64> {
    // POSIX counts in blocks of 512 bytes, whatever the disk's are.
    Some(std::os::unix::fs::MetadataExt::blocks(found).saturating_mul(512))
}

#[cfg(not(unix))]
fn held(_found: &Metadata) -> Option<u64> {
    None
}

fn looked_at(copy: &mut Incoming, name: &str) -> Result<(Prepared, Kind), UserError> {
    let (sha256, size) = (copy.sha256.clone(), copy.size);
    let inspected = kind::inspect(copy.file(), name).map_err(|refused| unfit(name, &refused))?;
    // What says nothing of itself is evidence all the same.
    let photo = inspected.kind.is_photo().then(|| photo::facts(copy.file()).ok()).flatten();
    let told = |notice: &Notice| noted(name, &notice.pair());
    let mut notices: Vec<UserError> = inspected.notices.iter().map(told).collect();
    notices.extend(unseen(inspected.kind, size).map(|why| noted(name, &why)));
    let kind = inspected.kind.mime().to_owned();
    let prepared = Prepared {
        file: EvidenceFile { name: inspected.name, sha256, size, kind },
        original: None,
        by: String::new(),
        taken: photo.as_ref().and_then(|photo| photo.taken.clone()).unwrap_or_default(),
        place: photo.and_then(|photo| photo.place).unwrap_or_default(),
        notices,
    };
    Ok((prepared, inspected.kind))
}

/// That a file is too large for its pictures to be shown.
fn unseen(kind: Kind, size: u64) -> Option<(String, String)> {
    let most = match kind {
        Kind::Pdf => u64::try_from(page::PDF_BYTES).unwrap_or(u64::MAX),
        _ if kind.is_photo() => photo::PHOTO_BYTES,
        _ => return None,
    };
    let limit = most >> 20;
    (size > most).then(|| {
        (
            format!("已添加，但超过 {limit} MB，不能显示预览"),
            format!("it was added, but has more than {limit} MB and cannot be previewed"),
        )
    })
}

/// Makes the smaller copy of a photo, and has it take the photo's place; `None` where there is nothing to gain.
fn smaller(
    blobs: &BlobFolder,
    copy: &mut Incoming,
    prepared: &mut Prepared,
) -> Result<Option<Incoming>, UserError> {
    let name = prepared.file.name.clone();
    let bytes = match photo::downscaled(copy.file(), SMALLER_PIXELS) {
        Ok(Some(bytes)) if bytes.len() as u64 <= copy.size / 2 => bytes,
        Ok(_) => return Ok(None),
        Err(fault) => {
            prepared.notices.push(noted(&name, &fault.pair()));
            return Ok(None);
        }
    };
    let _room = blobs.reserve(bytes.len() as u64, &name)?;
    let mut smaller = blobs.receive(&mut Cursor::new(bytes), &name)?;
    let inspected = kind::inspect(smaller.file(), &name).map_err(|refused| unfit(&name, &refused))?;
    let file = EvidenceFile {
        name: inspected.name,
        sha256: smaller.sha256.clone(),
        size: smaller.size,
        kind: inspected.kind.mime().to_owned(),
    };
    prepared.original = Some(std::mem::replace(&mut prepared.file, file));
    Ok(Some(smaller))
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

fn noted(name: &str, what: &(String, String)) -> UserError {
    because(UserError::new(ErrorCode::FileNoted).with("file", name), what)
}
