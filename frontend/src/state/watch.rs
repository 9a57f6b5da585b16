//! Who is told what changed in the open application.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use form_model::command::Imported;
use form_model::id::AnswerId;
use yew::prelude::*;

use super::desk::Desk;
use super::signing::SigningNews;
use crate::shell::Failure;

/// What changed, for components that show only a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Answers, problems or progress.
    Sheet,
    /// Only what the state line says.
    Save,
    /// Who is where: the answers that somebody entered, left or moved in.
    Presence(Rc<BTreeSet<AnswerId>>),
    /// Something was said, read or settled.
    Discussion,
    /// The text of one prose answer (and what the state line says).
    Prose(AnswerId),
    /// This answer was undone or redone and is to be shown.
    Show(AnswerId),
    /// Where files of evidence are.
    Evidence,
    /// Files were dropped on the window.
    Dropped(Dropping),
    /// Something to tell the person.
    Notice(Notice),
}

/// Files dropped on the window: the shell's number for them, what they are called, and where, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropping {
    pub tray: u32,
    pub names: Vec<String>,
    pub place: (i32, i32),
}

/// A passing message.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// Changes came in from a file.
    Imported(Imported),
    /// A file of that name was written.
    Exported(String),
    Failed(Failure),
    /// Sign-off or revisions stand differently.
    Signing(SigningNews),
}

/// Those who are told. While a pointer is down nobody draws anew: what moved away from under it would lose the
/// click.
#[derive(Default)]
pub struct Listeners {
    by_number: RefCell<BTreeMap<u32, Callback<Change>>>,
    next_number: Cell<u32>,
    pointer_down: Cell<bool>,
    redraw_due: Cell<bool>,
}

/// Ends a subscription when dropped.
pub struct Subscription {
    listeners: Rc<Listeners>,
    number: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.listeners.by_number.borrow_mut().remove(&self.number);
    }
}

impl Listeners {
    /// Calls back on every change until the subscription is dropped.
    pub fn subscribe(self: &Rc<Self>, listener: Callback<Change>) -> Subscription {
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        self.by_number.borrow_mut().insert(number, listener);
        Subscription { listeners: self.clone(), number }
    }

    /// Tells everybody. Drawing the sheet anew waits until the pointer is up; the state line never waits.
    pub fn tell(&self, change: &Change) {
        let waits = *change == Change::Sheet && self.pointer_down.get();
        if waits {
            self.redraw_due.set(true);
        }
        let change = if waits { &Change::Save } else { change };
        let listeners: Vec<_> = self.by_number.borrow().values().cloned().collect();
        listeners.iter().for_each(|listener| listener.emit(change.clone()));
    }

    /// A pointer went down, or is up again.
    pub fn set_pointer_down(&self, down: bool) {
        self.pointer_down.set(down);
        if !down && self.redraw_due.take() {
            self.tell(&Change::Sheet);
        }
    }
}

/// Renders the component again on each change that `wanted` names.
#[hook]
pub fn use_changes(desk: &Desk, wanted: impl Fn(&Change) -> bool + 'static) {
    let update = use_force_update();
    use_listener(desk, move |change| {
        if wanted(&change) {
            update.force_update();
        }
    });
}

/// Counts the changes that `wanted` names, rendering the component again on each.
#[hook]
pub fn use_version(desk: &Desk, wanted: fn(&Change) -> bool) -> u32 {
    let version = use_mut_ref(|| 0_u32);
    let update = use_force_update();
    let counter = version.clone();
    use_listener(desk, move |change| {
        if wanted(&change) {
            *counter.borrow_mut() += 1;
            update.force_update();
        }
    });
    *version.borrow()
}

/// Calls back on each change.
#[hook]
pub fn use_listener(desk: &Desk, listener: impl Fn(Change) + 'static) {
    use_effect_with(desk.clone(), move |desk| {
        let subscription = desk.listeners().subscribe(Callback::from(listener));
        move || drop(subscription)
    });
}
