//! Who made which changes: a device signs runs of its own consecutive changes.
//!
//! A signature on a head would prove nothing about the other authors below it; one on each keystroke would
//! make a join slow. A segment lists the hashes of consecutive changes of one actor; a change is its author's
//! only if a segment says so. Segments travel with any subset of the changes, and a longer one takes the place
//! of the shorter ones that it covers.

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;
use ring::digest::{Context, SHA256};

use crate::actor::{ACTOR_BYTES, actor_id};
use crate::key::{BadSignature, PublicKey, Purpose, Signature, SigningKey};
use crate::wire::{Seal, WireActor, WireHash};

/// The most changes in one segment: one that proves less than it could costs a joiner 70 µs, and a longer one
/// would have to be read whole to prove its last change.
pub const SEGMENT_MAX_CHANGES: usize = 4_096;

/// Length of the nonce that makes a device's actors differ, in bytes.
pub const NONCE_BYTES: usize = 16;

/// Whose an actor is: the actor's id is derived from exactly this ([`actor_id`]), so a claim proves itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub actor: ActorId,
    pub device: PublicKey,
    pub nonce: [u8; NONCE_BYTES],
}

impl Claim {
    /// A device's claim to the actor that the nonce gives it.
    pub fn new(application: &ApplicationId, device: PublicKey, nonce: [u8; NONCE_BYTES]) -> Self {
        Self { actor: actor_id(application, &device.0, &nonce), device, nonce }
    }
}

/// A device's word that consecutive changes of one of its actors are its own. It is kept: a device never signs
/// the same changes again as made under another roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub actor: ActorId,
    /// The first change's number among the actor's changes, from 1.
    pub first_seq: u64,
    /// The changes' hashes, in order.
    pub hashes: Vec<ChangeHash>,
    /// The newest roster that the device knew when it made the changes.
    pub roster: u64,
    pub signature: Signature,
}

impl Segment {
    /// Signs changes of an actor of the key's device.
    pub fn sign(
        key: &SigningKey,
        application: &ApplicationId,
        actor: ActorId,
        first_seq: u64,
        hashes: Vec<ChangeHash>,
        roster: u64,
    ) -> Self {
        let content = content(application, &actor, first_seq, &hashes, roster);
        let signature = key.sign(Purpose::Segment, &content);
        Self { actor, first_seq, hashes, roster, signature }
    }

    /// Checks that the device signed these hashes for this application.
    ///
    /// # Errors
    /// When it did not.
    pub fn verify(&self, application: &ApplicationId, device: &PublicKey) -> Result<(), BadSignature> {
        let content = content(application, &self.actor, self.first_seq, &self.hashes, self.roster);
        device.verify(Purpose::Segment, &content, &self.signature)
    }

    /// The segment without the hashes of changes before `end_seq`, which the receiver has or gets with it.
    pub fn seal(&self, end_seq: u64) -> Seal {
        let here = usize::try_from(end_seq.saturating_sub(self.first_seq)).unwrap_or(usize::MAX);
        let rest = self.hashes.get(here..).filter(|rest| !rest.is_empty());
        Seal {
            roster: self.roster,
            count: self.hashes.len() as u64,
            signature: self.signature,
            start: Some((WireActor::from(&self.actor), self.first_seq)),
            rest: rest.map(|rest| rest.iter().map(|hash| WireHash(hash.0)).collect()),
        }
    }

    /// The changes' numbers and hashes.
    pub(crate) fn places(&self) -> impl Iterator<Item = (u64, &ChangeHash)> {
        self.hashes.iter().enumerate().map(|(at, hash)| (self.first_seq.saturating_add(at as u64), hash))
    }

    /// The number of the change after the last.
    pub fn end_seq(&self) -> u64 {
        self.first_seq.saturating_add(self.hashes.len() as u64)
    }
}

/// What is signed: a fixed layout, so that the same segment has one encoding. Application id (64 hex digits),
/// actor (16 bytes), first seq, roster version and number of changes (8 bytes each, big-endian), then the
/// SHA-256 over the hashes, 32 bytes each.
fn content(
    application: &ApplicationId,
    actor: &ActorId,
    first_seq: u64,
    hashes: &[ChangeHash],
    roster: u64,
) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    for hash in hashes {
        context.update(&hash.0);
    }
    let mut bytes = Vec::with_capacity(64 + ACTOR_BYTES + 3 * 8 + 32);
    bytes.extend_from_slice(application.0.as_bytes());
    bytes.extend_from_slice(actor.to_bytes());
    for number in [first_seq, roster, hashes.len() as u64] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(context.finish().as_ref());
    bytes
}
