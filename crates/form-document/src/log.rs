//! The hub's log of one application: every verdict and every roster entry, numbered, in one order, chained by
//! hashes. One signature of the hub, over position and hash, stands for all of it up to there.

use automerge::ChangeHash;
use form_model::id::ApplicationId;
use minicbor::{CborLen, Decode, Encode};
use ring::digest::{Context, SHA256};

use crate::key::{BadSignature, PublicKey, Purpose, Signature, SigningKey};
use crate::roster::EntryHash;

/// Keeps these hashes apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"huiqian log 1\0";

/// Where an item stands in the log, from 1; 0 is the place before the first.
pub type Position = u64;

/// SHA-256 over the hash before and the item.
pub type LogHash = [u8; 32];

/// Why a change is not accepted, ever. The number is what is kept and signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen)]
#[cbor(index_only)]
pub enum Reason {
    /// No honest replica makes such a change.
    #[n(1)]
    Malformed,
    /// It writes to a part of the form that its author's agency was not given.
    #[n(2)]
    NotGranted,
    /// It writes to a part that was given to another agency since, and the time to hand such work in is over.
    #[n(3)]
    Reassigned,
    /// Its device had been revoked.
    #[n(4)]
    Revoked,
    /// It builds on a refused change.
    #[n(5)]
    BuildsOnRefused,
    /// The revision that it writes to is final. It is kept for a later one.
    #[n(6)]
    Held,
}

/// One place of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Accepted(ChangeHash),
    Refused(ChangeHash, Reason),
    Roster(EntryHash),
}

impl Item {
    fn kind(self) -> [u8; 2] {
        match self {
            Self::Accepted(_) => [1, 0],
            Self::Refused(_, reason) => [2, reason.number()],
            Self::Roster(_) => [3, 0],
        }
    }

    fn hash(&self) -> &[u8; 32] {
        match self {
            Self::Accepted(change) | Self::Refused(change, _) => &change.0,
            Self::Roster(entry) => entry,
        }
    }
}

impl Reason {
    /// The reason of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        let all = [
            Self::Malformed,
            Self::NotGranted,
            Self::Reassigned,
            Self::Revoked,
            Self::BuildsOnRefused,
            Self::Held,
        ];
        all.into_iter().find(|reason| reason.number() == number)
    }

    /// The number that is kept and signed.
    pub fn number(self) -> u8 {
        match self {
            Self::Malformed => 1,
            Self::NotGranted => 2,
            Self::Reassigned => 3,
            Self::Revoked => 4,
            Self::BuildsOnRefused => 5,
            Self::Held => 6,
        }
    }
}

/// How far a log has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogState {
    pub position: Position,
    pub hash: LogHash,
}

impl LogState {
    /// The log before its first item.
    pub fn start(application: &ApplicationId) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(DOMAIN);
        context.update(application.0.as_bytes());
        Self { position: 0, hash: finish(context) }
    }

    /// Adds an item: the hash becomes SHA-256(hash before ‖ kind ‖ reason ‖ the item's own hash).
    pub fn push(&mut self, item: Item) {
        let mut context = Context::new(&SHA256);
        context.update(&self.hash);
        context.update(&item.kind());
        context.update(item.hash());
        *self = Self { position: self.position.saturating_add(1), hash: finish(context) };
    }
}

fn finish(context: Context) -> LogHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The hub's word that its log, up to a position, has a certain hash. The hash itself does not travel: whoever
/// follows the log has computed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct LogHead {
    #[n(0)]
    pub position: Position,
    /// How often the log has started anew from a backup.
    #[n(1)]
    pub epoch: u64,
    /// By the hub's clock, milliseconds since 1970-01-01 UTC.
    #[n(2)]
    pub time_ms: i64,
    #[n(3)]
    pub signature: Signature,
}

impl LogHead {
    /// Signs the log as it stands.
    pub fn sign(
        key: &SigningKey,
        application: &ApplicationId,
        state: &LogState,
        epoch: u64,
        time_ms: i64,
    ) -> Self {
        let content = content(application, state, epoch, time_ms);
        Self { position: state.position, epoch, time_ms, signature: key.sign(Purpose::LogHead, &content) }
    }

    /// Checks that the hub has signed this log up to here.
    ///
    /// # Errors
    /// When it has signed another one, or nothing.
    pub fn verify(
        &self,
        hub: &PublicKey,
        application: &ApplicationId,
        state: &LogState,
    ) -> Result<(), BadSignature> {
        if state.position != self.position {
            return Err(BadSignature);
        }
        let content = content(application, state, self.epoch, self.time_ms);
        hub.verify(Purpose::LogHead, &content, &self.signature)
    }
}

/// What is signed: application id (64 hex digits), epoch, position and time (8 bytes each, big-endian), hash.
fn content(application: &ApplicationId, state: &LogState, epoch: u64, time_ms: i64) -> Vec<u8> {
    let mut bytes = application.0.clone().into_bytes();
    bytes.extend_from_slice(&epoch.to_be_bytes());
    bytes.extend_from_slice(&state.position.to_be_bytes());
    bytes.extend_from_slice(&time_ms.to_be_bytes());
    bytes.extend_from_slice(&state.hash);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(digit: &str) -> ApplicationId {
        ApplicationId(digit.repeat(64))
    }

    #[test]
    fn a_head_stands_for_every_item_in_order() {
        let key = SigningKey::from_seed(&[1; 32]).unwrap();
        let items = [
            Item::Accepted(ChangeHash([1; 32])),
            Item::Refused(ChangeHash([2; 32]), Reason::NotGranted),
            Item::Roster([3; 32]),
        ];
        let state = |items: &[Item]| {
            let mut state = LogState::start(&application("a"));
            items.iter().for_each(|item| state.push(*item));
            state
        };
        let head = LogHead::sign(&key, &application("a"), &state(&items), 0, 7);
        let verify = |items: &[Item]| head.verify(&key.public(), &application("a"), &state(items));
        assert_eq!(verify(&items), Ok(()));
        let mut swapped = items;
        swapped.swap(0, 1);
        assert!(verify(&swapped).is_err());
        assert!(verify(&items[..2]).is_err());
        let mut other_reason = items;
        other_reason[1] = Item::Refused(ChangeHash([2; 32]), Reason::Revoked);
        assert!(verify(&other_reason).is_err());
        let mut other_verdict = items;
        other_verdict[0] = Item::Refused(ChangeHash([1; 32]), Reason::Malformed);
        assert!(verify(&other_verdict).is_err());
        assert!(head.verify(&key.public(), &application("b"), &state(&items)).is_err());
        let later = LogHead { time_ms: 8, ..head };
        assert!(later.verify(&key.public(), &application("a"), &state(&items)).is_err());
    }
}
