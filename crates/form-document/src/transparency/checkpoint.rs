//! The hub's signed word on how far its log is (C2SP tlog-checkpoint, a signed note).

use signed_note::{Note, Signature as NoteSignature, VerificationError, Verifier, Verifiers, key_id};
use tlog_tiles::{Checkpoint, Hash};

use super::origin::Origin;
use super::tree::Tree;
use crate::digest::Sha256;
use crate::key::{PublicKey, SigningKey};

/// Says that a key of a note is Ed25519 (C2SP signed-note, signature types).
const ED25519: u8 = 1;

/// Largest checkpoint, in bytes: three lines and some dozens of signatures.
const CHECKPOINT_MAX_BYTES: usize = 16 << 10;

/// A checkpoint as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint(pub String);

/// Why a checkpoint is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCheckpoint {
    #[error("the checkpoint cannot be read")]
    Unreadable,
    #[error("the checkpoint is of log “{found}”, not of “{expected}”")]
    OtherLog { found: String, expected: String },
    #[error("the checkpoint is not signed by key {key}, which was the log's at that size")]
    NotSigned { key: PublicKey },
}

impl SignedCheckpoint {
    /// Signs a log as it stands.
    ///
    /// # Errors
    /// Never for a sound name.
    pub fn sign(origin: &Origin, tree: Tree, key: &SigningKey) -> Result<Self, BadCheckpoint> {
        let text = body(origin, tree)?;
        let signature = note_signature(origin, &text, key)?;
        written(&Note::new(&text, &[signature]).map_err(|_| BadCheckpoint::Unreadable)?)
    }

    /// Adds a witness' signature behind the others: another hub, or anybody who has seen that the log only grew.
    ///
    /// # Errors
    /// When the checkpoint cannot be read.
    pub fn cosign(&self, witness: &Origin, key: &SigningKey) -> Result<Self, BadCheckpoint> {
        let line = note_signature(witness, self.note()?.text(), key)?.to_bytes();
        let line = String::from_utf8(line).map_err(|_| BadCheckpoint::Unreadable)?;
        Ok(Self(format!("{}{line}", self.0)))
    }

    /// What it says; nothing of it is trusted before [`Self::verify`].
    ///
    /// # Errors
    /// [`BadCheckpoint::Unreadable`].
    pub fn read(&self) -> Result<(Origin, Tree), BadCheckpoint> {
        let text = Checkpoint::from_bytes(self.note()?.text()).map_err(|_| BadCheckpoint::Unreadable)?;
        let origin = Origin::try_from(text.origin().to_owned()).map_err(|_| BadCheckpoint::Unreadable)?;
        if !text.extension().is_empty() {
            return Err(BadCheckpoint::Unreadable);
        }
        Ok((origin, Tree { size: text.size(), root: Sha256(text.hash().0) }))
    }

    /// Checks that a key has signed it for a log.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn verify(&self, origin: &Origin, key: &PublicKey) -> Result<Tree, BadCheckpoint> {
        let (found, tree) = self.read()?;
        if found != *origin {
            let (found, expected) = (found.to_string(), origin.to_string());
            return Err(BadCheckpoint::OtherLog { found, expected });
        }
        self.check_signature(origin, key)?;
        Ok(tree)
    }

    /// Checks that a witness has signed it.
    ///
    /// # Errors
    /// [`BadCheckpoint`].
    pub fn check_signature(&self, name: &Origin, key: &PublicKey) -> Result<(), BadCheckpoint> {
        let verifier = NoteVerifier { name: name.as_str(), key: *key };
        self.note()?.verify(&verifier).map(drop).map_err(|_| BadCheckpoint::NotSigned { key: *key })
    }

    fn note(&self) -> Result<Note, BadCheckpoint> {
        if self.0.len() > CHECKPOINT_MAX_BYTES {
            return Err(BadCheckpoint::Unreadable);
        }
        let note = Note::from_bytes(self.0.as_bytes()).map_err(|_| BadCheckpoint::Unreadable)?;
        // One spelling: what was read is what stands there.
        if note.to_bytes() == self.0.as_bytes() { Ok(note) } else { Err(BadCheckpoint::Unreadable) }
    }
}

/// A key as C2SP signed-note spells it: name, `+`, the key's id as 8 hex digits, `+`, base 64 of type and key.
pub fn verifier_key(origin: &Origin, key: &PublicKey) -> String {
    let typed = typed(key);
    let id = key_id(origin.as_str(), &typed);
    format!("{origin}+{id:08x}+{}", data_encoding::BASE64.encode(&typed))
}

fn typed(key: &PublicKey) -> Vec<u8> {
    [&[ED25519][..], &key.0].concat()
}

fn body(origin: &Origin, tree: Tree) -> Result<Vec<u8>, BadCheckpoint> {
    let text = Checkpoint::new(origin.as_str(), tree.size, Hash(tree.root.0), "");
    Ok(text.map_err(|_| BadCheckpoint::Unreadable)?.to_bytes())
}

fn note_signature(origin: &Origin, text: &[u8], key: &SigningKey) -> Result<NoteSignature, BadCheckpoint> {
    let id = key_id(origin.as_str(), &typed(&key.public()));
    NoteSignature::new(origin.to_string(), id, key.sign_note(text)).map_err(|_| BadCheckpoint::Unreadable)
}

fn written(note: &Note) -> Result<SignedCheckpoint, BadCheckpoint> {
    let text = String::from_utf8(note.to_bytes()).map_err(|_| BadCheckpoint::Unreadable)?;
    Ok(SignedCheckpoint(text))
}

/// Looks for one key's signature among those of a note.
struct NoteVerifier<'a> {
    name: &'a str,
    key: PublicKey,
}

impl Verifier for NoteVerifier<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn key_id(&self) -> u32 {
        key_id(self.name, &typed(&self.key))
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        self.key.verify_note(text, signature)
    }
}

impl Verifiers for NoteVerifier<'_> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.name && id == self.key_id() {
            return Ok(self);
        }
        Err(VerificationError::UnknownKey { name: name.to_owned(), id })
    }
}
