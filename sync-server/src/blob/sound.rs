//! Which files were read through a moment ago and were what their names say.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use form_model::id::ApplicationId;

use crate::limit::SOUND_MAX;
use crate::storage::file::BlobHash;

type Name = (ApplicationId, BlobHash);

/// Files with the time when they were found sound; the oldest go first.
#[derive(Debug)]
pub(super) struct Sound {
    life: Duration,
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    at: BTreeMap<Name, Instant>,
    order: VecDeque<Name>,
}

impl Sound {
    pub(super) fn new(life: Duration) -> Self {
        Self { life, found: Mutex::default() }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, application: &ApplicationId, hash: &BlobHash) {
        let name = (application.clone(), *hash);
        let mut found = self.found();
        if found.at.insert(name.clone(), Instant::now()).is_none() {
            found.order.push_back(name);
        }
        while found.order.len() > SOUND_MAX
            && let Some(oldest) = found.order.pop_front()
        {
            found.at.remove(&oldest);
        }
    }

    pub(super) fn has(&self, application: &ApplicationId, hash: &BlobHash) -> bool {
        let found = self.found();
        found.at.get(&(application.clone(), *hash)).is_some_and(|at| at.elapsed() < self.life)
    }

    pub(super) fn forget(&self, application: &ApplicationId, hash: &BlobHash) {
        let name = (application.clone(), *hash);
        let mut found = self.found();
        if found.at.remove(&name).is_some() {
            found.order.retain(|other| *other != name);
        }
    }
}
