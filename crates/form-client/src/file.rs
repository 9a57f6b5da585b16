//! Files that a person names: read with a limit, written whole or not at all.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::cause::{Cause, because, too_large};
use form_model::error::{ErrorCode, UserError};

/// Larger files are nothing that Huiqian wrote: a document of a million changes is below 50 MB.
pub const FILE_LIMIT: u64 = 512 << 20;

fn failed(path: &Path, cause: &dyn Cause) -> UserError {
    because(UserError::new(ErrorCode::FileUnusable).with("file", path.display()), cause)
}

/// Reads a file whole.
///
/// # Errors
/// When it can't be read or is larger than [`FILE_LIMIT`] bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, UserError> {
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
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let write = || {
        let mut file = File::create(part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(part, path)
    };
    write().map_err(|error: std::io::Error| failed(path, &error))
}
