//! The table of enterprises that the page looks at: it gets a number, a part of the rows and the sums, never the file.

use std::sync::{Arc, Mutex, PoisonError};

use form_client::directory::Directory;
use form_client::evidence::Prepared;
use form_model::error::{ErrorCode, UserError};

/// The one that is looked at; another one takes its place. A large table is a hundred megabytes.
#[derive(Debug, Default)]
pub struct Table(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    next: u32,
    opened: Option<Arc<Opened>>,
}

/// A table, and the slot for which it was opened.
#[derive(Debug)]
pub struct Opened {
    pub number: u32,
    pub slot: String,
    /// Its file, the bytes of which are kept.
    pub file: Prepared,
    pub directory: Directory,
}

impl Table {
    /// Holds a table in the place of any other.
    pub fn hold(&self, slot: String, file: Prepared, directory: Directory) -> Arc<Opened> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = Arc::new(Opened { number: held.next, slot, file, directory });
        held.next = held.next.wrapping_add(1);
        held.opened = Some(opened.clone());
        opened
    }

    /// The table of that number.
    ///
    /// # Errors
    /// [`ErrorCode::TableGone`] when another one was opened since.
    pub fn of(&self, number: u32) -> Result<Arc<Opened>, UserError> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = held.opened.clone().filter(|opened| opened.number == number);
        opened.ok_or_else(|| UserError::new(ErrorCode::TableGone))
    }

    /// Lets the table of that number go.
    pub fn drop_of(&self, number: u32) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.opened.take_if(|opened| opened.number == number);
    }
}
