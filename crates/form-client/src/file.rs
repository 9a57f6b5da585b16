//! Files that a person names: read with a limit, written whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::cause::{Cause, because, too_large};
use form_model::error::{ErrorCode, UserError};

/// Larger files are nothing that Huiqian wrote: a document of a million changes is below 50 MB.
pub const FILE_LIMIT: u64 = 512 << 20;

pub(crate) fn failed(path: &Path, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", path.display()), cause)
}

/// What is known of a file before it is opened: a pipe or a device would hold up whoever opens it.
///
/// # Errors
/// When there is none, or it is something else than a file.
pub(crate) fn looked_at(path: &Path) -> Result<Metadata, UserError> {
    let found = fs::metadata(path).map_err(|error| failed(path, &error))?;
    if found.is_file() { Ok(found) } else { Err(failed(path, &no_file(&found))) }
}

/// What stands there instead of a file.
pub(crate) fn no_file(found: &Metadata) -> (String, String) {
    let (chinese, english) = if found.is_dir() {
        ("这是一个文件夹", "it is a folder")
    } else {
        ("这是管道或设备，不是文件", "it is a pipe or a device, not a file")
    };
    (chinese.to_owned(), english.to_owned())
}

/// Reads a file whole.
///
/// # Errors
/// When it can't be read or is larger than [`FILE_LIMIT`] bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, UserError> {
    looked_at(path)?;
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    let mut bytes = Vec::new();
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| failed(path, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > FILE_LIMIT) {
        return Err(failed(path, &too_large(FILE_LIMIT)));
    }
    Ok(bytes)
}

/// Writes a file beside its place, syncs it and renames it: a crash leaves the old file or the new one.
///
/// # Errors
/// When the place can't be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), UserError> {
    replace(path, |file| file.write_all(bytes).map_err(|error| failed(path, &error)))
}

/// [`write_whole`] of what `write` writes. Nothing stays behind when that fails.
///
/// # Errors
/// As [`write_whole`], and those of `write`.
pub fn replace<T, E: From<UserError>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    let unusable = |error: io::Error| E::from(failed(path, &error));
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let mut file = File::create(part).map_err(unusable)?;
    let written = write(&mut file).and_then(|written| {
        file.sync_all().and_then(|()| fs::rename(part, path)).map_err(unusable)?;
        Ok(written)
    });
    written.inspect_err(|_| drop(fs::remove_file(part)))
}
