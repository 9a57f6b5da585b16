//! The real database, failing on command.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::roster::SignedEntry;
use form_document::wire::PackageFile;
use form_document::{ActorId, Claim};
use form_model::id::ApplicationId;
use sync_server::storage::record::{
    AdmissionHash, ApplicationRecord, Commit, Fold, LogRecord, SegmentRecord, SnapshotRecord, StoredHead,
};
use sync_server::storage::sqlite::Sqlite;
use sync_server::storage::{Storage, StorageError};

/// What the next commits do.
#[derive(Clone, Debug, Default)]
pub struct Plan(Arc<AtomicU8>);

impl Plan {
    pub fn work(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    pub fn fail_before_it_persists(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    pub fn fail_after_it_persisted(&self) {
        self.0.store(2, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub struct Faulty {
    pub inner: Sqlite,
    pub plan: Plan,
}

type Read<T> = Result<T, StorageError>;

impl Storage for Faulty {
    fn hub(&self) -> Read<Option<PublicKey>> {
        self.inner.hub()
    }
    fn applications(&self) -> Read<Vec<ApplicationId>> {
        self.inner.applications()
    }
    fn applications_of(&self, device: &PublicKey) -> Read<Vec<ApplicationId>> {
        self.inner.applications_of(device)
    }
    fn published_by(&self, device: &PublicKey) -> Read<u64> {
        self.inner.published_by(device)
    }
    fn application(&self, id: &ApplicationId) -> Read<Option<ApplicationRecord>> {
        self.inner.application(id)
    }
    fn package(&self, hash: &str) -> Read<Vec<PackageFile>> {
        self.inner.package(hash)
    }
    fn invited_to(&self, invite: &PublicKey) -> Read<Option<ApplicationId>> {
        self.inner.invited_to(invite)
    }
    fn roster(&self, id: &ApplicationId) -> Read<Vec<SignedEntry>> {
        self.inner.roster(id)
    }
    fn claims(&self, id: &ApplicationId) -> Read<Vec<Claim>> {
        self.inner.claims(id)
    }
    fn floors(&self, id: &ApplicationId) -> Read<Vec<(PublicKey, u64)>> {
        self.inner.floors(id)
    }
    fn segments(&self, id: &ApplicationId) -> Read<Vec<SegmentRecord>> {
        self.inner.segments(id)
    }
    fn segments_over(
        &self,
        id: &ApplicationId,
        actor: &ActorId,
        first: u64,
        end: u64,
    ) -> Read<Vec<SegmentRecord>> {
        self.inner.segments_over(id, actor, first, end)
    }
    fn head(&self, id: &ApplicationId) -> Read<Option<StoredHead>> {
        self.inner.head(id)
    }
    fn snapshot(&self, id: &ApplicationId) -> Read<Option<SnapshotRecord>> {
        self.inner.snapshot(id)
    }
    fn folds(&self, id: &ApplicationId, after: Position) -> Read<Vec<Fold>> {
        self.inner.folds(id, after)
    }
    fn log(&self, id: &ApplicationId, after: Position, limit: usize) -> Read<Vec<LogRecord>> {
        self.inner.log(id, after, limit)
    }
    fn admits(&self, code: &AdmissionHash) -> Read<bool> {
        self.inner.admits(code)
    }
    fn commit(&mut self, commit: &Commit) -> Read<()> {
        let plan = self.plan.0.load(Ordering::Relaxed);
        if plan != 1 {
            self.inner.commit(commit)?;
        }
        if plan == 0 { Ok(()) } else { Err(StorageError::Full) }
    }
}
