//! The data folder: one place on disk that holds everything of a desk, used by one program at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::cause::because;
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;

/// Overrides the default place of the data folder.
pub const HOME_VARIABLE: &str = "HUIQIAN_HOME";

/// A data folder that this program holds the lock of.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    /// Locked while the value lives; the operating system frees it when the process dies, however it dies.
    _lock: File,
}

/// Where the data folder lies when nobody says otherwise: `HUIQIAN_HOME`, else the platform's folder for
/// application data.
pub fn default_folder() -> PathBuf {
    std::env::var_os(HOME_VARIABLE)
        .map(PathBuf::from)
        .or_else(|| dirs::data_local_dir().map(|folder| folder.join("huiqian")))
        .unwrap_or_else(|| PathBuf::from("huiqian-data"))
}

impl Home {
    /// Takes the data folder, making it when it is new.
    ///
    /// # Errors
    /// [`ErrorCode::FolderInUse`] while another process holds it; [`ErrorCode::FolderUnusable`] otherwise.
    pub fn take(folder: &Path) -> Result<Self, UserError> {
        let unusable = |error: std::io::Error| {
            because(UserError::new(ErrorCode::FolderUnusable).with("folder", folder.display()), &error)
        };
        fs::create_dir_all(folder).map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(UserError::new(ErrorCode::FolderInUse).with("folder", folder.display()));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        // Who holds it, for a person who looks into the folder; nothing reads it back.
        lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id())).map_err(unusable)?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.join("huiqian.db")
    }

    /// Changes when the database file is copied or restored: the time of its making, and on Unix its inode.
    pub fn database_identity(&self) -> String {
        let Ok(meta) = fs::metadata(self.database()) else { return String::new() };
        let made = meta.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let made = made.map_or(0, |since| since.as_nanos());
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&meta);
        #[cfg(not(unix))]
        let inode = 0;
        format!("{made}/{inode}")
    }

    /// This device's secret key.
    pub fn key_file(&self) -> PathBuf {
        self.folder.join("device.key")
    }

    /// What the printed recovery code of an application that this desk leads is made from.
    pub fn recovery_file(&self, application: &ApplicationId) -> PathBuf {
        self.folder.join(format!("recovery-{application}.key"))
    }

    /// Form packages that a person put here, beside the built-in ones.
    pub fn forms(&self) -> PathBuf {
        self.folder.join("forms")
    }
}
