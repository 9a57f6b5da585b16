//! Waiting for one's turn, where only a few may work at once and nobody does what another is doing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A bounded number of turns.
#[derive(Debug)]
pub(super) struct Turns {
    most: usize,
    taken: Mutex<BTreeSet<PathBuf>>,
    given_back: Condvar,
}

/// One's turn; over when this goes.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    work: PathBuf,
}

impl Turns {
    /// So many at once.
    pub(super) const fn new(most: usize) -> Self {
        Self { most, taken: Mutex::new(BTreeSet::new()), given_back: Condvar::new() }
    }

    /// Waits until there is a turn, and nobody does the same work.
    pub(super) fn wait(&self, work: &Path) -> Turn<'_> {
        let hindered = |taken: &mut BTreeSet<PathBuf>| taken.len() >= self.most || taken.contains(work);
        let taken = self.given_back.wait_while(self.lock(), hindered);
        taken.unwrap_or_else(PoisonError::into_inner).insert(work.to_owned());
        Turn { turns: self, work: work.to_owned() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.work);
        self.turns.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn others_go_on_while_one_takes_long_and_the_same_work_waits_for_it() {
        static TURNS: Turns = Turns::new(2);
        let long = TURNS.wait(Path::new("a"));
        drop(TURNS.wait(Path::new("b")));
        let (sender, receiver) = mpsc::channel();
        let same = thread::spawn(move || {
            drop(TURNS.wait(Path::new("a")));
            sender.send(()).unwrap();
        });
        assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "it is being done");
        drop(long);
        receiver.recv_timeout(Duration::from_secs(5)).unwrap();
        same.join().unwrap();
    }
}
