//! The data folder: the database, the hub's key, and a lock so that one hub at a time uses them.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use form_document::key::SigningKey;
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

use crate::seal::SealFolder;
use crate::storage::StorageError;

const DATABASE: &str = "hub.db";
const KEY: &str = "hub.key";
const LOCK: &str = "hub.lock";
const BLOBS: &str = "blobs";
/// Below [`BLOBS`]: whole files by application and hash.
pub(crate) const KEPT: &str = "kept";

/// A hub's folder.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

/// What is wrong with a data folder.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("the data folder {0} cannot be used: {1}")]
    Folder(PathBuf, io::Error),
    #[error("another hub is using the data folder {0}; stop it first")]
    InUse(PathBuf),
    #[error("{0} holds no key; put the hub's key file back")]
    BadKey(PathBuf),
    #[error(
        "{0} is missing although there is a database; its applications trust that key alone, so put the key \
         file back"
    )]
    KeyMissing(PathBuf),
    #[error("{0} may be read by others; take their rights away (chmod 600)")]
    Rights(PathBuf),
    #[error("the system gives no random numbers")]
    NoRandom,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl DataFolder {
    /// A folder that need not be there yet.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where the database lies.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Where the hub's key lies.
    pub fn key_file(&self) -> PathBuf {
        self.path.join(KEY)
    }

    /// What the hub signs final revisions with.
    pub fn seal(&self) -> SealFolder {
        SealFolder::at(&self.path)
    }

    /// Where files of evidence lie.
    pub fn blobs(&self) -> PathBuf {
        self.path.join(BLOBS)
    }

    /// Where those lie that are whole, when the hub keeps them itself.
    pub fn kept_files(&self) -> PathBuf {
        self.blobs().join(KEPT)
    }

    /// Makes the folder, for its owner alone, unless it is there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self) -> Result<(), DataError> {
        private_folder(&self.path).map_err(|error| DataError::Folder(self.path.clone(), error))
    }

    /// Takes the folder for one hub, creating it; the lock lasts as long as what is returned.
    ///
    /// # Errors
    /// When another hub has it, or it cannot be made.
    pub fn lock(&self) -> Result<File, DataError> {
        let failed = |error| DataError::Folder(self.path.clone(), error);
        self.create()?;
        let file = private_file(&self.path.join(LOCK)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(self.path.clone())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The hub's key; makes one in a folder without a database.
    ///
    /// # Errors
    /// When the file is damaged, or missing beside a database.
    pub fn key_or_new(&self) -> Result<SigningKey, DataError> {
        if self.key_file().exists() {
            return self.key();
        }
        if self.database().exists() {
            return Err(DataError::KeyMissing(self.key_file()));
        }
        let document =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| DataError::NoRandom)?;
        write_secret(&self.key_file(), document.as_ref())
            .map_err(|error| DataError::Folder(self.path.clone(), error))?;
        self.key()
    }

    /// The hub's key.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn key(&self) -> Result<SigningKey, DataError> {
        let file = self.key_file();
        let bytes = fs::read(&file).map_err(|error| DataError::Folder(file.clone(), error))?;
        SigningKey::from_pkcs8(&bytes).map_err(|_| DataError::BadKey(file))
    }

    /// Checks that nobody else may read the hub's keys or its database.
    ///
    /// # Errors
    /// When somebody may, or the key by which members know the hub is missing.
    pub fn check_rights(&self) -> Result<(), DataError> {
        let seal = self.seal();
        for file in [self.key_file(), self.database(), seal.file(), seal.root_file()] {
            match fs::metadata(&file) {
                Ok(meta) if is_private(&meta) => {}
                Ok(_) => return Err(DataError::Rights(file)),
                // Whoever reads those says so; the root key is taken away in the end.
                Err(_) if file != self.key_file() => {}
                Err(error) => return Err(DataError::Folder(file, error)),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_private(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o077 == 0
}

/// Elsewhere the folder's own rights decide.
#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

/// Makes a folder, and those that it lies in, for their owner alone, unless it is there.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file to write, making it when it is not there; from now on its owner alone may read it. What it holds stays.
///
/// # Errors
/// When it cannot be made, or is another's.
pub fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    if !is_private(&file.metadata()?) {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Writes a file that its owner alone may read; it is whole or not there.
pub(crate) fn write_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    let partial = path.with_extension("partial");
    let mut file = private_file(&partial)?;
    file.set_len(0)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&partial, path)?;
    // Applications are published under this key: it must outlast a power cut as their acknowledgements do.
    sync_folder(path)
}

/// Makes a file's name durable.
///
/// # Errors
/// When the folder cannot be opened or synced.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    // A bare name lies in the working folder.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}
