//! A hub restored from a backup takes back from its clients what it had signed and lost.

use std::collections::{BTreeMap, BTreeSet};

use form_document::ChangeHash;
use form_document::key::PublicKey;
use form_document::ledger::{Decision, Followed};
use form_document::log::Position;
use form_document::wire::{Page, PageEntry};
use form_model::id::ApplicationId;

use super::core::Core;
use super::member;
use super::open::hub_actor;
use super::round::{Stretch, kept, place};
use crate::error::{ErrorCode, HubError};
use crate::storage::record::{ApplicationWrite, Commit, LogRecord, Place, StoredHead};

impl Core {
    /// Takes a stretch of this hub's own log back from a client, verbatim: it goes on from where the log ends
    /// and its head bears this hub's signature. Returns where the log ends now, and what was added.
    ///
    /// # Errors
    /// When the stretch does not go on from here or breaks a rule; when the device may not act in the
    /// application; when the store fails.
    pub fn adopt(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        page: &Page,
    ) -> Result<(Position, Option<Stretch>), HubError> {
        self.admit(device, id)?;
        let before = self.opened(id)?.head.state;
        if page.after > before.position {
            return Err(HubError::behind(before.position));
        }
        if page.head.position <= before.position {
            return Ok((before.position, None));
        }
        match self.follow(id, page) {
            Ok((write, stretch)) => {
                if let Err(error) = self.commit(&Commit { applications: vec![write], ..Commit::default() }) {
                    self.cache.drop(id);
                    return Err(error);
                }
                if let Some(open) = self.cache.get(id) {
                    open.head = stretch.head;
                }
                self.cache.weigh(id);
                Ok((stretch.head.state.position, Some(stretch)))
            }
            Err(error) => {
                self.cache.drop(id);
                Err(error)
            }
        }
    }

    fn follow(&mut self, id: &ApplicationId, page: &Page) -> Result<(ApplicationWrite, Stretch), HubError> {
        let hub = self.key.public();
        let lost = || HubError::new(ErrorCode::Internal, "the application was closed at once");
        let open = self.cache.get(id).ok_or_else(lost)?;
        let before = open.head.state;
        let version = open.ledger.chain().version();
        let followed = open
            .ledger
            .follow(page, &hub_actor(id, &hub), &BTreeSet::new())
            .map_err(|fault| refused(fault.to_string()))?;
        if followed.recovery.is_some() {
            return Err(refused("it contradicts what the hub has accepted"));
        }
        let mut write = ApplicationWrite::new(id.clone());
        let skip = before.position.saturating_sub(page.after);
        let mut state = before;
        for place in places(page, skip, version, &followed, &mut write)? {
            state.push(place.item());
            write.log.push(LogRecord { position: state.position, place, running: state.hash });
        }
        let ledger = &open.ledger;
        if state != *ledger.log() || state.position != page.head.position {
            return Err(refused("its places are not what its head is about"));
        }
        write.claims = followed.claims;
        write.segments = followed.segments.iter().map(|segment| kept(ledger, segment)).collect();
        write.floors = followed.floors.into_iter().collect();
        if !write.roster.is_empty() {
            write.members = Some(member::active(ledger.chain().newest()));
        }
        let head = StoredHead { head: page.head, state };
        write.head = Some(head);
        let roster = !write.roster.is_empty();
        let records = write.log.clone();
        Ok((
            write,
            Stretch { application: id.clone(), before, records, head, segments: followed.segments, roster },
        ))
    }
}

fn refused(cause: impl Into<String>) -> HubError {
    HubError::new(ErrorCode::LogRefused, cause)
}

/// The places that a followed page adds to a log, the first `skip` of its own left out; their roster entries go
/// into `write`.
fn places(
    page: &Page,
    mut skip: u64,
    mut version: u64,
    followed: &Followed,
    write: &mut ApplicationWrite,
) -> Result<Vec<Place>, HubError> {
    let applied = followed.merged.applied.iter();
    let mut by_bytes: BTreeMap<&[u8], _> = applied.map(|change| (change.bytes.as_slice(), change)).collect();
    let mut places = Vec::with_capacity(page.entries.len());
    for entry in &page.entries {
        if let PageEntry::Accepted { count, .. } = entry {
            skip = skip
                .checked_sub(*count)
                .ok_or_else(|| refused("it names accepted changes without giving them"))?;
            continue;
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        places.push(match entry {
            PageEntry::Change(raw) => {
                let change = by_bytes.remove(raw.0.as_slice());
                let change = change.ok_or_else(|| refused("it gives a change twice"))?;
                let (actor, bytes) = (change.actor.clone(), change.bytes.clone());
                Place::Accepted { actor, seq: change.seq, hash: change.hash, bytes }
            }
            PageEntry::Refused { hash, reason } => {
                Place::Refused { hash: ChangeHash(hash.0), reason: *reason }
            }
            PageEntry::Roster(entry) => place(Decision::Roster(entry.clone()), &mut version, write),
            PageEntry::Accepted { .. } => continue,
        });
    }
    Ok(places)
}
