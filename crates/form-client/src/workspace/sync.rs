//! Following the hub, without a network: messages in, messages out. Who carries them is another's matter.

use std::collections::{BTreeMap, BTreeSet};

use form_document::ActorId;
use form_document::key::PublicKey;
use form_document::ledger::{Followed, LogFault, Recovery, SetAside};
use form_document::roster::Hub;
use form_document::wire::{Hello, Offer, Page, Presence};
use form_model::command::{Event, Link, Present, ShowPresence, SyncState};
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_store::follow::RefusedRow;
use form_store::replica::ReplicaRow;
use form_store::snapshot::SnapshotRow;
use form_store::{StoreError, Write};

use super::{Workspace, not_saved, own_claim, unusable};
use crate::cause::because;
use crate::hub::Wake;
use crate::log_page;
use crate::proof;
use crate::session::{Session, keep_merged, stored};

/// With more segments than this of one actor, one long segment takes the place of many short ones: a joiner then
/// checks one signature instead of a hundred.
const SEGMENTS_MAX: u64 = 64;

impl Workspace {
    /// How far this desk has followed the hub's log of an application.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn hello(&mut self, id: &ApplicationId) -> Result<Hello, UserError> {
        let session = self.session(id)?;
        Ok(session.outbox.hello(&session.ledger))
    }

    /// A new connection to the hub: what has no verdict is to be handed over again.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn reconnect(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        self.session(id)?.outbox.reconnect();
        Ok(())
    }

    /// What to hand over next; `None` when all of it has been.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn offer(&mut self, id: &ApplicationId) -> Result<Option<Offer>, UserError> {
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, home, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(None) };
        let next = session.outbox.next(&session.ledger, &key, store, session.key);
        next.map_err(|error| unusable(home, &error))
    }

    /// Where an application's hub is, and its key.
    ///
    /// # Errors
    /// [`ErrorCode::NoHub`].
    pub fn hub(&mut self, id: &ApplicationId) -> Result<Hub, UserError> {
        let hub = self.session(id)?.ledger.chain().newest().hub.clone();
        hub.ok_or_else(|| UserError::new(ErrorCode::NoHub))
    }

    /// The applications that have a hub.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn shared_applications(&mut self) -> Result<Vec<ApplicationId>, UserError> {
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        let ids = rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        Ok(ids.into_iter().filter(|id| self.hub(id).is_ok()).collect())
    }

    /// What is woken by an application's edits, and by its persons' moves.
    pub fn wake(&mut self, id: &ApplicationId) -> Wake {
        self.wakes.entry(id.clone()).or_default().clone()
    }

    /// Where this person is now.
    pub fn show_presence(&mut self, request: &ShowPresence) {
        let here = Presence {
            here: true,
            answer: request.answer.as_ref().map(|answer| answer.0.clone()),
            caret: request.caret,
        };
        self.wake(&request.application).presence.send_replace(here);
    }

    /// The hub has said who is in the form; nobody, while it is not heard. Kept until it says otherwise.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn hear_people(
        &mut self,
        id: &ApplicationId,
        people: Vec<(PublicKey, Presence)>,
    ) -> Result<Vec<Event>, UserError> {
        self.people.insert(id.clone(), people);
        Ok(vec![Event::Presence { present: self.present(id)? }])
    }

    /// Who is in the form, with names; those whom the roster does not know, and this desk, left out.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn present(&mut self, id: &ApplicationId) -> Result<Vec<Present>, UserError> {
        let people = self.people.get(id).cloned().unwrap_or_default();
        let session = self.session(id)?;
        let roster = session.ledger.chain().newest();
        let named =
            people.iter().filter(|(device, _)| *device != session.device).filter_map(|(device, presence)| {
                let member = roster.devices.get(device)?;
                Some(Present {
                    device: device.to_string(),
                    agency: member.agency.clone(),
                    person: member.person.clone(),
                    answer: presence.answer.clone().map(AnswerId),
                    caret: presence.caret,
                })
            });
        Ok(named.collect())
    }

    /// Whether something is to be handed over.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn has_offer(&mut self, id: &ApplicationId) -> Result<bool, UserError> {
        let session = self.session(id)?;
        Ok(session.outbox.has_more(&session.ledger))
    }

    /// How an application stands to its hub.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn sync_state(&mut self, id: &ApplicationId) -> Result<SyncState, UserError> {
        let set_aside = self.set_aside_count(id)?;
        let session = self.session(id)?;
        Ok(session.sync_state(set_aside))
    }

    /// The line to the hub has changed.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn linked(&mut self, id: &ApplicationId, link: Link) -> Result<Vec<Event>, UserError> {
        let session = self.session(id)?;
        if session.link == link {
            return Ok(Vec::new());
        }
        session.link = link;
        Ok(vec![Event::Sync { sync: self.sync_state(id)? }])
    }

    /// Takes in a page of the hub's log. When this returns, it is on the disk.
    ///
    /// # Errors
    /// [`ErrorCode::HubBroken`] when the page breaks a rule, [`ErrorCode::NotSaved`]: nothing has changed then.
    pub fn follow(&mut self, id: &ApplicationId, page: &Page) -> Result<Vec<Event>, UserError> {
        match self.follow_page(id, page)? {
            Ok(mut events) => {
                events.extend(self.take_early(id)?);
                Ok(events)
            }
            Err(fault) => Err(self.session(id)?.fault(&fault)),
        }
    }

    /// [`Self::follow`], with what is wrong with a page apart from what is wrong here.
    pub(super) fn follow_page(
        &mut self,
        id: &ApplicationId,
        page: &Page,
    ) -> Result<Result<Vec<Event>, LogFault>, UserError> {
        let now = (self.surroundings.now_ms)();
        self.session(id)?;
        let replica = self.fresh_replica(id, now)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(Ok(Vec::new())) };
        session.outbox.sign(&session.ledger, &key);
        let before = session.ledger.log().position;
        let decided = session.ledger.confirmed();
        let own: BTreeSet<ActorId> = session.own_actors().cloned().collect();
        let fresh = ActorId::from(replica.actor.as_slice());
        let followed = match session.ledger.follow(page, &fresh, &own) {
            Ok(followed) => followed,
            Err(fault) => {
                // It broke off in the middle, and has left a part of itself in memory.
                if matches!(fault, LogFault::NotApplied(_)) {
                    self.reload(id)?;
                }
                return Ok(Err(fault));
            }
        };
        if followed.recovery.is_some() {
            session.claim_own(&replica);
        }
        if session.ledger.log().position == before && followed.merged.applied.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        session.outbox.claims_nothing = false;
        let errors = session.step_again(&key, &followed.displaced, now);
        let synced = session.waiting() == 0 && session.ledger.confirmed() == session.ledger.chain().version();
        if synced {
            session.synced_ms = now;
        }
        let kept = store.set_aside(session.key).and_then(|aside| {
            store.write(|write| {
                session.put_away_again(write, &aside, &followed.merged.history)?;
                session.keep_followed(write, page, &followed, &replica, now)
            })
        });
        let number = match kept {
            Ok(number) => number,
            Err(error) => {
                let error: StoreError = error;
                self.reload(id)?;
                return Err(not_saved(&error));
            }
        };
        session.newest = (number, now);
        session.outbox.saved();
        session.outbox.heard(&followed.segments);
        let confirmed = session.ledger.confirmed() != decided;
        self.followed(id, followed, errors, confirmed).map(Ok)
    }

    /// What the view hears of a page that has been kept. `errors` says which steps of this desk's could not be
    /// taken again, `confirmed` that the hub has taken steps of the roster, this desk's own among them.
    fn followed(
        &mut self,
        id: &ApplicationId,
        followed: Followed,
        mut errors: Vec<UserError>,
        confirmed: bool,
    ) -> Result<Vec<Event>, UserError> {
        let team_changed = confirmed || !followed.displaced.is_empty();
        if !followed.displaced.is_empty() {
            self.session(id)?.outbox.roster_moved();
            if let Some(wake) = self.wakes.get(id) {
                wake.changed.notify_one();
            }
        }
        if followed.recovery.is_some() {
            let key = self.session(id)?.key;
            let replicas = self.store.replicas(key).map_err(|error| unusable(&self.home, &error))?;
            let Self { sessions, store, home, .. } = self;
            if let Some(session) = sessions.get_mut(id) {
                session.replicas = replicas;
                session.snapshot = session.newest.0;
                session.outbox.reset(store, key).map_err(|error| unusable(home, &error))?;
            }
        }
        let now = (self.surroundings.now_ms)();
        let reread = self.reread_news(id, &followed.merged.overlaps)?;
        if team_changed {
            // The page is kept; what fails here is tried again at the next one.
            errors.extend(self.renew_recovery(id).err());
        }
        let session = self.session(id)?;
        let mut events = match followed.recovery {
            Some(recovery) => session.differences(&recovery.before),
            None => session.events(followed.merged.patched, &followed.merged.changed),
        };
        if team_changed {
            events.push(Event::Team { team: session.team(now) });
        }
        events.extend(reread);
        let unread = self.unread(id)?;
        events.push(Event::Discussed { unread });
        events.push(Event::Signing);
        self.settle_offer(id)?;
        events.push(Event::Sync { sync: self.sync_state(id)? });
        events.extend(errors.into_iter().map(|error| Event::Failed { error }));
        Ok(events)
    }

    /// The hub's log after a position, as far as this desk has followed it, with everything that is needed to
    /// check it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn log_after(&mut self, id: &ApplicationId, position: u64) -> Result<Vec<Page>, UserError> {
        self.session(id)?;
        let Self { sessions, store, home, .. } = self;
        let Some(session) = sessions.get(id) else { return Ok(Vec::new()) };
        let have = log_page::accepted_up_to(store, session.key, position);
        have.and_then(|have| log_page::pages_after(store, session.key, &session.ledger, position, &have))
            .map_err(|error| unusable(home, &error))
    }

    /// Signs long segments in place of many short ones, to be handed over with the next offer. To be called when
    /// nobody is typing.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn fold_signatures(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let Self { sessions, device, store, home, .. } = self;
        let (Some(session), Some(signing)) = (sessions.get_mut(id), device.key_at_hand()) else {
            return Ok(());
        };
        let ends = store.segment_ends(session.key).map_err(|error| unusable(home, &error))?;
        let own: Vec<ActorId> = session.own_actors().cloned().collect();
        for actor in own {
            let many = ends.iter().any(|end| end.actor == actor.to_bytes() && end.count > SEGMENTS_MAX);
            if many {
                session.fold(store, &signing, &actor).map_err(|error| unusable(home, &error))?;
            }
        }
        Ok(())
    }
}

impl Session {
    /// The changes here that the hub has given no verdict on: this device's, and those that colleagues' sticks
    /// brought past it.
    pub(crate) fn waiting(&self) -> u64 {
        let beyond =
            |actor: &ActorId| self.document().last_seq(actor).saturating_sub(self.ledger.accepted(actor));
        self.ledger.claims().map(|claim| beyond(&claim.actor)).sum()
    }

    fn sync_state(&self, set_aside: u32) -> SyncState {
        let steps = self.ledger.chain().version().saturating_sub(self.ledger.confirmed());
        let waiting = self.waiting().saturating_add(if self.link == Link::None { 0 } else { steps });
        SyncState {
            link: self.link.clone(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            synced_ms: (self.synced_ms > 0).then_some(self.synced_ms),
            set_aside,
            checking: !self.checked,
            trouble: self
                .trouble
                .clone()
                .filter(|trouble| trouble.code != ErrorCode::LeftByHub || self.waiting() > 0),
        }
    }

    /// The hub may only have believed what this desk said to have: it is asked once more for all bytes. Otherwise
    /// it breaks its word.
    fn fault(&mut self, fault: &LogFault) -> UserError {
        let mistaken = matches!(
            fault,
            LogFault::Missing { .. } | LogFault::Head(_) | LogFault::Epoch | LogFault::Contradiction { .. }
        );
        if mistaken && !self.outbox.claims_nothing {
            self.outbox.claims_nothing = true;
            return UserError::new(ErrorCode::HubUnreachable).with("hub", "").with("cause", fault);
        }
        because(UserError::new(ErrorCode::HubBroken), fault)
    }

    /// Keeps the signatures that are not in the database yet.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(crate) fn keep_segments(&self, write: &Write<'_>) -> Result<(), StoreError> {
        for segment in self.outbox.unsaved() {
            write.put_segment(self.key, &proof::segment_row(segment, self.document()))?;
        }
        Ok(())
    }

    /// Keeps all that a page brought; returns the number of the newest change.
    fn keep_followed(
        &self,
        write: &Write<'_>,
        page: &Page,
        followed: &Followed,
        replica: &ReplicaRow,
        now: i64,
    ) -> Result<i64, StoreError> {
        let key = self.key;
        let number = match &followed.recovery {
            None => keep_merged(write, key, self.newest.0, &followed.merged, now)?,
            Some(recovery) => self.keep_recovery(write, recovery, replica, now)?,
        };
        if let Some(first) = self.first_new_version(followed) {
            let entries = self.ledger.chain().entries_after(first.saturating_sub(1));
            let rows: Vec<_> = entries.iter().map(proof::roster_row).collect();
            write.put_roster(key, first, &rows)?;
        }
        for claim in &followed.claims {
            write.put_claim(key, claim.actor.to_bytes(), &proof::claim_row(claim))?;
        }
        for segment in &followed.segments {
            write.put_segment(key, &proof::segment_row(segment, self.document()))?;
        }
        self.keep_segments(write)?;
        for (actor, seq) in &followed.accepted {
            write.put_accepted(key, actor.to_bytes(), *seq)?;
        }
        for (device, floor) in &followed.floors {
            write.put_floor(key, &device.0, *floor)?;
        }
        self.keep_refused(write, followed)?;
        write.put_log_page(key, page.after, &log_page::without_bytes(page))?;
        let row = proof::follow_row(&self.ledger, self.synced_ms, self.checked);
        write.put_follow(key, &row)?;
        Ok(number)
    }

    /// The first roster version that is not in the database as it is here.
    fn first_new_version(&self, followed: &Followed) -> Option<u64> {
        let new = followed.roster.len() as u64;
        (new > 0).then(|| self.ledger.confirmed().saturating_sub(new).saturating_add(1))
    }

    pub(super) fn keep_recovery(
        &self,
        write: &Write<'_>,
        recovery: &Recovery,
        replica: &ReplicaRow,
        now: i64,
    ) -> Result<i64, StoreError> {
        let number = self.newest.0.saturating_add(1);
        let snapshot = SnapshotRow { number, document: self.document().save(), saved_ms: now };
        write.replace(self.key, &snapshot, &stored(&recovery.history)?)?;
        // A segment's hashes stand in the document: those that went with it are put beside the signature.
        let mut gone: BTreeMap<&ActorId, BTreeMap<u64, [u8; 32]>> = BTreeMap::new();
        for (actor, seq, hash) in &recovery.dropped {
            gone.entry(actor).or_default().insert(*seq, hash.0);
        }
        for (actor, changes) in gone {
            let Some(first) = changes.keys().next().copied() else { continue };
            let hashes: Vec<[u8; 32]> = changes.into_values().collect();
            write.cut_segments(self.key, actor.to_bytes(), first, &hashes)?;
        }
        write.put_replica(self.key, replica)?;
        write.put_claim(self.key, &replica.actor, &own_claim(self.device, replica))?;
        Ok(number)
    }

    /// Keeps what was refused; of what somebody here would miss also what it had done, for the person to look at.
    fn keep_refused(&self, write: &Write<'_>, followed: &Followed) -> Result<(), StoreError> {
        for (hash, reason) in &followed.refused {
            write.put_refused(self.key, &proof::refused_row(hash, *reason))?;
        }
        let Some(recovery) = &followed.recovery else { return Ok(()) };
        self.keep_aside(write, &self.not_come_again(&recovery.set_aside, &recovery.history))
    }

    /// Keeps what somebody here would miss.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) fn keep_aside(&self, write: &Write<'_>, set_aside: &[SetAside]) -> Result<(), StoreError> {
        for aside in set_aside {
            let row = RefusedRow {
                hash: aside.hash.0.to_vec(),
                reason: aside.reason.number(),
                raw: aside.bytes.clone(),
                history: stored(&aside.history)?.rows,
                in_log: self.ledger.refusal(&aside.hash).is_some(),
            };
            write.put_refused(self.key, &row)?;
        }
        Ok(())
    }
}
