//! Which files were read through a moment ago and were what their names say, and have not been written to since.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use form_model::id::ApplicationId;

use crate::limit::SOUND_MAX;
use crate::storage::file::BlobHash;

type Name = (ApplicationId, BlobHash);

/// What tells that a file is no longer the one that was read through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// In bytes.
    pub(crate) length: u64,
    /// When the store says that it was last written, in nanoseconds since 1970-01-01 UTC: only compared.
    pub(super) changed_ns: Option<i64>,
}

/// Files with the time when they were found sound; the oldest go first.
#[derive(Debug)]
pub(super) struct Sound {
    life: Duration,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    at: BTreeMap<Name, (Instant, Stamp)>,
    order: VecDeque<Name>,
}

impl Sound {
    pub(super) fn new(life: Duration) -> Self {
        Self { life, found: Mutex::default() }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, application: &ApplicationId, hash: &BlobHash, stamp: Stamp) {
        let name = (application.clone(), *hash);
        let mut found = self.found();
        if found.at.insert(name.clone(), (Instant::now(), stamp)).is_none() {
            found.order.push_back(name);
        }
        while found.order.len() > SOUND_MAX
            && let Some(oldest) = found.order.pop_front()
        {
            found.at.remove(&oldest);
        }
    }

    pub(super) fn has(&self, application: &ApplicationId, hash: &BlobHash, stamp: Stamp) -> bool {
        let found = self.found();
        let known = found.at.get(&(application.clone(), *hash));
        known.is_some_and(|(at, then)| at.elapsed() < self.life && *then == stamp)
    }

    pub(super) fn forget(&self, application: &ApplicationId, hash: &BlobHash) {
        let name = (application.clone(), *hash);
        let mut found = self.found();
        if found.at.remove(&name).is_some() {
            found.order.retain(|other| *other != name);
        }
    }
}
