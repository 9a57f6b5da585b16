//! Which key the hub signed with when.
//!
//! The root key is kept off line, on paper. It names the first key; each key names its successor; the root key takes
//! keys back. All of that stands in the log itself, so the place of an entry says which key counts for it.

use serde::{Deserialize, Serialize};

use super::origin::Origin;
use crate::canonical::{self, NotCanonical};
use crate::envelope::{BadEnvelope, Envelope};
use crate::key::{PublicKey, Purpose, SigningKey};

/// The most keys of one log: a new one each month for decades.
const EVENTS_MAX: usize = 1_000;

/// A change of the hub's keys, as signed: JSON in its one spelling (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEvent {
    /// The log that it is about.
    pub log: Origin,
    /// By the hub's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub act: KeyAct,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyAct {
    /// The log's first key, or a new one after all were taken back. By the root key.
    Introduce { key: PublicKey },
    /// The key that signs from now on. By the key that signed until now.
    Rotate { from: PublicKey, to: PublicKey },
    /// A key's signatures on entries from a place on count for nothing; another signs from now on. By the root key.
    Revoke { key: PublicKey, position: u64, next: PublicKey },
}

/// The changes of a log's keys, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyHistory {
    /// From which entry on which key signs.
    keys: Vec<(u64, PublicKey)>,
    /// From which entry on a key counts for nothing.
    revoked: Vec<(PublicKey, u64)>,
}

/// Why a change of keys is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    #[error("a change of keys: {0}")]
    Envelope(#[from] BadEnvelope),
    #[error("a change of keys cannot be read: {0}")]
    Unreadable(#[from] NotCanonical),
    #[error("a change of keys is about log “{found}”, not “{expected}”")]
    OtherLog { found: String, expected: String },
    #[error("the root key did not sign the log's first key, or a key that was taken back")]
    NotByRoot,
    #[error("a key is rotated that was not the log's at that place")]
    NotCurrent,
    #[error("a key is introduced though the log has one")]
    HasKey,
    #[error("a key is named that the log has or had")]
    KnownKey,
    #[error("the changes of keys are not in the log's order")]
    OutOfOrder,
    #[error("the log has more changes of keys than any hub makes")]
    TooMany,
}

impl KeyEvent {
    /// Signs it.
    ///
    /// # Errors
    /// Never for an event as it is made here.
    pub fn sign(&self, key: &SigningKey) -> Result<Envelope, NotCanonical> {
        Ok(Envelope::sign(Purpose::HubKey, canonical::to_vec(self)?, key))
    }
}

impl KeyHistory {
    /// Takes in the next change, which stands at a place of the log.
    ///
    /// # Errors
    /// When it is not signed by whom it has to be, or does not go on from the changes before. Nothing has changed
    /// then.
    pub fn push(
        &mut self,
        index: u64,
        envelope: &Envelope,
        origin: &Origin,
        root: &PublicKey,
    ) -> Result<(), BadKeys> {
        if self.keys.last().is_some_and(|(last, _)| *last >= index) {
            return Err(BadKeys::OutOfOrder);
        }
        if self.keys.len() >= EVENTS_MAX {
            return Err(BadKeys::TooMany);
        }
        let author = envelope.author().ok_or(BadKeys::NotByRoot)?;
        let event: KeyEvent = canonical::from_slice(envelope.verify(Purpose::HubKey, &author)?)?;
        if event.log != *origin {
            let (found, expected) = (event.log.to_string(), origin.to_string());
            return Err(BadKeys::OtherLog { found, expected });
        }
        let current = self.at(index);
        let next = match event.act {
            KeyAct::Introduce { .. } | KeyAct::Revoke { .. } if author != *root => {
                return Err(BadKeys::NotByRoot);
            }
            KeyAct::Introduce { .. } if current.is_some() => return Err(BadKeys::HasKey),
            KeyAct::Introduce { key } => key,
            KeyAct::Rotate { from, .. } if Some(from) != current || author != from => {
                return Err(BadKeys::NotCurrent);
            }
            KeyAct::Rotate { to, .. } => to,
            KeyAct::Revoke { key, .. } if !self.knows(&key) => return Err(BadKeys::NotCurrent),
            KeyAct::Revoke { next, .. } => next,
        };
        if self.knows(&next) || next == *root {
            return Err(BadKeys::KnownKey);
        }
        if let KeyAct::Revoke { key, position, .. } = event.act {
            self.revoked.push((key, position));
        }
        self.keys.push((index, next));
        Ok(())
    }

    /// The key that counts for an entry; `None` when none does.
    pub fn at(&self, index: u64) -> Option<PublicKey> {
        let (_, key) = self.keys.iter().rev().find(|(from, _)| *from <= index)?;
        let revoked = self.revoked.iter().any(|(known, from)| known == key && *from <= index);
        (!revoked).then_some(*key)
    }

    /// The key whose signature stands under a checkpoint of some size: that of its last entry.
    pub fn for_size(&self, size: u64) -> Option<PublicKey> {
        self.at(size.checked_sub(1)?)
    }

    /// Whether the log has or had a key.
    pub fn knows(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|(_, known)| known == key)
    }

    /// The keys, each with the entry from which on it signs and, if it was taken back, from which on it does not count.
    pub fn keys(&self) -> impl Iterator<Item = (u64, PublicKey, Option<u64>)> + '_ {
        self.keys.iter().map(|(from, key)| {
            let until = self.revoked.iter().filter(|(known, _)| known == key).map(|(_, until)| *until).min();
            (*from, *key, until)
        })
    }
}
