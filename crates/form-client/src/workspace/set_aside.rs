//! Work that was refused, this desk's own and what hung on it of colleagues': kept, shown, and offered to those who
//! may write it.

use std::collections::BTreeSet;

use form_document::comment::Comment;
use form_document::log::Reason;
use form_model::command::{SetAside, SetAsideRequest};
use form_model::error::UserError;
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::member::AgencyId;
use form_store::StoreError;
use form_store::follow::RefusedRow;

use super::missed::{self, Missed};
use super::{Workspace, not_saved, rights, unusable};
use crate::session::keep;

impl Workspace {
    /// What was refused and not put away yet, after putting something away.
    ///
    /// # Errors
    /// When the database can't be read or written; [`form_model::error::ErrorCode::NotMember`] when it is to be
    /// proposed by one who only looks on.
    pub fn set_aside(&mut self, request: &SetAsideRequest) -> Result<Vec<SetAside>, UserError> {
        let id = &request.application;
        if let Some(change) = &request.dismiss {
            self.dismiss(id, change, request.propose)?;
        }
        let language = self.settings().language;
        let rows = self.refused_rows(id)?;
        let session = self.session(id)?;
        Ok(session.missed(&rows).iter().map(|missed| session.shown(missed, language)).collect())
    }

    /// How many pieces of refused work a person has not put away yet.
    pub(super) fn set_aside_count(&mut self, id: &ApplicationId) -> Result<u32, UserError> {
        let rows = self.refused_rows(id)?;
        let missed = self.session(id)?.missed(&rows).len();
        Ok(u32::try_from(missed).unwrap_or(u32::MAX))
    }

    fn refused_rows(&mut self, id: &ApplicationId) -> Result<Vec<RefusedRow>, UserError> {
        let key = self.session(id)?.key;
        self.store.set_aside(key).map_err(|error| unusable(&self.home, &error))
    }

    /// Puts refused work away, and with it says it as comments when the person wishes so: both or neither.
    fn dismiss(&mut self, id: &ApplicationId, name: &str, propose: bool) -> Result<(), UserError> {
        let now = (self.surroundings.now_ms)();
        let language = self.settings().language;
        let rows = self.refused_rows(id)?;
        let session = self.session(id)?;
        let missed = session.missed(&rows);
        let Some(missed) = missed.into_iter().find(|missed| missed.name() == name) else { return Ok(()) };
        let comments = if propose { self.proposals(id, &missed, language)? } else { Vec::new() };
        let mut said = Vec::new();
        for comment in &comments {
            match self.session(id)?.document_mut().comment(comment, now) {
                Ok(committed) => said.extend(committed.map(|(_, committed)| committed)),
                Err(error) => {
                    self.reload(id)?;
                    return Err(error.into());
                }
            }
        }
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        let (key, before) = (session.key, session.newest.0);
        let kept = self.store.write(|write| {
            let mut number = before;
            for committed in &said {
                number += 1;
                keep(write, key, number, &committed.bytes, &committed.history, now)?;
            }
            for (hash, left) in missed.put_away(&rows)? {
                write.dismiss_refused(key, hash, &left)?;
            }
            Ok(number)
        });
        match kept {
            Ok(number) if number > before => {
                session.newest = (number, now);
                self.wake(id).changed.notify_one();
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => {
                let error: StoreError = error;
                self.reload(id)?;
                Err(not_saved(&error))
            }
        }
    }

    /// Refused work as comments to who fills that part.
    fn proposals(
        &mut self,
        id: &ApplicationId,
        missed: &Missed,
        language: Language,
    ) -> Result<Vec<Comment>, UserError> {
        let session = self.session(id)?;
        rights::check_comment(session)?;
        let shown = session.shown(missed, language);
        let texts = missed::proposal(&session.definition, &shown, language);
        // A colleague's work is the lead's to place: its own desk may be lost.
        let leads = session.ledger.chain().newest().leads().map(|(id, _)| id);
        let leads = leads.filter(|_| shown.author.is_some());
        let to: BTreeSet<AgencyId> = shown.owner.iter().chain(leads).cloned().collect();
        let comment = |text| Comment {
            on: Some(shown.answer.clone()),
            to: to.iter().cloned().collect(),
            text,
            reply_to: None,
        };
        Ok(texts.into_iter().map(comment).collect())
    }
}

/// Why a change is refused, to its author or to whoever brings it.
pub(super) fn sentence(reason: Reason, language: Language) -> &'static str {
    match reason {
        Reason::Malformed => language.pick("这处修改的内容不合规范", "the change is malformed"),
        Reason::NotGranted => {
            language.pick("这一栏现在不由您的单位填写", "the field is not your agency's to fill in")
        }
        Reason::Reassigned => language.pick(
            "这一栏已改由其他单位填写，补交期已过",
            "the field was given to another agency, and the time to hand in was over",
        ),
        Reason::Revoked => language.pick("这台设备的权限已被撤销", "this device had been revoked"),
        Reason::BuildsOnRefused => {
            language.pick("它接在一处被拒收的修改之后", "it builds on a refused change")
        }
    }
}
