//! What is kept, in the core's own types.

use form_document::key::{PublicKey, Signature};
use form_document::log::{Item, LogHash, LogHead, LogState, Position, Reason};
use form_document::roster::{EntryHash, SignedEntry};
use form_document::wire::{PackageFile, WireActor, WireHash};
use form_document::{ActorId, ChangeHash, Claim};
use form_model::id::ApplicationId;
use minicbor::{CborLen, Decode, Encode};

use super::file::FileWrite;
use super::seal::SealWrite;

/// SHA-256 of an admission code: whoever reads the database cannot use it.
pub type AdmissionHash = [u8; 32];

/// An application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRecord {
    /// The bytes whose hash is the id.
    pub genesis: Vec<u8>,
    /// Hash of its form package.
    pub package: String,
    /// The device that published it.
    pub publisher: PublicKey,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_ms: i64,
    /// The database was restored from a backup, and somebody may know more of this log than it does.
    pub recovering: bool,
}

/// One place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    pub position: Position,
    pub place: Place,
    /// The log's hash with this place.
    pub running: LogHash,
}

/// What stands at a place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Accepted { actor: ActorId, seq: u64, hash: ChangeHash, bytes: Vec<u8> },
    Refused { hash: ChangeHash, reason: Reason },
    Roster { version: u64, hash: EntryHash },
}

impl Place {
    /// As the log's hash sees it.
    pub fn item(&self) -> Item {
        match self {
            Self::Accepted { hash, .. } => Item::Accepted(*hash),
            Self::Refused { hash, reason } => Item::Refused(*hash, *reason),
            Self::Roster { hash, .. } => Item::Roster(*hash),
        }
    }
}

/// A stretch of the log whose changes are in the snapshot: it names them and holds none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The log before the first place.
    pub before: LogState,
    /// The log with the last place.
    pub after: LogState,
    pub runs: Vec<Run>,
}

/// One or more places of a folded stretch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen)]
pub enum Run {
    #[n(0)]
    Accepted {
        #[n(0)]
        actor: WireActor,
        #[n(1)]
        first_seq: u64,
        #[n(2)]
        count: u64,
    },
    #[n(1)]
    Refused {
        #[n(0)]
        hash: WireHash,
        #[n(1)]
        reason: Reason,
    },
    #[n(2)]
    Roster {
        #[n(0)]
        version: u64,
    },
}

impl Run {
    /// Adds a place to a stretch.
    pub fn extend(runs: &mut Vec<Self>, place: &Place) {
        let next = match place {
            Place::Accepted { actor, seq, .. } => {
                let actor = WireActor::from(actor);
                if let Some(Self::Accepted { actor: last, first_seq, count }) = runs.last_mut()
                    && *last == actor
                    && first_seq.saturating_add(*count) == *seq
                {
                    *count += 1;
                    return;
                }
                Self::Accepted { actor, first_seq: *seq, count: 1 }
            }
            Place::Refused { hash, reason } => Self::Refused { hash: WireHash(hash.0), reason: *reason },
            Place::Roster { version, .. } => Self::Roster { version: *version },
        };
        runs.push(next);
    }
}

/// A device's signature over consecutive changes of one actor, of which the log accepts the first ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentRecord {
    pub actor: ActorId,
    pub first_seq: u64,
    pub count: u64,
    /// The newest roster that the device knew.
    pub roster: u64,
    pub signature: Signature,
    /// The hashes of the last changes, where the log had not accepted those when it was kept.
    pub rest: Vec<WireHash>,
}

impl SegmentRecord {
    /// The seq after the last change that it proves.
    pub fn proven_end(&self) -> u64 {
        self.first_seq.saturating_add(self.count.saturating_sub(self.rest.len() as u64))
    }

    /// The seq after the last change that it is about.
    pub fn end(&self) -> u64 {
        self.first_seq.saturating_add(self.count)
    }
}

/// The hub's word on a log, with the log that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredHead {
    pub head: LogHead,
    pub state: LogState,
}

/// The document with all that the log accepts up to a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRecord {
    pub head: StoredHead,
    /// An Automerge document chunk.
    pub document: Vec<u8>,
}

/// What a new application brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    pub record: ApplicationRecord,
    pub package: Vec<PackageFile>,
}

/// What is stored of one application in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationWrite {
    pub application: ApplicationId,
    pub created: Option<NewApplication>,
    /// New places of the log.
    pub log: Vec<LogRecord>,
    /// New entries of the roster, with their versions.
    pub roster: Vec<(u64, SignedEntry)>,
    pub claims: Vec<Claim>,
    /// Each takes the place of those that it covers.
    pub segments: Vec<SegmentRecord>,
    pub floors: Vec<(PublicKey, u64)>,
    /// Work that was refused because what it writes to is final, with the log's place by then: [`HeldWork`] in CBOR.
    pub held: Option<(Position, Vec<u8>)>,
    pub head: Option<StoredHead>,
    /// The active devices, when that changed.
    pub members: Option<Vec<PublicKey>>,
    /// Invites that are new.
    pub invites: Vec<PublicKey>,
    pub fold: Option<(SnapshotRecord, Fold)>,
    /// Nobody whose word counts knows more of the log than is here: it may go on.
    pub settled: bool,
}

impl ApplicationWrite {
    /// Nothing, as yet.
    pub fn new(application: ApplicationId) -> Self {
        Self {
            application,
            created: None,
            log: Vec::new(),
            roster: Vec::new(),
            claims: Vec::new(),
            segments: Vec::new(),
            floors: Vec::new(),
            held: None,
            head: None,
            members: None,
            invites: Vec::new(),
            fold: None,
            settled: false,
        }
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.created.is_none()
            && self.log.is_empty()
            && self.claims.is_empty()
            && self.segments.is_empty()
            && self.fold.is_none()
            && !self.settled
    }
}

/// What is stored in one step: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    pub applications: Vec<ApplicationWrite>,
    /// What is new about files, in this order.
    pub files: Vec<FileWrite>,
    /// What is new in the public log of what the hub has signed, in this order.
    pub seals: Vec<SealWrite>,
    /// The admission code that pays for it.
    pub admission: Option<AdmissionHash>,
    /// The hub that keeps the database from now on.
    pub hub: Option<PublicKey>,
}
