//! The seal's files in the data folder: `seal.json` (0600) holds the key that signs, `root-key.txt` (0600) the root key
//! until somebody has put it on paper and taken it away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use form_document::key::{PublicKey, SigningKey};
use form_document::paper;
use form_document::transparency::{BadOrigin, Origin};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use super::Seal;
use super::locked::Locked;
use crate::data::{sync_folder, write_secret};

/// How the file is laid out.
const FORMAT: u32 = 1;

/// The seal's files.
#[derive(Clone, Debug)]
pub struct SealFolder {
    data: PathBuf,
}

/// What is wrong with the seal's files.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error("{0} holds no seal of a hub; put the file back from where its copy is kept")]
    Damaged(PathBuf),
    #[error(
        "{0} is missing although the hub has signed with it; put the file back from where its copy is kept, or, when it is \
         lost, have the root key name another one (sync-server keys replace)"
    )]
    Missing(PathBuf),
    #[error("{0} has format {1}; this program knows {FORMAT}: install the newer hub")]
    Newer(PathBuf, u32),
    #[error(
        "{0} is locked with a passphrase; set HUIQIAN_HUB_PASSPHRASE, or `passphrase_file` in the configuration"
    )]
    Locked(PathBuf),
    #[error("the passphrase does not open {0}")]
    WrongPassphrase(PathBuf),
    #[error("the root key was not typed as it stands on the paper")]
    Paper,
    #[error("this is the root key of another hub ({found}; this one's is {expected})")]
    OtherRoot { found: PublicKey, expected: PublicKey },
    #[error(transparent)]
    Origin(#[from] BadOrigin),
    #[error("the signature log: {0}")]
    Log(String),
    #[error("the system gives no random numbers")]
    NoRandom,
}

/// `seal.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u32,
    origin: Origin,
    root: PublicKey,
    key: StoredKey,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredKey {
    /// The 32 secret bytes, base 64.
    Plain(String),
    Locked(Locked),
}

impl SealFolder {
    /// The files in a hub's data folder.
    pub fn at(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    /// The key that signs.
    pub fn file(&self) -> PathBuf {
        self.data.join("seal.json")
    }

    /// The root key, until it is taken away.
    pub fn root_file(&self) -> PathBuf {
        self.data.join("root-key.txt")
    }

    /// The key that signs next, while it is being put in the other's place.
    fn next_file(&self) -> PathBuf {
        self.data.join("seal.next.json")
    }

    /// The hub's seal; makes one, with a root key, at the first start. `origin` names the log of a new one.
    ///
    /// # Errors
    /// When a file is damaged, locked, or cannot be read or written.
    pub fn open_or_new(&self, origin: Option<&str>, passphrase: Option<&str>) -> Result<Seal, SealError> {
        if !self.file().exists() {
            self.make(origin, passphrase)?;
        }
        self.open(passphrase)
    }

    /// The hub's seal.
    ///
    /// # Errors
    /// As [`Self::open_or_new`].
    pub fn open(&self, passphrase: Option<&str>) -> Result<Seal, SealError> {
        let stored = read(&self.file())?;
        let seed = unlock(&stored.key, &self.file(), passphrase)?;
        let root_key = self.root_on_disk()?.map(|seed| signing(&seed)).transpose()?;
        if let Some(found) = root_key.as_ref().map(SigningKey::public).filter(|found| *found != stored.root) {
            return Err(SealError::OtherRoot { found, expected: stored.root });
        }
        Ok(Seal { origin: stored.origin, root: stored.root, key: signing(&seed)?, root_key })
    }

    /// What verifiers are given, without opening the key that signs.
    ///
    /// # Errors
    /// When the file is damaged or cannot be read.
    pub fn public(&self) -> Result<(Origin, PublicKey), SealError> {
        let stored = read(&self.file())?;
        Ok((stored.origin, stored.root))
    }

    /// The root key: from the data folder, or as typed from paper. `expected` is its public half.
    ///
    /// # Errors
    /// When it is mistyped, or another hub's.
    pub fn root(&self, typed: Option<&str>, expected: PublicKey) -> Result<Option<SigningKey>, SealError> {
        let seed = match typed {
            Some(typed) => Some(paper::read(typed).ok_or(SealError::Paper)?),
            None => self.root_on_disk()?,
        };
        let Some(key) = seed.map(|seed| signing(&seed)).transpose()? else { return Ok(None) };
        let found = key.public();
        if found == expected { Ok(Some(key)) } else { Err(SealError::OtherRoot { found, expected }) }
    }

    /// The text for the paper, while the root key lies in the data folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn root_text(&self) -> Result<Option<String>, SealError> {
        Ok(self.root_on_disk()?.and_then(|seed| paper::write(&seed)))
    }

    /// Takes the root key out of the data folder: it is on paper now.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn take_root_away(&self) -> Result<(), SealError> {
        let file = self.root_file();
        let failed = |error| SealError::File(file.clone(), error);
        fs::remove_file(&file).map_err(failed)?;
        sync_folder(&file).map_err(failed)
    }

    /// Makes the key that signs next, and keeps it beside the other one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prepare_next(&self, passphrase: Option<&str>) -> Result<SigningKey, SealError> {
        let Stored { origin, root, .. } = read(&self.file())?;
        self.prepare(origin, root, passphrase)
    }

    /// Makes the key that signs next when the one that signed is lost, and keeps it where the other will be.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn prepare(
        &self,
        origin: Origin,
        root: PublicKey,
        passphrase: Option<&str>,
    ) -> Result<SigningKey, SealError> {
        let seed = random()?;
        let key = stored_key(&seed, passphrase)?;
        put(&self.next_file(), &Stored { format: FORMAT, origin, root, key })?;
        signing(&seed)
    }

    /// Puts the key that signs next in the other one's place.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    pub fn promote_next(&self) -> Result<(), SealError> {
        let failed = |error| SealError::File(self.next_file(), error);
        fs::rename(self.next_file(), self.file()).map_err(failed)?;
        sync_folder(&self.file()).map_err(failed)
    }

    /// Ends a change of keys that was cut off: the next key takes the other's place when the log names it, and goes
    /// away when the log does not.
    ///
    /// # Errors
    /// As [`Self::open_or_new`].
    pub fn settle(&self, passphrase: Option<&str>, named: Option<PublicKey>) -> Result<(), SealError> {
        let file = self.next_file();
        if !file.exists() {
            return Ok(());
        }
        let next = signing(&unlock(&read(&file)?.key, &file, passphrase)?)?;
        if named == Some(next.public()) {
            return self.promote_next();
        }
        fs::remove_file(&file).map_err(|error| SealError::File(file, error))
    }

    fn make(&self, origin: Option<&str>, passphrase: Option<&str>) -> Result<(), SealError> {
        let (root, seed) = (random()?, random()?);
        let public = signing(&root)?.public();
        let origin = origin.map_or_else(|| format!("huiqian/{}", public.short()), str::to_owned);
        let origin = Origin::try_from(origin)?;
        let text = paper::write(&root).ok_or(SealError::NoRandom)?;
        // A root key without a key that signs is of no use and does no harm; the other way round would be lost.
        let file = self.root_file();
        write_secret(&file, format!("{text}\n").as_bytes()).map_err(|error| SealError::File(file, error))?;
        let key = stored_key(&seed, passphrase)?;
        put(&self.file(), &Stored { format: FORMAT, origin, root: public, key })
    }

    fn root_on_disk(&self) -> Result<Option<[u8; 32]>, SealError> {
        match fs::read_to_string(self.root_file()) {
            Ok(text) => paper::read(&text).map(Some).ok_or_else(|| SealError::Damaged(self.root_file())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SealError::File(self.root_file(), error)),
        }
    }
}

fn read(file: &Path) -> Result<Stored, SealError> {
    let bytes = fs::read(file).map_err(|error| SealError::File(file.to_owned(), error))?;
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| SealError::Damaged(file.to_owned()))?;
    if stored.format != FORMAT {
        return Err(SealError::Newer(file.to_owned(), stored.format));
    }
    Ok(stored)
}

fn put(file: &Path, stored: &Stored) -> Result<(), SealError> {
    let failed = |error| SealError::File(file.to_owned(), error);
    let text = serde_json::to_vec_pretty(stored).map_err(|error| failed(error.into()))?;
    write_secret(file, &text).map_err(failed)
}

fn stored_key(seed: &[u8; 32], passphrase: Option<&str>) -> Result<StoredKey, SealError> {
    match passphrase {
        None => Ok(StoredKey::Plain(BASE64.encode(seed))),
        Some(passphrase) => Locked::lock(seed, passphrase).map(StoredKey::Locked).ok_or(SealError::NoRandom),
    }
}

fn unlock(key: &StoredKey, file: &Path, passphrase: Option<&str>) -> Result<[u8; 32], SealError> {
    match (key, passphrase) {
        (StoredKey::Plain(text), _) => {
            let seed = BASE64.decode(text.as_bytes()).ok().and_then(|seed| seed.try_into().ok());
            seed.ok_or_else(|| SealError::Damaged(file.to_owned()))
        }
        (StoredKey::Locked(_), None) => Err(SealError::Locked(file.to_owned())),
        (StoredKey::Locked(locked), Some(passphrase)) => {
            locked.open(passphrase).ok_or_else(|| SealError::WrongPassphrase(file.to_owned()))
        }
    }
}

fn random() -> Result<[u8; 32], SealError> {
    let mut seed = [0; 32];
    SystemRandom::new().fill(&mut seed).map_err(|_| SealError::NoRandom)?;
    Ok(seed)
}

fn signing(seed: &[u8; 32]) -> Result<SigningKey, SealError> {
    SigningKey::from_seed(seed).map_err(|_| SealError::NoRandom)
}
