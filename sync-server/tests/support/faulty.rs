//! The real database, failing on command. Every call of the trait is named here once: a call that is added to the
//! trait and not here does not compile, and one that is here and never made fails the fault matrix.

use std::sync::{Arc, Mutex, PoisonError};

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::roster::SignedEntry;
use form_document::transparency::Leaf;
use form_document::wire::PackageFile;
use form_document::{ActorId, Claim};
use form_model::id::ApplicationId;
use sync_server::storage::file::{
    BlobHash, BlobRecord, TicketHash, TicketRecord, UploadId, UploadLoad, UploadRecord,
};
use sync_server::storage::record::{
    AdmissionHash, ApplicationRecord, Commit, Fold, LogRecord, SegmentRecord, SnapshotRecord, StoredHead,
};
use sync_server::storage::seal::{SealEntry, StoredCheckpoint};
use sync_server::storage::sqlite::Sqlite;
use sync_server::storage::{Storage, StorageError};

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was done.
    Before,
    /// It was done all the same.
    After,
}

/// What the next calls do, and which were made.
#[derive(Clone, Debug, Default)]
pub struct Plan(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    made: Vec<Call>,
    /// Every commit fails.
    commits: Option<Fault>,
    /// The call of that number, from 0, fails.
    one: Option<(usize, Fault)>,
    /// The commit after so many others fails.
    commit_after: Option<usize>,
    failed: Option<Call>,
}

impl Plan {
    /// A plan in which one call fails, by its number from 0.
    pub fn failing(number: usize, fault: Fault) -> Self {
        let plan = Self::default();
        plan.state().one = Some((number, fault));
        plan
    }

    pub fn work(&self) {
        self.state().commits = None;
    }

    pub fn fail_before_it_persists(&self) {
        self.state().commits = Some(Fault::Before);
    }

    pub fn fail_after_it_persisted(&self) {
        self.state().commits = Some(Fault::After);
    }

    /// The commit after so many others, counted from now, fails before it did anything.
    pub fn fail_commit_after(&self, others: usize) {
        self.state().commit_after = Some(others);
    }

    /// The calls so far.
    pub fn made(&self) -> Vec<Call> {
        self.state().made.clone()
    }

    /// The one call that has failed.
    pub fn failed(&self) -> Option<Call> {
        self.state().failed
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call<T>(&self, call: Call, make: impl FnOnce() -> Read<T>) -> Read<T> {
        let fault = {
            let mut state = self.state();
            let number = state.made.len();
            state.made.push(call);
            let one = state.one.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
            let one = one.or_else(|| state.commit_falls_due(call).then_some(Fault::Before));
            if one.is_some() {
                state.failed = Some(call);
            }
            one.or_else(|| state.commits.filter(|_| call == Call::Commit))
        };
        match fault {
            None => make(),
            Some(Fault::Before) => Err(StorageError::Full),
            Some(Fault::After) => {
                make()?;
                Err(StorageError::Other("nobody can say whether it was stored".to_owned()))
            }
        }
    }
}

impl State {
    /// Whether this call is the commit that fails.
    fn commit_falls_due(&mut self, call: Call) -> bool {
        let Some(others) = self.commit_after.filter(|_| call == Call::Commit) else { return false };
        self.commit_after = others.checked_sub(1);
        others == 0
    }
}

#[derive(Debug)]
pub struct Faulty {
    pub inner: Sqlite,
    pub plan: Plan,
}

type Read<T> = Result<T, StorageError>;

macro_rules! calls {
    ($($call:ident = $name:ident($($argument:ident: $type:ty),*) -> $out:ty;)*) => {
        /// A call of the storage trait.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Call {
            $($call,)*
            Commit,
        }

        impl Call {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$call,)* Self::Commit];
        }

        impl Storage for Faulty {
            $(fn $name(&self, $($argument: $type),*) -> Read<$out> {
                self.plan.call(Call::$call, || self.inner.$name($($argument),*))
            })*

            fn commit(&mut self, commit: &Commit) -> Read<()> {
                self.plan.call(Call::Commit, || self.inner.commit(commit))
            }
        }
    };
}

calls! {
    Hub = hub() -> Option<PublicKey>;
    Applications = applications() -> Vec<ApplicationId>;
    ApplicationsOf = applications_of(device: &PublicKey) -> Vec<ApplicationId>;
    PublishedBy = published_by(device: &PublicKey) -> u64;
    Application = application(id: &ApplicationId) -> Option<ApplicationRecord>;
    Package = package(hash: &str) -> Vec<PackageFile>;
    InvitedTo = invited_to(invite: &PublicKey) -> Option<ApplicationId>;
    Members = members(id: &ApplicationId) -> Vec<PublicKey>;
    Invites = invites(id: &ApplicationId) -> Vec<PublicKey>;
    Roster = roster(id: &ApplicationId) -> Vec<SignedEntry>;
    Claims = claims(id: &ApplicationId) -> Vec<Claim>;
    Floors = floors(id: &ApplicationId) -> Vec<(PublicKey, u64)>;
    Held = held(id: &ApplicationId, after: Position) -> Option<(Position, Vec<u8>)>;
    Segments = segments(id: &ApplicationId) -> Vec<SegmentRecord>;
    SegmentsOver = segments_over(id: &ApplicationId, actor: &ActorId, first: u64, end: u64) -> Vec<SegmentRecord>;
    Head = head(id: &ApplicationId) -> Option<StoredHead>;
    Snapshot = snapshot(id: &ApplicationId) -> Option<SnapshotRecord>;
    Folds = folds(id: &ApplicationId, after: Position) -> Vec<Fold>;
    Log = log(id: &ApplicationId, after: Position, limit: usize) -> Vec<LogRecord>;
    Admits = admits(code: &AdmissionHash) -> bool;
    Upload = upload(id: &UploadId) -> Option<UploadRecord>;
    UploadsUntil = uploads_until(expires_ms: i64) -> Vec<UploadRecord>;
    UploadLoad = upload_load(id: &ApplicationId, device: &PublicKey) -> UploadLoad;
    Blob = blob(id: &ApplicationId, hash: &BlobHash) -> Option<BlobRecord>;
    Blobs = blobs(id: &ApplicationId) -> Vec<BlobRecord>;
    Givers = givers(id: &ApplicationId, hash: &BlobHash) -> Vec<PublicKey>;
    Ticket = ticket(hash: &TicketHash) -> Option<TicketRecord>;
    SealSize = seal_size() -> u64;
    SealEntry = seal_entry(index: u64) -> Option<SealEntry>;
    SealByDigest = seal_by_digest(digest: &Sha256) -> Option<SealEntry>;
    SealOfRevision = seal_of_revision(id: &ApplicationId, number: u64) -> Option<SealEntry>;
    SealKeys = seal_keys() -> Vec<SealEntry>;
    SealUnsigned = seal_unsigned() -> Vec<SealEntry>;
    SealRange = seal_range(from: u64, count: u64) -> Vec<SealEntry>;
    SealHashes = seal_hashes(places: &[u64]) -> Vec<Sha256>;
    SealUnknown = seal_unknown(leaf: &Leaf) -> Option<SealEntry>;
    SealIncomplete = seal_incomplete() -> bool;
    SealCheckpoint = seal_checkpoint() -> Option<StoredCheckpoint>;
}
