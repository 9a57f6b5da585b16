//! The open applications: as many as fit the memory budget, the least used closed first.

use std::collections::BTreeMap;

use form_model::id::ApplicationId;

use super::open::OpenApplication;

/// Open applications by id.
#[derive(Debug)]
pub(super) struct Cache {
    budget: u64,
    held: BTreeMap<ApplicationId, Held>,
    /// By when they were last used.
    used: BTreeMap<u64, ApplicationId>,
    next: u64,
    bytes: u64,
}

#[derive(Debug)]
struct Held {
    open: OpenApplication,
    used: u64,
    weight: u64,
}

impl Cache {
    /// An empty cache with a budget in bytes.
    pub(super) fn new(budget: u64) -> Self {
        Self { budget, held: BTreeMap::new(), used: BTreeMap::new(), next: 0, bytes: 0 }
    }

    /// An open application, as just used.
    pub(super) fn get(&mut self, id: &ApplicationId) -> Option<&mut OpenApplication> {
        let held = self.held.get_mut(id)?;
        self.used.remove(&held.used);
        held.used = self.next;
        self.used.insert(self.next, id.clone());
        self.next += 1;
        Some(&mut held.open)
    }

    /// An open application, without a trace of use.
    pub(super) fn peek(&self, id: &ApplicationId) -> Option<&OpenApplication> {
        self.held.get(id).map(|held| &held.open)
    }

    /// Keeps an application, as just used.
    pub(super) fn put(&mut self, id: &ApplicationId, open: OpenApplication) {
        self.drop(id);
        let weight = open.weight();
        self.bytes = self.bytes.saturating_add(weight);
        self.used.insert(self.next, id.clone());
        self.held.insert(id.clone(), Held { open, used: self.next, weight });
        self.next += 1;
    }

    /// Closes an application: what it is in memory may not be what is stored.
    pub(super) fn drop(&mut self, id: &ApplicationId) {
        if let Some(held) = self.held.remove(id) {
            self.used.remove(&held.used);
            self.bytes = self.bytes.saturating_sub(held.weight);
        }
    }

    /// Weighs an application again after it grew.
    pub(super) fn weigh(&mut self, id: &ApplicationId) {
        if let Some(held) = self.held.get_mut(id) {
            self.bytes = self.bytes.saturating_sub(held.weight);
            held.weight = held.open.weight();
            self.bytes = self.bytes.saturating_add(held.weight);
        }
    }

    /// Closes the least used applications until the rest fits; the one last used stays in any case.
    pub(super) fn shrink(&mut self) {
        while self.bytes > self.budget && self.held.len() > 1 {
            let Some((_, id)) = self.used.pop_first() else { break };
            self.drop(&id);
        }
    }

    /// How many bytes the open applications take, about.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many are open.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }
}
