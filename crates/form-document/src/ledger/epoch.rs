//! A new epoch: a hub was restored from a backup, nobody could give back all that it had lost, and a lead has
//! said that its log goes on from where it ends. Whoever had followed the longer log follows the shorter one anew;
//! what only the longer one had accepted is work without a verdict again, and is handed over like any other.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ActorId, ChangeHash};

use super::Ledger;
use crate::log::LogState;
use crate::roster::{Act, Entry, Roster, RosterChain, RosterFault, SignedEntry};
use form_model::hex;

/// That an entry that opens an epoch names the place that it is about to follow. All other entries may stand
/// anywhere.
///
/// # Errors
/// [`RosterFault::EpochPlace`]; when the entry cannot be read.
pub fn check_epoch(entry: &SignedEntry, log: &LogState) -> Result<(), RosterFault> {
    match entry.read()?.act {
        Act::Epoch { position, log: hash, .. } if place(position, &hash) != Some(*log) => {
            Err(RosterFault::EpochPlace)
        }
        _ => Ok(()),
    }
}

fn place(position: u64, hash: &str) -> Option<LogState> {
    Some(LogState { position, hash: hex::decode::<32>(hash)? })
}

impl RosterChain {
    /// The step by which a lead lets the hub's log go on from `log`, to be signed.
    pub fn next_epoch(&self, log: &LogState, time_ms: i64) -> Entry {
        let number = self.newest().epoch.saturating_add(1);
        self.next(Act::Epoch { number, position: log.position, log: hex::encode(&log.hash) }, time_ms)
    }

    /// Where the newest epoch starts, if it is later than `number`.
    fn epoch_after(&self, number: u64) -> Option<LogState> {
        if self.newest().epoch <= number {
            return None;
        }
        self.entries_after(0).iter().rev().find_map(|entry| match entry.read().ok()?.act {
            Act::Epoch { position, log, .. } => place(position, &log),
            _ => None,
        })
    }
}

impl Ledger {
    /// The number of the epoch that the log here is in.
    pub fn epoch(&self) -> u64 {
        self.chain.at(self.confirmed).map_or(0, |roster| roster.epoch)
    }

    /// A place that the log must still come to; `None` unless it is walked anew.
    pub fn bound(&self) -> Option<LogState> {
        self.bound
    }

    /// Forgets what the hub's log has said, to follow it anew from its first place: in `roster`, the hub's, a lead
    /// has opened an epoch that is not known here. The log must come to the place that the lead has named. The
    /// document stays as it is. False when the roster opens no such epoch.
    ///
    /// # Errors
    /// When the roster is not one that the members of this application have signed.
    pub fn follow_anew(&mut self, roster: &[SignedEntry]) -> Result<bool, RosterFault> {
        let Some(bound) = self.chain.anew(roster)?.epoch_after(self.epoch()) else { return Ok(false) };
        self.bound = Some(bound);
        self.confirmed = 0;
        self.log = LogState::start(self.application());
        self.accepted = BTreeMap::new();
        self.refused = BTreeMap::new();
        // The hub judges by what its shorter log shows that a device knew; so does whoever checks it.
        self.floors = BTreeMap::new();
        Ok(true)
    }

    /// The actors of devices that `roster` does not know: they were enrolled in what the hub has lost, and nobody can
    /// prove their work to it. Were it kept, everything that was built on it would wait for ever.
    pub(super) fn strangers(&self, roster: &Roster) -> BTreeSet<ActorId> {
        let unknown = self.claims.values().filter(|claim| !roster.devices.contains_key(&claim.device));
        unknown.map(|claim| claim.actor.clone()).collect()
    }

    /// All changes of some actors.
    pub(super) fn changes_of(&self, actors: &BTreeSet<ActorId>) -> Vec<ChangeHash> {
        let document = &self.document;
        let all = |actor: &ActorId| {
            let seqs = 1..=document.last_seq(actor);
            seqs.filter_map(|seq| document.hash_at(actor, seq)).collect::<Vec<_>>()
        };
        actors.iter().flat_map(all).collect()
    }
}
