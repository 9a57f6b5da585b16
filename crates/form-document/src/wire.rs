//! What replicas and the hub hand to each other, over the network or in a file: CBOR (RFC 8949), arrays with
//! fixed places. Nothing read here is trusted; [`crate::ledger`] decides.

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;
use minicbor::{CborLen, Decode, Encode};

use crate::actor::ACTOR_BYTES;
use crate::key::{PublicKey, Signature};
use crate::log::{LogHead, Position, Reason};
use crate::roster::{RosterFault, SignedEntry};
use crate::segment::{Claim, NONCE_BYTES};

/// The largest offer or page of the log, in bytes: a day of everybody's typing, and small enough that a slow
/// line sends it within a minute.
pub const MESSAGE_MAX_BYTES: usize = 4 << 20;

/// The largest compact start, in bytes: a document of a million changes, twice.
pub const START_MAX_BYTES: usize = 64 << 20;

/// An actor's id as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, CborLen)]
#[cbor(transparent)]
pub struct WireActor(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; ACTOR_BYTES]);

/// A change's hash as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, CborLen)]
#[cbor(transparent)]
pub struct WireHash(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// A raw change chunk.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(transparent)]
pub struct WireChange(#[cbor(n(0), with = "minicbor::bytes")] pub Vec<u8>);

/// Whose an actor is; the actor follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct WireClaim {
    #[n(0)]
    pub device: PublicKey,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; NONCE_BYTES],
}

/// A segment without the hashes that the receiver has or gets with it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Seal {
    #[n(0)]
    pub roster: u64,
    #[n(1)]
    pub count: u64,
    #[n(2)]
    pub signature: Signature,
    /// Actor and first seq; absent when they are those of the message's first change.
    #[n(3)]
    pub start: Option<(WireActor, u64)>,
    /// The hashes of the last changes of the segment, where the receiver neither has nor gets those changes.
    #[n(4)]
    pub rest: Option<Vec<WireHash>>,
}

/// What a replica hands over for a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Offer {
    /// Each after those it builds on.
    #[n(0)]
    pub changes: Vec<WireChange>,
    #[n(1)]
    pub seals: Vec<Seal>,
    /// Of every actor in the offer of which the hub has accepted nothing as yet: a claim is kept only with a change.
    #[n(2)]
    pub claims: Option<Vec<WireClaim>>,
    /// Judged before the changes: whoever gives up a right hands in what was written under it in an offer before.
    #[n(3)]
    pub roster: Option<Vec<SignedEntry>>,
}

/// A lead's wish to make a revision final. It may be carried by anybody, also on a stick.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Submission {
    /// The manifest as the lead's device has signed it: [`crate::envelope::Envelope`] in its one spelling.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub envelope: Vec<u8>,
    /// The roster's step that closes the revision, signed by the same device.
    #[n(1)]
    pub step: SignedEntry,
}

/// Work that the hub refused because what it writes to is final, and keeps: for those who fill that part, once it is
/// open again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct HeldWork {
    /// Where the log stood when it was refused; what comes after that is asked for next.
    #[n(0)]
    pub position: Position,
    /// The changes with their proof; empty when there is no more.
    #[n(1)]
    pub offer: Offer,
}

/// A stretch of the hub's log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Page {
    /// The position before the first entry.
    #[n(0)]
    pub after: Position,
    #[n(1)]
    pub entries: Vec<PageEntry>,
    #[n(2)]
    pub seals: Vec<Seal>,
    #[n(3)]
    pub claims: Vec<WireClaim>,
    /// The hub's word on the log up to the last entry.
    #[n(4)]
    pub head: LogHead,
}

/// One or more places of the log.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub enum PageEntry {
    /// An accepted change.
    #[n(0)]
    Change(#[n(0)] WireChange),
    /// Accepted changes of one actor that the receiver said it has.
    #[n(1)]
    Accepted {
        #[n(0)]
        actor: WireActor,
        #[n(1)]
        first_seq: u64,
        #[n(2)]
        count: u64,
    },
    /// A refused change; its bytes stay with who made it.
    #[n(2)]
    Refused {
        #[n(0)]
        hash: WireHash,
        #[n(1)]
        reason: Reason,
    },
    /// A step of the roster.
    #[n(3)]
    Roster(#[n(0)] SignedEntry),
}

/// How much of an actor's changes a replica has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Have {
    #[n(0)]
    pub actor: WireActor,
    /// All changes up to this seq.
    #[n(1)]
    pub seq: u64,
}

/// How far a replica has followed the hub's log, and what it has besides.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Hello {
    #[n(0)]
    pub after: Position,
    /// The log's hash there: another one than the hub's shows that the hub was rolled back or replaced.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub log: [u8; 32],
    #[n(2)]
    pub have: Vec<Have>,
}

/// One round over HTTP: hands over, and asks for what is new.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Exchange {
    #[n(0)]
    pub hello: Hello,
    #[n(1)]
    pub offer: Offer,
}

/// The hub's answer to an [`Exchange`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Reply {
    /// What is new after the hello's position, the verdicts on the offer included as far as they fit.
    #[n(0)]
    pub page: Page,
    /// More pages follow: ask again after this one.
    #[n(1)]
    pub more: bool,
    #[n(2)]
    pub receipt: Receipt,
}

/// What became of an offer, beside the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Receipt {
    /// Every verdict on the offer stands in the log at or before this position.
    #[n(0)]
    pub position: Position,
    /// Changes that wait for ancestors, with those.
    #[n(1)]
    pub waiting: Vec<Waiting>,
    /// What of the offer was nobody's change, as sentences for a log file.
    #[n(2)]
    pub faults: Vec<String>,
    /// The same as a desk acts on it: each once.
    #[n(3)]
    pub left: Vec<Left>,
}

/// What of an offer the hub has put no verdict on, and why.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub enum Left {
    /// It was too much at once: to be handed over again.
    #[n(0)]
    TooMuch,
    /// A step of the roster, and with it those after it.
    #[n(1)]
    Step {
        /// The entry's hash.
        #[n(0)]
        entry: WireHash,
        #[n(1)]
        why: StepFault,
    },
    /// What this device wrote as one more actor than it may.
    #[n(2)]
    TooManyActors(#[n(0)] PublicKey),
    /// What this device wrote, which the hub's roster does not have.
    #[n(3)]
    UnknownDevice(#[n(0)] PublicKey),
    /// Changes or signatures that prove nothing.
    #[n(4)]
    Unproven,
}

/// Why the hub does not take a step of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(index_only)]
pub enum StepFault {
    /// Another came before it: the log tells of that one, and the step can be taken again after it.
    #[n(0)]
    Overtaken,
    /// Its signer may not take it.
    #[n(1)]
    NotAllowed,
    /// It moves the application to another hub, for which this one cannot sign.
    #[n(2)]
    OtherHub,
    /// There are as many as any application needs already.
    #[n(3)]
    TooMany,
    /// It does not fit the roster as the hub has it.
    #[n(4)]
    Unfit,
}

/// A change without a verdict as yet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Waiting {
    #[n(0)]
    pub change: WireHash,
    #[n(1)]
    pub missing: Vec<WireHash>,
}

/// What a lead hands over to have an application on the hub.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Publish {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub genesis: Vec<u8>,
    /// The form package's files, for members whose program lacks it.
    #[n(1)]
    pub package: Vec<PackageFile>,
    /// The roster up to the entry that names this hub.
    #[n(2)]
    pub roster: Vec<SignedEntry>,
}

/// Where the hub's log of an application stands, and under whom: what a lead signs a new epoch over, and what shows
/// everybody else that there is one.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct LogStanding {
    #[n(0)]
    pub position: Position,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub log: [u8; 32],
    /// The whole roster.
    #[n(2)]
    pub roster: Vec<SignedEntry>,
    /// The devices whose word a restored hub waits for; empty when it judges.
    #[n(3)]
    pub awaited: Vec<PublicKey>,
}

/// What an invite leads to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Invitation {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub genesis: Vec<u8>,
    #[n(1)]
    pub package: Vec<PackageFile>,
    /// The whole roster; the enrolment goes on from its last entry.
    #[n(2)]
    pub roster: Vec<SignedEntry>,
}

/// A file of a form package.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct PackageFile {
    #[n(0)]
    pub path: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub content: Vec<u8>,
}

/// A compact start for an empty, joining replica: the whole document, and the log with every change known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Start {
    /// The Automerge document; holds exactly the changes that the log accepts, and the genesis.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub document: Vec<u8>,
    /// The log from its first position; holds no changes.
    #[n(1)]
    pub page: Page,
}

/// What a replica says on the live stream.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub enum Say {
    /// The first thing said; said again to be sent what is new after a gap.
    #[n(0)]
    Hello(#[n(0)] Hello),
    #[n(1)]
    Offer(#[n(0)] Offer),
    #[n(2)]
    Presence(#[n(0)] Presence),
}

/// What the hub says on the live stream.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub enum Tell {
    #[n(0)]
    Page(#[n(0)] Page),
    /// After the pages with the verdicts on the offer that was said first of those not answered yet.
    #[n(1)]
    Receipt(#[n(0)] Receipt),
    /// Where a member is now.
    #[n(2)]
    Presence(#[n(0)] PublicKey, #[n(1)] Presence),
}

/// Where a person is in the form. Kept nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen)]
pub struct Presence {
    /// False when the person has left.
    #[n(0)]
    pub here: bool,
    /// The answer that they are in.
    #[n(1)]
    pub answer: Option<String>,
    /// Where in its text, in UTF-16 units.
    #[n(2)]
    pub caret: Option<u64>,
}

impl From<&ActorId> for WireActor {
    /// Every actor here has 16 bytes; others are refused before they come this far.
    fn from(actor: &ActorId) -> Self {
        let mut bytes = [0; ACTOR_BYTES];
        for (to, from) in bytes.iter_mut().zip(actor.to_bytes()) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl From<WireActor> for ActorId {
    fn from(actor: WireActor) -> Self {
        Self::from(actor.0)
    }
}

impl From<ChangeHash> for WireHash {
    fn from(hash: ChangeHash) -> Self {
        Self(hash.0)
    }
}

impl From<WireHash> for ChangeHash {
    fn from(hash: WireHash) -> Self {
        Self(hash.0)
    }
}

impl From<&RosterFault> for StepFault {
    fn from(fault: &RosterFault) -> Self {
        match fault {
            RosterFault::Version { .. } | RosterFault::OtherPast { .. } => Self::Overtaken,
            RosterFault::NotAllowed => Self::NotAllowed,
            RosterFault::TooMany(_) => Self::TooMany,
            _ => Self::Unfit,
        }
    }
}

impl WireClaim {
    /// The claim with the actor that it is about.
    pub fn open(self, application: &ApplicationId) -> Claim {
        Claim::new(application, self.device, self.nonce)
    }
}

impl From<&Claim> for WireClaim {
    fn from(claim: &Claim) -> Self {
        Self { device: claim.device, nonce: claim.nonce }
    }
}

impl Offer {
    /// Whether there is nothing to hand over.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.seals.is_empty()
            && self.claims.as_ref().is_none_or(Vec::is_empty)
            && self.roster.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    #[error("the message has {length} bytes; at most {limit} are taken in")]
    TooLarge { length: usize, limit: usize },
    #[error("the message cannot be read: {0}")]
    Unreadable(String),
    #[error("the message goes on after its end")]
    Trailing,
}

/// Writes a message.
pub fn encode<T: Encode<()>>(message: &T) -> Vec<u8> {
    // Writing to memory does not fail.
    minicbor::to_vec(message).unwrap_or_default()
}

/// Reads a message, whole.
///
/// # Errors
/// When the bytes are too many, or not exactly one message.
pub fn decode<'a, T: Decode<'a, ()>>(bytes: &'a [u8]) -> Result<T, BadMessage> {
    decode_up_to(bytes, MESSAGE_MAX_BYTES)
}

/// [`decode`] with another limit.
///
/// # Errors
/// As [`decode`].
pub fn decode_up_to<'a, T: Decode<'a, ()>>(bytes: &'a [u8], limit: usize) -> Result<T, BadMessage> {
    if bytes.len() > limit {
        return Err(BadMessage::TooLarge { length: bytes.len(), limit });
    }
    let mut decoder = minicbor::Decoder::new(bytes);
    let message = decoder.decode().map_err(|error| BadMessage::Unreadable(error.to_string()))?;
    if decoder.position() == bytes.len() { Ok(message) } else { Err(BadMessage::Trailing) }
}
