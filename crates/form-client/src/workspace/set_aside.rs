//! Work that was refused, this desk's own and what hung on it of colleagues': kept, shown, and offered to those who
//! may write it.

use std::collections::BTreeSet;

use form_document::comment::Comment;
use form_document::key::PublicKey;
use form_document::log::Reason;
use form_document::{ActorId, Committed};
use form_model::command::{Acknowledged, Edit, Event, SetAside, SetAsideRequest};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::member::AgencyId;
use form_store::application::ApplicationKey;
use form_store::follow::RefusedRow;
use form_store::replica::ReplicaRow;
use form_store::{Store, StoreError};

use super::adopt::Made;
use super::missed::{self, Missed};
use super::{Workspace, not_saved, own_claim, rights, unusable};
use crate::cause::because;
use crate::session::stored;

impl Workspace {
    /// What was refused and not put away yet, after putting something away.
    ///
    /// # Errors
    /// When the database can't be read or written; [`form_model::error::ErrorCode::NotMember`] when it is to be
    /// proposed by one who only looks on.
    pub fn set_aside(&mut self, request: &SetAsideRequest) -> Result<Vec<SetAside>, UserError> {
        Ok(self.put_away(request)?.0)
    }

    /// [`Self::set_aside`] for a view: also what it would hear of an answer that was written again.
    ///
    /// # Errors
    /// As [`Self::set_aside`]; when it is to be written again and may not be.
    pub fn put_away(&mut self, request: &SetAsideRequest) -> Result<(Vec<SetAside>, Vec<Event>), UserError> {
        let id = &request.application;
        let events = match &request.dismiss {
            Some(change) => self.dismiss(id, change, request)?,
            None => Vec::new(),
        };
        let language = self.language();
        let rows = self.refused_rows(id)?;
        let session = self.session(id)?;
        let left = session.missed(&rows).iter().map(|missed| session.shown(missed, language)).collect();
        Ok((left, events))
    }

    /// Keeps what may not be written among the refused work. It is made in memory for that, by an actor that this desk
    /// then leaves: no later operation has the name of one of these.
    pub(super) fn keep_apart(
        &mut self,
        id: &ApplicationId,
        edit: &Edit,
        refused: &UserError,
    ) -> Result<Acknowledged, UserError> {
        let now = (self.surroundings.now_ms)();
        let fresh = self.fresh_replica(id, now)?;
        let session = self.session(id)?;
        if let Some(committed) = session.edit(edit, now)?.committed {
            let (key, device) = (session.key, session.device);
            let row = kept_apart_row(&committed, refused.code);
            let kept = row.and_then(|row| {
                store_apart(&mut self.store, key, &row, &fresh, device)?;
                self.store.replicas(key)
            });
            let application = self.row(id)?;
            // Taken out first: one that cannot be read again must not go on ahead of the disk.
            let Some(mut session) = self.sessions.remove(id) else { return Err(refused.clone()) };
            let actor =
                if kept.is_ok() { ActorId::from(fresh.actor) } else { session.document().actor().clone() };
            session.reload(&self.store, &application.genesis, &actor)?;
            let kept = kept.map(|replicas| session.replicas = replicas);
            self.sessions.insert(id.clone(), session);
            kept.map_err(|error| not_saved(&error))?;
        }
        let session = self.session(id)?;
        let answers: Vec<_> = rights::targets(edit).into_iter().map(|answer| session.state(answer)).collect();
        Ok(Acknowledged {
            revision: answers.first().map_or(0, |state| state.revision),
            saved_ms: session.newest.1,
            answers,
            undo: session.undo_state(),
            kept_apart: Some(told(refused)),
        })
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

    /// Puts refused work away, and with it says it as comments or writes it again when the person wishes so: both or
    /// neither.
    fn dismiss(
        &mut self,
        id: &ApplicationId,
        name: &str,
        request: &SetAsideRequest,
    ) -> Result<Vec<Event>, UserError> {
        let now = (self.surroundings.now_ms)();
        let rows = self.refused_rows(id)?;
        let session = self.session(id)?;
        let missed = session.missed(&rows);
        let Some(missed) = missed.into_iter().find(|missed| missed.name() == name) else {
            return Ok(Vec::new());
        };
        let mut made = Made::default();
        if request.propose {
            let language = self.language();
            for comment in self.proposals(id, &missed, language)? {
                let said = self.session(id)?.document_mut().comment(&comment, now);
                made.committed.extend(self.or_reload(id, said)?.map(|(_, committed)| committed));
            }
        }
        if request.adopt {
            let adopted = self.adopt(id, &missed, now);
            made.add(self.or_reload(id, adopted)?);
        }
        let Some(session) = self.sessions.get_mut(id) else { return Ok(Vec::new()) };
        let (key, before) = (session.key, session.newest.0);
        let kept = self.store.write(|write| {
            let number = made.keep(write, key, before, now)?;
            for (hash, left) in missed.put_away(&rows)? {
                write.dismiss_refused(key, hash, &left)?;
            }
            Ok(number)
        });
        match kept {
            Ok(number) => {
                if number > before {
                    session.newest = (number, now);
                    self.wake(id).changed.notify_one();
                }
                Ok(self.session(id)?.events(made.written.patched, &made.changed))
            }
            Err(error) => {
                let error: StoreError = error;
                self.reload(id)?;
                Err(not_saved(&error))
            }
        }
    }

    /// What was made in memory alone must not go on ahead of the disk.
    fn or_reload<T, E: Into<UserError>>(
        &mut self,
        id: &ApplicationId,
        made: Result<T, E>,
    ) -> Result<T, UserError> {
        match made {
            Ok(made) => Ok(made),
            Err(error) => {
                self.reload(id)?;
                Err(error.into())
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

/// What was typed, as refused work.
fn kept_apart_row(committed: &Committed, code: ErrorCode) -> Result<RefusedRow, StoreError> {
    let reason = match code {
        ErrorCode::NotMember => Reason::Revoked,
        ErrorCode::Closed => Reason::Held,
        _ => Reason::NotGranted,
    };
    Ok(RefusedRow {
        hash: committed.hash.0.to_vec(),
        reason: reason.number(),
        raw: committed.bytes.clone(),
        history: stored(&committed.history)?.rows,
        in_log: false,
    })
}

/// Keeps it, and the actor that this desk goes on as: both or neither.
fn store_apart(
    store: &mut Store,
    key: ApplicationKey,
    row: &RefusedRow,
    fresh: &ReplicaRow,
    device: PublicKey,
) -> Result<(), StoreError> {
    store.write(|write| {
        write.put_refused(key, row)?;
        write.put_replica(key, fresh)?;
        write.put_claim(key, &fresh.actor, &own_claim(device, fresh))
    })
}

/// What the person is told of it.
fn told(refused: &UserError) -> UserError {
    let cause = |language: Language| {
        let details = refused.details_in(language);
        let detail = |name: &str| details.get(name).copied().unwrap_or_default().to_owned();
        let (answer, owner) = (detail("answer"), detail("owner"));
        match (refused.code, language) {
            (ErrorCode::NotMember, Language::Chinese) => "本机已没有这份申报的填写权限".to_owned(),
            (ErrorCode::NotMember, Language::English) => {
                "This device has no rights in this application any more".to_owned()
            }
            (ErrorCode::LooksOn, Language::Chinese) => "您的单位在这份申报中现在只看，不填写".to_owned(),
            (ErrorCode::LooksOn, Language::English) => {
                "Your agency looks on in this application now".to_owned()
            }
            (ErrorCode::Closed, Language::Chinese) => "这一稿已经定稿".to_owned(),
            (ErrorCode::Closed, Language::English) => "This revision is final".to_owned(),
            (_, Language::Chinese) => format!("“{answer}”现由{owner}填写"),
            (_, Language::English) => format!("“{answer}” is filled in by {owner} now"),
        }
    };
    because(UserError::new(ErrorCode::KeptApart), &(cause(Language::Chinese), cause(Language::English)))
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
        Reason::Held => language.pick(
            "这一稿已经定稿；这处修改留存着，退回修改后可以再次填入",
            "the revision was final; the change is kept, and can be written again once it is returned",
        ),
    }
}
