//! The open application, kept in step with the shell: sends what is entered, takes in what comes, tells the
//! components what changed.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::{Rc, Weak};

use form_model::answer::AnswerValue;
use form_model::command::{
    self, Acknowledged, Edit, EditApplication, Event, EvidenceAct, ExportApplication, ExportFormat,
    HistoryEntry, OpenedApplication, ReadHistory, Undone,
};
use form_model::definition::Field;
use form_model::delta::Delta;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;

use super::presence;
use super::sheet::{SaveState, Sheet, Values};
use super::team::Whereabouts;
use super::watch::{Change, Dropping, Listeners, Notice};
use crate::shell::{self, Failure};

/// How long typing into a value pauses before it is stored. Short, so that little is ever unacknowledged; long
/// enough that a number is not stored digit by digit.
const COMMIT_PAUSE_MS: u32 = 600;

/// How often leaving and signing look whether everything is stored.
const LEAVE_PAUSE_MS: u32 = 20;

/// How long after the last change of a long text the form is checked again.
const CHECK_PAUSE_MS: u32 = 400;

/// A step back or forth that waits until everything typed is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Undo,
    Redo,
}

/// A handle on the open application. Handles are equal when they are on the same opening.
#[derive(Clone)]
pub struct Desk(Rc<Inner>);

struct Inner {
    sheet: RefCell<Sheet>,
    listeners: Rc<Listeners>,
    commit_timer: RefCell<Option<Timeout>>,
    check_timer: RefCell<Option<Timeout>>,
    signing_timer: RefCell<Option<Timeout>>,
    wanted: Cell<Option<Step>>,
    whereabouts: Whereabouts,
    /// Keeps the event channel's receiving end as long as the application is open.
    _events: Closure<dyn FnMut(String)>,
}

impl PartialEq for Desk {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Desk {
    /// Opens an application.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn open(id: &ApplicationId) -> Result<Self, Failure> {
        // Events may come before the answer; the closure must not keep the desk that keeps it.
        let early: Rc<RefCell<(Weak<Inner>, Vec<Event>)>> = Rc::default();
        let events = Closure::new({
            let early = early.clone();
            move |json: String| {
                let Ok(event) = serde_json::from_str::<Event>(&json) else { return };
                let desk = early.borrow().0.upgrade();
                match desk {
                    Some(inner) => Self(inner).hear(event),
                    None => early.borrow_mut().1.push(event),
                }
            }
        });
        let opened: OpenedApplication =
            shell::call(command::name::OPEN_APPLICATION, &shell::About { id }, Some(&events)).await?;
        let desk = Self(Rc::new(Inner {
            sheet: RefCell::new(Sheet::new(opened)),
            listeners: Rc::default(),
            commit_timer: RefCell::new(None),
            check_timer: RefCell::new(None),
            signing_timer: RefCell::new(None),
            wanted: Cell::new(None),
            whereabouts: Whereabouts::default(),
            _events: events,
        }));
        early.borrow_mut().0 = Rc::downgrade(&desk.0);
        let heard = std::mem::take(&mut early.borrow_mut().1);
        heard.into_iter().for_each(|event| desk.hear(event));
        desk.read_discussion();
        desk.read_signing_soon();
        desk.evidence_now(EvidenceAct::Read);
        Ok(desk)
    }

    /// The application, to be changed by this module's neighbours.
    pub(super) fn sheet_mut(&self) -> RefMut<'_, Sheet> {
        self.0.sheet.borrow_mut()
    }

    /// What was last said about where this person is.
    pub(super) fn whereabouts(&self) -> &Whereabouts {
        &self.0.whereabouts
    }

    /// Says that a pasted text was too long to be put in.
    pub fn refuse_length(&self, name: &str, length: usize, limit: usize) {
        let error = UserError::new(ErrorCode::TooLong)
            .with("answer", name)
            .with("length", length)
            .with("limit", limit);
        self.tell(&Change::Notice(Notice::Failed(Failure::Told(error))));
    }

    /// Leaves the application: stores what was typed, tells the shell, then calls back. Stays while something could
    /// not be stored.
    pub fn close(&self, closed: impl FnOnce() + 'static) {
        self.commit_all();
        let id = self.0.sheet.borrow().application.clone();
        let desk = self.clone();
        spawn_local(async move {
            if let Err(failure) = desk.all_stored().await {
                // Leaving would throw away what could not be stored.
                desk.tell(&Change::Notice(Notice::Failed(failure)));
                return;
            }
            let left: Result<(), Failure> =
                shell::call(command::name::CLOSE_APPLICATION, &shell::About { id: &id }, None).await;
            match left {
                Ok(()) => closed(),
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    /// Waits until everything that was typed is stored.
    ///
    /// # Errors
    /// Why something could not be stored.
    pub(super) async fn all_stored(&self) -> Result<(), Failure> {
        while self.0.sheet.borrow().save_state() == SaveState::Saving {
            TimeoutFuture::new(LEAVE_PAUSE_MS).await;
        }
        let refusal = self.0.sheet.borrow().first_refusal().map(|(_, failure)| failure.clone());
        refusal.map_or(Ok(()), Err)
    }

    /// Keeps the timer after which sign-off is read, in place of an earlier one.
    pub(super) fn keep_signing_timer(&self, timer: Timeout) {
        self.0.signing_timer.replace(Some(timer));
    }

    /// Tells one opening from another.
    pub fn opening(&self) -> String {
        format!("{:p}", Rc::as_ptr(&self.0))
    }

    /// The application as it stands.
    pub fn sheet(&self) -> Ref<'_, Sheet> {
        self.0.sheet.borrow()
    }

    /// Those who are told of every change.
    pub fn listeners(&self) -> &Rc<Listeners> {
        &self.0.listeners
    }

    /// Remembers typed text; it is committed after a pause. Also where the right to write has just been taken, while
    /// an input method was composing: the engine keeps such words apart.
    pub fn draft(&self, answer: &AnswerId, text: String) {
        self.0.sheet.borrow_mut().draft(answer, text);
        let desk = self.clone();
        let timer = Timeout::new(COMMIT_PAUSE_MS, move || desk.commit_all());
        self.0.commit_timer.replace(Some(timer));
        self.tell(&Change::Save);
    }

    /// A composition begins (true) in a value, or has ended (false).
    pub fn compose(&self, answer: &AnswerId, begins: bool) {
        self.0.sheet.borrow_mut().composing = begins.then(|| answer.clone());
    }

    /// Stores what was typed into a value, now.
    pub fn commit(&self, answer: &AnswerId) {
        if !self.0.sheet.borrow().is_draft(answer) {
            return;
        }
        self.0.sheet.borrow_mut().commit(answer);
        self.send_values();
        self.tell(&Change::Sheet);
    }

    /// The person has left a control: stores what was typed and lets its problems be shown.
    pub fn leave(&self, answer: &AnswerId) {
        self.commit(answer);
        let mut sheet = self.0.sheet.borrow_mut();
        if sheet.typing.as_ref() == Some(answer) {
            sheet.typing = None;
            drop(sheet);
            self.tell(&Change::Sheet);
        }
    }

    /// Stores everything typed, now.
    pub fn commit_all(&self) {
        let drafted = self.0.sheet.borrow().drafted();
        drafted.iter().for_each(|answer| self.commit(answer));
    }

    /// Stores values as one step. What is not this desk's to write is left out: no control offers it.
    pub fn set(&self, mut values: Values) {
        values.retain(|(answer, _)| self.0.sheet.borrow().may_write(answer));
        if values.is_empty() {
            return;
        }
        self.0.sheet.borrow_mut().set(values);
        self.send_values();
        self.tell(&Change::Sheet);
    }

    /// Stores one value.
    pub fn set_one(&self, answer: AnswerId, value: Option<AnswerValue>) {
        self.set(vec![(answer, value)]);
    }

    /// The text box of a prose answer now reads `text`. As for [`Self::draft`], whoever may write it.
    pub fn type_prose(&self, answer: &AnswerId, text: &str) {
        let typed = self.keeping_carets(answer, |prose| prose.typed(text));
        match typed {
            Some(Ok(true)) => {
                self.0.sheet.borrow_mut().typing = Some(answer.clone());
                self.prose_moved(answer);
            }
            Some(Ok(false)) | None => {}
            Some(Err(cause)) => self.fall_out_of_step(&cause.to_string()),
        }
    }

    /// An input-method composition begins in a prose answer.
    pub fn hold(&self, answer: &AnswerId) {
        self.with_prose(answer, super::prose::Prose::hold);
    }

    /// The composition has ended.
    pub fn release(&self, answer: &AnswerId) {
        if let Some(Err(cause)) = self.with_prose(answer, super::prose::Prose::release) {
            self.fall_out_of_step(&cause.to_string());
        }
        self.prose_moved(answer);
    }

    /// The patches of a prose answer that its text box does not show yet.
    pub fn take_unshown(&self, answer: &AnswerId) -> Vec<Delta> {
        self.with_prose(answer, super::prose::Prose::take_unshown).unwrap_or_default()
    }

    /// Sends once more what could not be stored.
    pub fn retry(&self) {
        self.0.sheet.borrow_mut().retry();
        self.send_values();
        let prose: Vec<_> = self.prose_answers();
        prose.iter().for_each(|answer| self.send_splice(answer));
        self.tell(&Change::Sheet);
    }

    /// Shows blank required answers as problems from now on.
    pub fn show_blanks(&self) {
        self.0.sheet.borrow_mut().blanks_shown = true;
        self.tell(&Change::Sheet);
    }

    /// Undoes this desk's last step.
    pub fn undo(&self) {
        self.step(Step::Undo);
    }

    /// Takes the last undoing back.
    pub fn redo(&self) {
        self.step(Step::Redo);
    }

    /// The changes of some answers of one field, in the shell's order.
    ///
    /// # Errors
    /// What the shell says.
    pub async fn history(&self, answers: &[AnswerId]) -> Result<Vec<HistoryEntry>, Failure> {
        let application = self.0.sheet.borrow().application.clone();
        let only = match answers {
            [answer] => Some(answer.clone()),
            _ => None,
        };
        let read = ReadHistory { application, answer: only };
        let mut entries: Vec<HistoryEntry> = shell::request(command::name::HISTORY, &read).await?;
        entries.retain(|entry| answers.contains(&entry.answer));
        Ok(entries)
    }

    /// Writes the application to a file that the person chooses.
    pub fn export(&self, format: ExportFormat) {
        self.commit_all();
        let desk = self.clone();
        let application = self.0.sheet.borrow().application.clone();
        spawn_local(async move {
            let export = ExportApplication { application, format };
            match shell::request::<_, Option<String>>(command::name::EXPORT_APPLICATION, &export).await {
                Ok(Some(file)) => desk.tell(&Change::Notice(Notice::Exported(file))),
                Ok(None) => {}
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    /// Tells the person why something was not done.
    pub fn tell_failure(&self, failure: Failure) {
        self.tell(&Change::Notice(Notice::Failed(failure)));
    }

    pub(super) fn tell(&self, change: &Change) {
        self.0.listeners.tell(change);
    }

    fn with_prose<T>(&self, answer: &AnswerId, act: impl FnOnce(&mut super::prose::Prose) -> T) -> Option<T> {
        self.0.sheet.borrow_mut().prose_mut(answer).map(act)
    }

    /// Changes a prose text; colleagues' carets in it stay where they were in the text.
    fn keeping_carets<T>(
        &self,
        answer: &AnswerId,
        act: impl FnOnce(&mut super::prose::Prose) -> T,
    ) -> Option<T> {
        let mut sheet = self.0.sheet.borrow_mut();
        let here = sheet.present.iter().any(|person| person.answer.as_ref() == Some(answer));
        let before = here.then(|| sheet.prose(answer).map(|prose| prose.text().to_owned())).flatten();
        let done = sheet.prose_mut(answer).map(act);
        if let (Some(before), Some(after)) =
            (before, sheet.prose(answer).map(|prose| prose.text().to_owned()))
        {
            let delta = Delta::between(&before, &after);
            presence::shift_carets(&mut sheet.present, answer, &delta);
        }
        done
    }

    fn prose_answers(&self) -> Vec<AnswerId> {
        let sheet = self.0.sheet.borrow();
        let ids = sheet.definition.fields().flat_map(Field::answers);
        ids.filter(|id| sheet.prose(id).is_some()).collect()
    }

    fn prose_moved(&self, answer: &AnswerId) {
        self.send_splice(answer);
        self.0.sheet.borrow_mut().settle_prose(answer);
        let desk = self.clone();
        let timer = Timeout::new(CHECK_PAUSE_MS, move || {
            desk.0.sheet.borrow_mut().check();
            desk.tell(&Change::Sheet);
        });
        self.0.check_timer.replace(Some(timer));
        self.tell(&Change::Prose(answer.clone()));
    }

    fn send_values(&self) {
        let Some(edit) = self.0.sheet.borrow_mut().next_set() else { return };
        let desk = self.clone();
        spawn_local(async move {
            match desk.edit(edit).await {
                Ok(acknowledged) => {
                    let kept_apart = acknowledged.kept_apart.clone();
                    desk.0.sheet.borrow_mut().set_acknowledged(acknowledged);
                    desk.read_signing_soon();
                    desk.tell_kept_apart(kept_apart);
                }
                Err(failure) => desk.0.sheet.borrow_mut().set_refused(&failure),
            }
            desk.send_values();
            desk.tell(&Change::Sheet);
            desk.take_wanted_step();
        });
    }

    fn send_splice(&self, answer: &AnswerId) {
        let Some(Some((base, delta))) = self.with_prose(answer, super::prose::Prose::next_splice) else {
            return;
        };
        let (desk, answer) = (self.clone(), answer.clone());
        spawn_local(async move {
            let edit = Edit::Splice { answer: answer.clone(), base, delta };
            match desk.edit(edit).await {
                Ok(acknowledged) => {
                    desk.splice_acknowledged(&answer, &acknowledged);
                    desk.read_signing_soon();
                }
                Err(failure) => {
                    desk.with_prose(&answer, |prose| prose.refuse(failure));
                    desk.tell(&Change::Sheet);
                }
            }
            desk.take_wanted_step();
        });
    }

    fn splice_acknowledged(&self, answer: &AnswerId, acknowledged: &Acknowledged) {
        let revision = acknowledged.revision;
        let moved = match (&acknowledged.kept_apart, acknowledged.answers.first()) {
            (Some(_), Some(state)) => {
                let accepted = state.value.as_ref().map_or("", AnswerValue::as_text).to_owned();
                self.keeping_carets(answer, |prose| prose.kept_apart(accepted, revision))
            }
            _ => self.with_prose(answer, |prose| prose.acknowledged(revision)),
        };
        if let Some(Err(cause)) = moved {
            self.fall_out_of_step(&cause.to_string());
        }
        let undo_changed = {
            let mut sheet = self.0.sheet.borrow_mut();
            sheet.own_saved_at(acknowledged.saved_ms);
            std::mem::replace(&mut sheet.undo, acknowledged.undo.clone()) != acknowledged.undo
        };
        if acknowledged.kept_apart.is_some() {
            self.prose_moved(answer);
            self.tell_kept_apart(acknowledged.kept_apart.clone());
            return;
        }
        self.send_splice(answer);
        self.tell(&Change::Prose(answer.clone()));
        if undo_changed {
            self.tell(&Change::Sheet);
        }
    }

    /// Says where the words are that may not be written where they were typed.
    fn tell_kept_apart(&self, kept_apart: Option<UserError>) {
        if let Some(error) = kept_apart {
            self.tell(&Change::Notice(Notice::Failed(Failure::Told(error))));
        }
    }

    async fn edit(&self, edit: Edit) -> Result<Acknowledged, Failure> {
        let application = self.0.sheet.borrow().application.clone();
        shell::request(command::name::EDIT, &EditApplication { application, edit }).await
    }

    fn hear(&self, event: Event) {
        match event {
            Event::Patched { answer, revision, delta } => {
                let patched = self.keeping_carets(&answer, |prose| prose.patched(revision, delta));
                if let Some(Err(cause)) = patched {
                    self.fall_out_of_step(&cause.to_string());
                }
                self.prose_moved(&answer);
            }
            Event::Answered { answers } => {
                self.0.sheet.borrow_mut().take_foreign(answers);
                self.tell(&Change::Sheet);
            }
            Event::Sync { sync } => self.take_sync(sync),
            Event::Presence { present } => self.take_present(present),
            Event::Team { team } => self.take_team(team),
            Event::Discussed { unread } => self.take_unread(unread),
            Event::Signing => self.read_signing_soon(),
            Event::Reread { answers } => self.take_reread(answers),
            Event::Evidence { blobs } => self.take_blobs(blobs),
            Event::Watch { watch } => self.take_watch(watch),
            Event::Dropped { tray, names, x, y } => {
                self.tell(&Change::Dropped(Dropping { tray, names, place: (x, y) }));
            }
            Event::Imported { imported } => self.tell(&Change::Notice(Notice::Imported(imported))),
            Event::Failed { error } => self.tell(&Change::Notice(Notice::Failed(Failure::Told(error)))),
        }
    }

    fn step(&self, step: Step) {
        self.commit_all();
        self.0.wanted.set(Some(step));
        self.take_wanted_step();
    }

    /// Undo and redo wait until what was typed is stored: it is the step to be undone.
    fn take_wanted_step(&self) {
        if self.0.sheet.borrow().save_state() == SaveState::Saving {
            return;
        }
        let Some(step) = self.0.wanted.take() else { return };
        let desk = self.clone();
        let id = self.0.sheet.borrow().application.clone();
        spawn_local(async move {
            let command = match step {
                Step::Undo => command::name::UNDO,
                Step::Redo => command::name::REDO,
            };
            match shell::call::<_, Undone>(command, &shell::About { id: &id }, None).await {
                Ok(undone) => desk.undone(undone),
                Err(failure) => desk.tell(&Change::Notice(Notice::Failed(failure))),
            }
        });
    }

    fn undone(&self, undone: Undone) {
        {
            let mut sheet = self.0.sheet.borrow_mut();
            sheet.undo = undone.undo;
            sheet.own_saved_at(undone.saved_ms);
        }
        self.read_signing_soon();
        self.tell(&Change::Sheet);
        if let Some(answer) = undone.answer {
            self.tell(&Change::Show(answer));
        }
    }

    fn fall_out_of_step(&self, cause: &str) {
        self.0.sheet.borrow_mut().out_of_step = Some(Failure::Untold(cause.to_owned()));
        self.tell(&Change::Sheet);
    }
}
