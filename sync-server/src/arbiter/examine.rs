//! The doctor's look at one application: everything that a joining client would check, done as such a client, and
//! the indexes, held against the roster and the log that they follow from.

use std::collections::{BTreeMap, BTreeSet};

use form_document::ActorId;
use form_document::key::PublicKey;
use form_document::ledger::{Ledger, verify_all};
use form_document::log::{LogState, Position};
use form_document::wire::{Have, Hello, WireActor};
use form_model::id::ApplicationId;

use super::core::Core;
use super::member;
use super::open::hub_actor;
use super::round::enrolling_key;
use crate::error::HubError;
use crate::storage::record::{Place, Run, SegmentRecord};

/// What is wrong with an application, as sentences.
type Faults = Vec<String>;

impl Core {
    /// Looks at all that is stored of an application, and writes nothing. Returns what is wrong, as sentences for
    /// whoever runs the hub; none when a client can join and everybody finds what is theirs.
    ///
    /// # Errors
    /// When the store fails, or what it holds is damaged so far that the application cannot be opened.
    pub fn examine(&mut self, id: &ApplicationId) -> Result<Vec<String>, HubError> {
        // Opening compares the unfolded log with its head, and the document with its changes.
        self.open(id)?;
        let mut faults = Faults::new();
        self.examine_stretches(id, &mut faults)?;
        self.examine_roster(id, &mut faults)?;
        if !faults.is_empty() {
            // Everything else is read by the roster.
            return Ok(faults);
        }
        self.examine_heads(id, &mut faults)?;
        self.examine_authors(id, &mut faults)?;
        self.examine_members(id, &mut faults)?;
        self.examine_invites(id, &mut faults)?;
        // A client stops at the first thing that is wrong: with those above it would say nothing new.
        if faults.is_empty()
            && let Some(ledger) = self.join(id, &mut faults)?
        {
            self.examine_floors(id, &ledger, &mut faults)?;
        }
        Ok(faults)
    }

    /// That the folded stretches of the log follow each other without a gap, up to where the others begin.
    fn examine_stretches(&self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let mut end = LogState::start(id);
        let mut missing = |end: LogState, next: Position| {
            faults
                .push(format!("places {} to {next} of its log are missing", end.position.saturating_add(1)));
        };
        for fold in self.storage.folds(id, 0)? {
            if fold.before != end {
                missing(end, fold.before.position);
            }
            end = fold.after;
        }
        let folded = self.opened(id)?.folded;
        if end.position != folded {
            missing(end, folded);
        }
        Ok(())
    }

    /// That the log names the roster's entries, each in its place, and the roster has no others.
    fn examine_roster(&self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let open = self.opened(id)?;
        let chain = open.ledger.chain();
        let mut named = 0;
        let mut check = |version: u64, same: bool| {
            named += 1;
            if version != named || !same {
                faults.push(format!(
                    "entry {version} of its roster, which its log names, is missing or another"
                ));
            }
        };
        for run in self.storage.folds(id, 0)?.into_iter().flat_map(|fold| fold.runs) {
            if let Run::Roster { version } = run {
                check(version, chain.at(version).is_some());
            }
        }
        for record in self.storage.log(id, open.folded, usize::MAX)? {
            if let Place::Roster { version, hash } = record.place {
                check(version, chain.has(version, &hash));
            }
        }
        if named < chain.version() {
            faults.push(format!("its roster has {} entries, and its log names {named}", chain.version()));
        }
        Ok(())
    }

    /// That the log adds up to what the hub has signed.
    fn examine_heads(&mut self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let (hub, state) = (self.key.public(), self.recount(id)?);
        let head = self.opened(id)?.head;
        if state != head.state {
            let place = head.state.position;
            faults.push(format!("the places of its log add up to another log than its head at {place}"));
        }
        let snapshot = self.storage.snapshot(id)?;
        for (what, stored) in [("log", Some(head)), ("snapshot", snapshot.map(|snapshot| snapshot.head))] {
            let holds = stored.is_some_and(|stored| stored.head.verify(&hub, id, &stored.state).is_ok());
            if !holds {
                faults.push(format!("the head of its {what} does not bear this hub's signature"));
            }
        }
        Ok(())
    }

    /// That every accepted change is its device's, by a claim and a signature.
    fn examine_authors(&self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let open = self.opened(id)?;
        let mut by_actor: BTreeMap<ActorId, Vec<SegmentRecord>> = BTreeMap::new();
        for record in self.storage.segments(id)? {
            by_actor.entry(record.actor.clone()).or_default().push(record);
        }
        for (actor, last) in self.accepted_at(id, open.head.state.position)? {
            let Some(claim) = open.ledger.claim(&actor) else {
                faults.push(format!("no device claims actor {actor}, whose {last} changes its log accepts"));
                continue;
            };
            let mut proven: BTreeSet<u64> = BTreeSet::new();
            for record in by_actor.remove(&actor).unwrap_or_default() {
                let segment = open.segment(&record);
                match segment.filter(|segment| segment.verify(id, &claim.device).is_ok()) {
                    Some(segment) => {
                        let places = (segment.first_seq..).zip(&segment.hashes);
                        let own = |seq| open.ledger.document.hash_at(&actor, seq);
                        proven.extend(
                            places.filter(|(seq, hash)| own(*seq) == Some(**hash)).map(|(seq, _)| seq),
                        );
                    }
                    None => faults.push(format!(
                        "the signature of device {} over changes {} to {} of actor {actor} does not hold",
                        claim.device,
                        record.first_seq,
                        record.end().saturating_sub(1),
                    )),
                }
            }
            let bare: Vec<u64> = (1..=last).filter(|seq| !proven.contains(seq)).collect();
            if let Some(first) = bare.first() {
                let count = bare.len();
                faults
                    .push(format!("{count} changes of actor {actor}, from {first} on, are signed by nobody"));
            }
        }
        Ok(())
    }

    /// That every device finds its applications.
    fn examine_members(&self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let active = member::active(self.opened(id)?.ledger.chain().newest());
        compare("member", &active.into_iter().collect(), &self.storage.members(id)?, faults);
        Ok(())
    }

    /// That every invite leads here.
    fn examine_invites(&self, id: &ApplicationId, faults: &mut Faults) -> Result<(), HubError> {
        let mut named = BTreeSet::new();
        for key in self.opened(id)?.ledger.chain().entries_after(0).iter().filter_map(enrolling_key) {
            // The first application that names a key keeps it.
            if self.storage.invited_to(&key)?.is_none_or(|found| found == *id) {
                named.insert(key);
            }
        }
        compare("invite", &named, &self.storage.invites(id)?, faults);
        Ok(())
    }

    /// Joins, as a client does that has nothing yet: a compact start, all of it verified, and the log from there.
    fn join(&mut self, id: &ApplicationId, faults: &mut Faults) -> Result<Option<Ledger>, HubError> {
        let lacking =
            || HubError::from(crate::storage::StorageError::Damaged(format!("application {id} is gone")));
        let record = self.storage.application(id)?.ok_or_else(lacking)?;
        let form = self.forms.get(&*self.storage, &record.package)?;
        let start = self.compact(id)?;
        let actor = hub_actor(id, &self.key.public());
        let begun =
            Ledger::start(&start, &record.genesis, &form, actor.clone()).and_then(|(mut ledger, _)| {
                ledger.set_verified(&verify_all(&start, &record.genesis, &form)?);
                Ok(ledger)
            });
        let mut ledger = match begun {
            Ok(ledger) => ledger,
            Err(fault) => {
                faults.push(format!("a device that joins refuses it: {fault}"));
                return Ok(None);
            }
        };
        loop {
            let (page, more) = self.page(id, &hello(&ledger))?;
            if let Err(fault) = ledger.follow(&page, &actor, &BTreeSet::new()) {
                faults.push(format!("a device that joins refuses its log: {fault}"));
                return Ok(None);
            }
            if !more {
                break;
            }
        }
        if *ledger.log() == self.opened(id)?.head.state {
            return Ok(Some(ledger));
        }
        faults.push("a device that joins comes to another log".to_owned());
        Ok(None)
    }

    /// That the hub remembers of every device at least what its accepted changes show that it knew. More is no fault:
    /// it may have seen the device name a newer roster with a change that it then refused for another reason.
    fn examine_floors(
        &self,
        id: &ApplicationId,
        joined: &Ledger,
        faults: &mut Faults,
    ) -> Result<(), HubError> {
        let floors: BTreeMap<PublicKey, u64> = self.storage.floors(id)?.into_iter().collect();
        let accepted = joined.all_accepted().keys().filter_map(|actor| joined.claim(actor));
        let authors: BTreeSet<PublicKey> = accepted.map(|claim| claim.device).collect();
        for device in &authors {
            let known = joined.floor(device);
            if floors.get(device).is_none_or(|floor| *floor < known) {
                faults.push(format!(
                    "the index of floors does not say that device {device} knew roster {known}"
                ));
            }
        }
        let newest = joined.chain().version();
        for (device, floor) in floors {
            if floor > newest || !authors.contains(&device) {
                faults
                    .push(format!("the index of floors names roster {floor} for device {device} by mistake"));
            }
        }
        Ok(())
    }
}

/// What a client says that has followed the log so far.
fn hello(ledger: &Ledger) -> Hello {
    let have = ledger.all_accepted().iter();
    let have = have.map(|(actor, seq)| Have { actor: WireActor::from(actor), seq: *seq }).collect();
    Hello { after: ledger.log().position, log: ledger.log().hash, have }
}

/// Holds an index against what it follows from.
fn compare(index: &str, expected: &BTreeSet<PublicKey>, found: &[PublicKey], faults: &mut Faults) {
    let found: BTreeSet<PublicKey> = found.iter().copied().collect();
    for key in expected.difference(&found) {
        faults.push(format!("{key} is missing in the index of {index}s"));
    }
    for key in found.difference(expected) {
        faults.push(format!("{key} stands in the index of {index}s and is none"));
    }
}
