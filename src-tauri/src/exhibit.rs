//! What a person has at hand to be checked: the page gets its name, never its path.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use form_client::verification::Looking;
use form_model::command::Exhibit;

/// The one that lies at hand; another one takes its place.
#[derive(Debug, Default)]
pub struct ExhibitHeld(Mutex<Option<Held>>);

#[derive(Debug)]
struct Held {
    path: PathBuf,
    /// The check that is under way, or was the last one.
    looking: Arc<Looking>,
}

impl ExhibitHeld {
    /// Takes something to hand. A check of what lay there before ends.
    pub fn hold(&self, path: PathBuf) {
        self.leave();
        *self.lock() = Some(Held { path, looking: Arc::default() });
    }

    /// Begins a check of what lies at hand, and ends one that is under way.
    pub fn begin(&self) -> Option<(PathBuf, Arc<Looking>)> {
        let mut held = self.lock();
        let held = held.as_mut()?;
        held.looking.end();
        held.looking = Arc::default();
        Some((held.path.clone(), Arc::clone(&held.looking)))
    }

    /// Ends the check that is under way.
    pub fn stop(&self) {
        if let Some(held) = self.lock().as_ref() {
            held.looking.end();
        }
    }

    /// Lets go of it. A check that is under way ends.
    pub fn leave(&self) {
        if let Some(held) = self.lock().take() {
            held.looking.end();
        }
    }

    /// What lies at hand, as the page knows it.
    pub fn told(&self) -> Option<Exhibit> {
        let held = self.lock();
        let held = held.as_ref()?;
        let name = held.path.file_name().unwrap_or(held.path.as_os_str()).to_string_lossy().into_owned();
        let (read, total) = held.looking.progress();
        Some(Exhibit { name, folder: held.path.is_dir(), read, total })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_ends_when_another_begins_or_its_exhibit_is_left() {
        let held = ExhibitHeld::default();
        assert!(held.begin().is_none() && held.told().is_none());
        held.hold(PathBuf::from("/a/package.zip"));
        assert_eq!(held.told().unwrap().name, "package.zip");
        let (_, first) = held.begin().unwrap();
        let (_, second) = held.begin().unwrap();
        assert!(first.is_ended() && !second.is_ended());
        held.hold(PathBuf::from("/b"));
        assert!(second.is_ended());
        let (_, third) = held.begin().unwrap();
        held.leave();
        assert!(third.is_ended() && held.told().is_none());
    }
}
