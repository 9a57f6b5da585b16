//! What a person does to the answers, and what was done before.

use form_document::history::entries;
use form_document::{Committed, Undone as DocumentUndone};
use form_model::command::{Acknowledged, Edit, Event, HistoryEntry, ReadHistory, Undone};
use form_model::definition::AnswerKind;
use form_model::delta::Delta;
use form_model::error::UserError;
use form_model::id::ApplicationId;

use super::{Workspace, not_saved, rights, unusable};
use crate::fill::Values;
use crate::session::{keep, recalled};

impl Workspace {
    /// Makes an edit. When this returns, the edit is on the disk.
    ///
    /// # Errors
    /// When the form or the text does not allow the edit, or [`form_model::error::ErrorCode::NotSaved`]: either way nothing
    /// has changed.
    pub fn edit(&mut self, id: &ApplicationId, edit: &Edit) -> Result<Acknowledged, UserError> {
        let now = (self.surroundings.now_ms)();
        let language = self.language();
        let session = self.session(id)?;
        rights::check(session, language, rights::targets(edit))?;
        let edited = session.edit(edit, now)?;
        self.keep(id, edited.committed.as_ref(), now)?;
        let session = self.session(id)?;
        let answers = match edit {
            Edit::Set { values } => values.iter().map(|(answer, _)| session.state(answer)).collect(),
            Edit::Splice { .. } => Vec::new(),
        };
        Ok(Acknowledged {
            revision: session.acknowledge(&edited),
            saved_ms: session.newest.1,
            answers,
            undo: session.undo_state(),
            kept_apart: None,
        })
    }

    /// [`Self::edit`] for a view that shows what is being typed: a right that was taken meanwhile must not take the
    /// words with it. They are kept among the refused work, and the answer tells so.
    ///
    /// # Errors
    /// As [`Self::edit`], but for rights.
    pub fn edit_or_keep_apart(&mut self, id: &ApplicationId, edit: &Edit) -> Result<Acknowledged, UserError> {
        match self.edit(id, edit) {
            Err(error) if rights::is_lack(&error) => self.keep_apart(id, edit, &error),
            edited => edited,
        }
    }

    /// Stores answers of any kind, prose as a whole: one change for all values, one for each text.
    ///
    /// # Errors
    /// As [`Self::edit`]; texts before the faulty one are kept then, values all or none.
    pub fn fill(&mut self, id: &ApplicationId, values: Values) -> Result<(), UserError> {
        let definition = self.session(id)?.definition.clone();
        let (texts, values): (Vec<_>, Vec<_>) = values
            .into_iter()
            .partition(|(answer, _)| definition.answer_kind(answer) == Some(AnswerKind::Prose));
        self.edit(id, &Edit::Set { values })?;
        for (answer, value) in texts {
            let after = form_model::input::clean(value.as_ref().map_or("", |value| value.as_text()));
            let session = self.session(id)?;
            let delta = Delta::between(session.document().text(&answer).unwrap_or_default(), &after);
            let base = session.state(&answer).revision;
            self.edit(id, &Edit::Splice { answer, base, delta })?;
        }
        Ok(())
    }

    /// Takes back this desk's last step that still stands.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::UndoOvertaken`], or [`form_model::error::ErrorCode::NotSaved`].
    pub fn undo(&mut self, id: &ApplicationId) -> Result<(Undone, Vec<Event>), UserError> {
        let now = (self.surroundings.now_ms)();
        let step = self.session(id)?.document_mut().undo(now)?;
        self.undone(id, step, now)
    }

    /// Makes the step again that was undone last.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, id: &ApplicationId) -> Result<(Undone, Vec<Event>), UserError> {
        let now = (self.surroundings.now_ms)();
        let step = self.session(id)?.document_mut().redo(now)?;
        self.undone(id, step, now)
    }

    fn undone(
        &mut self,
        id: &ApplicationId,
        step: Option<DocumentUndone>,
        now: i64,
    ) -> Result<(Undone, Vec<Event>), UserError> {
        let language = self.language();
        let answers = step.iter().flat_map(|step| &step.committed.answers);
        if let Err(error) = rights::check(self.session(id)?, language, answers) {
            // The step was made in memory; what is kept goes on.
            self.reload(id)?;
            return Err(error);
        }
        self.keep(id, step.as_ref().map(|step| &step.committed), now)?;
        let session = self.session(id)?;
        let answer = step.as_ref().and_then(|step| step.committed.answers.first().cloned());
        let events = step.map_or_else(Vec::new, |step| {
            let patched = answer.clone().zip(step.delta).into_iter().collect();
            session.events(patched, &step.committed.answers)
        });
        let undone = Undone { answer, saved_ms: session.newest.1, undo: session.undo_state() };
        Ok((undone, events))
    }

    /// The history of one answer or of all, the newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn history(&mut self, request: &ReadHistory) -> Result<Vec<HistoryEntry>, UserError> {
        let key = self.session(&request.application)?.key;
        let about = request.answer.as_ref().map(|answer| format!("\"answer\":\"{answer}\""));
        let kept = self.store.history(key, about.as_deref()).map_err(|error| unusable(&self.home, &error))?;
        let mut rows = recalled(&kept);
        rows.retain(|row| request.answer.as_ref().is_none_or(|answer| row.answer == *answer));
        let session = self.session(&request.application)?;
        let named = entries(&rows).into_iter().rev().map(|entry| {
            let stamp = session.stamp(&entry.author, entry.time_ms);
            entry.stamped(stamp)
        });
        Ok(named.collect())
    }

    /// Makes a change durable. On failure the document goes back to what is kept.
    pub(super) fn keep(
        &mut self,
        id: &ApplicationId,
        committed: Option<&Committed>,
        saved_ms: i64,
    ) -> Result<(), UserError> {
        let Some(committed) = committed else { return Ok(()) };
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        let number = session.newest.0 + 1;
        let kept = self
            .store
            .write(|write| keep(write, session.key, number, &committed.bytes, &committed.history, saved_ms));
        if let Err(error) = kept {
            self.reload(id)?;
            return Err(not_saved(&error));
        }
        session.newest = (number, saved_ms);
        if let Some(wake) = self.wakes.get(id) {
            wake.changed.notify_one();
        }
        Ok(())
    }

    pub(super) fn reload(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let row = match self.row(id) {
            Ok(row) => row,
            Err(error) => {
                self.sessions.remove(id);
                return Err(error);
            }
        };
        // Taken out first: one that cannot be read again must not go on ahead of the disk.
        let Some(mut session) = self.sessions.remove(id) else { return Ok(()) };
        let actor = session.document().actor().clone();
        session.reload(&self.store, &row.genesis, &actor)?;
        self.sessions.insert(id.clone(), session);
        Ok(())
    }
}
