//! Files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use form_model::error::{ErrorCode, UserError};

/// More than any of them holds; keeps a wrong file from filling memory.
const MAX_BYTES: u64 = 4 << 10;

/// Reads a secret.
///
/// # Errors
/// When the file can't be read, or is too large for one.
pub(crate) fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut secret = Vec::new();
    File::open(file)?.take(MAX_BYTES).read_to_end(&mut secret)?;
    Ok(secret)
}

/// Written beside and renamed, so that a crash leaves either no secret or a whole one.
///
/// # Errors
/// When the place can't be written.
pub(crate) fn write(file: &Path, secret: &[u8]) -> io::Result<()> {
    let part = file.with_extension("part");
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, OWNER_ONLY);
    let mut written = options.open(&part)?;
    written.write_all(secret)?;
    written.sync_all()?;
    fs::rename(part, file)?;
    sync_folder(file)
}

/// Removes a secret; when this returns it stays removed.
///
/// # Errors
/// When the place can't be written.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    fs::remove_file(file)?;
    sync_folder(file)
}

/// The owner reads and writes, nobody else anything.
#[cfg(unix)]
const OWNER_ONLY: u32 = 0o600;

/// Takes the rights of others to a secret away. Answers what to tell a person when others had some.
#[cfg(unix)]
pub(crate) fn close(file: &Path) -> Option<UserError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(file).ok()?.permissions().mode();
    if mode & 0o077 == 0 {
        return None;
    }
    let notice = UserError::new(ErrorCode::KeyWasOpen).with("file", file.display());
    let closed = fs::set_permissions(file, fs::Permissions::from_mode(OWNER_ONLY));
    // Some disks keep no rights (FAT on a stick, some network drives).
    let closed =
        closed.is_ok_and(|()| fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 == 0));
    Some(if closed {
        notice.with_pair("done", "已改为只有您本人可以读写".to_owned(), "it is now for you alone".to_owned())
    } else {
        notice.with_pair(
            "done",
            "这个磁盘不支持权限，请换一个数据文件夹".to_owned(),
            "this disk keeps no permissions; use a data folder elsewhere".to_owned(),
        )
    })
}

/// Elsewhere a folder's rights are inherited, and a person's own data folder is closed to others.
#[cfg(not(unix))]
pub(crate) fn close(_file: &Path) -> Option<UserError> {
    None
}

#[cfg(unix)]
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Elsewhere a folder cannot be synced by itself.
#[cfg(not(unix))]
fn sync_folder(_file: &Path) -> io::Result<()> {
    Ok(())
}
