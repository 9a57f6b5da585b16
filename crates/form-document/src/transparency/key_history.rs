//! Which key the hub signed with when.
//!
//! The root key is kept off line, on paper. It names the first key; each key names its successor; the root key takes
//! keys back. All of that stands in the log itself, so the place of an entry says which key counts for it.
//!
//! A hub that has lost the end of its log for good goes on under another name: the root key says from where. Whoever
//! knew more of the log is told so, instead of being shown two logs of one name.

use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::tree::Tree;
use crate::canonical::{self, NotCanonical};
use crate::digest::Sha256;
use crate::envelope::{BadEnvelope, Envelope};
use crate::key::{PublicKey, Purpose, SigningKey};

/// The most keys of one log: a new one each month for decades.
const EVENTS_MAX: usize = 1_000;

/// A change of the hub's keys, as signed: JSON in its one spelling (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyEvent {
    /// The log that it is about, by the name that it has before the change.
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
    /// The log goes on under another name from this entry on; entries that it may have had behind the `size` ones before
    /// are lost. `root` is the hash of the tree over those. The same key signs on. By the root key.
    BeginAnew { name: Origin, size: u64, root: Sha256 },
}

/// The changes of a log's keys, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyHistory {
    /// From which entry on which key signs.
    keys: Vec<(u64, PublicKey)>,
    /// From which entry on a key counts for nothing.
    revoked: Vec<(PublicKey, u64)>,
    /// From which entry on which name is the log's.
    names: Vec<(u64, Origin)>,
    /// The logs that were left behind, each as it was when the next name began.
    left: Vec<(Origin, Tree)>,
    /// The first entry at which the next change may stand.
    next: u64,
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
    #[error("the log begins anew at another entry than it says, or under a name that it had")]
    NotAnew,
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

    /// Reads what the author of an envelope has signed.
    ///
    /// # Errors
    /// When it is no change of keys, or its author's signature does not fit.
    pub fn read(envelope: &Envelope) -> Result<(PublicKey, Self), BadKeys> {
        let author = envelope.author().ok_or(BadKeys::NotByRoot)?;
        Ok((author, canonical::from_slice(envelope.verify(Purpose::HubKey, &author)?)?))
    }
}

impl KeyHistory {
    /// Takes in the next change, which stands at a place of the log.
    ///
    /// # Errors
    /// When it is not signed by whom it has to be, or does not go on from the changes before. Nothing has changed
    /// then.
    pub fn push(&mut self, index: u64, envelope: &Envelope, root: &PublicKey) -> Result<(), BadKeys> {
        if index < self.next {
            return Err(BadKeys::OutOfOrder);
        }
        if self.keys.len() + self.left.len() >= EVENTS_MAX {
            return Err(BadKeys::TooMany);
        }
        let (author, event) = KeyEvent::read(envelope)?;
        if let Some(name) = self.name().filter(|name| **name != event.log) {
            return Err(BadKeys::OtherLog { found: event.log.to_string(), expected: name.to_string() });
        }
        if !matches!(event.act, KeyAct::Rotate { .. }) && author != *root {
            return Err(BadKeys::NotByRoot);
        }
        match self.successor(index, &author, &event)? {
            Some(key) if self.knows(&key) || key == *root => return Err(BadKeys::KnownKey),
            Some(key) => self.keys.push((index, key)),
            None => {}
        }
        if self.names.is_empty() {
            self.names.push((index, event.log.clone()));
        }
        match event.act {
            KeyAct::Revoke { key, position, .. } => self.revoked.push((key, position)),
            KeyAct::BeginAnew { name, size, root } => {
                self.left.push((event.log, Tree { size, root }));
                self.names.push((index, name));
            }
            KeyAct::Introduce { .. } | KeyAct::Rotate { .. } => {}
        }
        self.next = index.saturating_add(1);
        Ok(())
    }

    /// The key that signs from a change on; `None` when that stays as it is.
    fn successor(
        &self,
        index: u64,
        author: &PublicKey,
        event: &KeyEvent,
    ) -> Result<Option<PublicKey>, BadKeys> {
        let current = self.at(index);
        match &event.act {
            KeyAct::Introduce { .. } if current.is_some() => Err(BadKeys::HasKey),
            KeyAct::Introduce { key } => Ok(Some(*key)),
            KeyAct::Rotate { from, .. } if Some(*from) != current || author != from => {
                Err(BadKeys::NotCurrent)
            }
            KeyAct::Rotate { to, .. } => Ok(Some(*to)),
            KeyAct::Revoke { key, .. } if !self.knows(key) => Err(BadKeys::NotCurrent),
            KeyAct::Revoke { next, .. } => Ok(Some(*next)),
            KeyAct::BeginAnew { name, size, .. } => {
                let known = self.names.iter().any(|(_, known)| known == name);
                if self.names.is_empty() || known || *size != index {
                    return Err(BadKeys::NotAnew);
                }
                Ok(None)
            }
        }
    }

    /// Takes note that a key counts for nothing from an entry on, whoever says where that stands.
    pub(super) fn distrust(&mut self, key: PublicKey, position: u64) {
        self.revoked.push((key, position));
    }

    /// The log's name now; `None` for an empty one.
    pub fn name(&self) -> Option<&Origin> {
        self.names.last().map(|(_, name)| name)
    }

    /// The log's names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Origin> {
        self.names.iter().map(|(_, name)| name)
    }

    /// The name that stands on a checkpoint of some size: that of its last entry.
    pub fn name_for_size(&self, size: u64) -> Option<&Origin> {
        let last = size.checked_sub(1)?;
        self.names.iter().rev().find(|(from, _)| *from <= last).map(|(_, name)| name)
    }

    /// How far the log had come under a name that it left behind; `None` when it has that name, or never had it. Whatever
    /// that name's log had beyond is not in this one.
    pub fn left(&self, name: &Origin) -> Option<Tree> {
        self.left.iter().find(|(known, _)| known == name).map(|(_, tree)| *tree)
    }

    /// The key that signs a checkpoint of some size under a name.
    ///
    /// # Errors
    /// When the log had another name at that size.
    pub fn signer(&self, origin: &Origin, size: u64) -> Result<Option<PublicKey>, BadKeys> {
        match self.name_for_size(size) {
            Some(name) if name != origin => {
                Err(BadKeys::OtherLog { found: name.to_string(), expected: origin.to_string() })
            }
            _ => Ok(self.for_size(size)),
        }
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
