//! What belongs to changes, found by their hashes. A merge looks each change up a dozen times; a map in the order of
//! the hashes would compare 32 bytes at every step of every look-up.

use std::collections::hash_map::Entry;

use automerge::ChangeHash;

/// Its hashing is keyed by chance, so that whoever makes changes cannot have them all meet in one place.
#[allow(
    clippy::disallowed_types,
    reason = "nothing here goes through all entries, so nobody sees their order"
)]
type Unordered<T> = std::collections::HashMap<ChangeHash, T>;

/// Something for each of many changes.
#[derive(Clone, Debug)]
pub(crate) struct ByHash<T>(Unordered<T>);

impl<T> Default for ByHash<T> {
    fn default() -> Self {
        Self(Unordered::new())
    }
}

impl<T> ByHash<T> {
    pub(crate) fn has(&self, hash: &ChangeHash) -> bool {
        self.0.contains_key(hash)
    }

    pub(crate) fn get(&self, hash: &ChangeHash) -> Option<&T> {
        self.0.get(hash)
    }

    /// Puts one in, and takes out what was there.
    pub(crate) fn insert(&mut self, hash: ChangeHash, value: T) -> Option<T> {
        self.0.insert(hash, value)
    }

    pub(crate) fn remove(&mut self, hash: &ChangeHash) -> Option<T> {
        self.0.remove(hash)
    }

    pub(crate) fn entry(&mut self, hash: ChangeHash) -> Entry<'_, ChangeHash, T> {
        self.0.entry(hash)
    }
}

impl<T> FromIterator<(ChangeHash, T)> for ByHash<T> {
    fn from_iter<I: IntoIterator<Item = (ChangeHash, T)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl FromIterator<ChangeHash> for ByHash<()> {
    fn from_iter<I: IntoIterator<Item = ChangeHash>>(all: I) -> Self {
        all.into_iter().map(|hash| (hash, ())).collect()
    }
}
