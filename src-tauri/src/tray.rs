//! Files dropped on the window wait here until the page says what for: it gets their names and a number, never a path.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many drops wait at the same time; the oldest goes. A person drops one at a time.
const DROPS_MAX: usize = 8;

/// What was dropped.
#[derive(Debug, Default)]
pub struct Tray(Mutex<Drops>);

#[derive(Debug, Default)]
struct Drops {
    next: u32,
    waiting: BTreeMap<u32, Vec<PathBuf>>,
}

impl Tray {
    /// Keeps what was dropped under a number.
    pub fn put(&self, files: Vec<PathBuf>) -> u32 {
        let mut drops = self.lock();
        let number = drops.next;
        drops.next = number.wrapping_add(1);
        drops.waiting.insert(number, files);
        while drops.waiting.len() > DROPS_MAX {
            drops.waiting.pop_first();
        }
        number
    }

    /// Takes what lies under a number; nothing the second time.
    pub fn take(&self, number: u32) -> Vec<PathBuf> {
        self.lock().waiting.remove(&number).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Drops> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dropped_is_taken_once_and_old_drops_go() {
        let tray = Tray::default();
        let first = tray.put(vec![PathBuf::from("a")]);
        assert_eq!(tray.take(first), [PathBuf::from("a")]);
        assert_eq!(tray.take(first), Vec::<PathBuf>::new());
        let old = tray.put(vec![PathBuf::from("b")]);
        for _ in 0..DROPS_MAX {
            tray.put(Vec::new());
        }
        assert_eq!(tray.take(old), Vec::<PathBuf>::new());
    }
}
