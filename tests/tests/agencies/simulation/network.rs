//! Lines that break and messages that come late, twice or never; and sticks.

use std::sync::Mutex;

use form_document::key::PublicKey;
use form_document::wire::Page;
use form_model::error::{ErrorCode, UserError};
use huiqian_tests::direct::{AtDesk, Direct, at_once, code};

use super::desk::seq_of;
use super::line::{LATE_MAX, Line, UnderWay};
use super::note;
use super::world::World;

impl World {
    /// A desk exchanges with the hub until both have everything, or the line breaks.
    pub fn sync(&mut self, desk: usize, faults: bool) {
        if desk >= self.desks.len() {
            return;
        }
        note(format!("{} has a line", self.desks[desk].name));
        match self.catch_up(desk, faults) {
            Ok(()) => self.told(desk),
            Err(error) if matches!(code(&error), "device_revoked" | "not_a_member") => self.leave(desk),
            Err(error) if faults && error.code == ErrorCode::HubUnreachable => {}
            Err(error) => panic!("{} does not follow the hub: {error:?}", self.desks[desk].name),
        }
    }

    /// The product's own loop, over a line of this world.
    fn catch_up(&mut self, desk: usize, faults: bool) -> Result<(), UserError> {
        let Self { hub, desks, random, requests, pages, id, .. } = self;
        let desk = &mut desks[desk];
        let under_way = Mutex::new(UnderWay { random, requests, pages, rounds: 0 });
        let line = Line { direct: Direct::new(&mut hub.core, desk.key), key: desk.key, faults, under_way };
        let workspace = AtDesk::new(&mut desk.agency().workspace);
        let outcome = at_once(form_client::hub::catch_up(&workspace, &line, id));
        let receipts = line.direct.receipts();
        let faults = receipts.iter().flat_map(|receipt| &receipt.faults);
        for fault in faults.filter(|fault| !fault.starts_with("roster entry")) {
            note(format!("  the hub says: {fault}"));
        }
        outcome
    }

    /// The desk was told that everything is with the hub.
    fn told(&mut self, desk: usize) {
        let state = self.desks[desk].agency().workspace.sync_state(&self.id).unwrap();
        assert_eq!(state.waiting, 0, "{} has changes without a verdict", self.desks[desk].name);
        let have = self.desks[desk].have(&self.id);
        for have in &have {
            let told = self.acknowledged.entry(have.actor).or_insert(0);
            *told = have.seq.max(*told);
        }
        let key = self.desks[desk].key;
        let own = self.written.iter_mut().filter(|written| written.device == key);
        let there = own.filter(|written| seq_of(&have, written.change.0) >= written.change.1);
        there.for_each(|written| written.acknowledged = true);
    }

    /// The device was taken out: what it had not handed over is not for the others.
    fn leave(&mut self, desk: usize) {
        let desk = self.desks.remove(desk);
        note(format!("{} is out", desk.name));
        let own = self.written.iter_mut().filter(|written| written.device == desk.key);
        own.for_each(|written| written.forgiven = true);
    }

    /// A request comes through after all, whoever waited for its answer.
    pub fn late_request(&mut self) {
        if self.requests.is_empty() {
            return;
        }
        let at = self.random.below(self.requests.len());
        let (key, exchange) = self.requests.swap_remove(at);
        note("a late request comes to the hub");
        let answer = self.hub.core.exchange(&key, &self.id, exchange);
        if let Ok(reply) = answer
            && self.chance(50)
        {
            self.pages.push((key, reply.page));
        }
    }

    /// A page comes through after all.
    pub fn late_page(&mut self) {
        if self.pages.is_empty() {
            return;
        }
        let at = self.random.below(self.pages.len());
        let (key, page) = if self.chance(50) { self.pages[at].clone() } else { self.pages.swap_remove(at) };
        self.deliver(&key, &page);
    }

    fn deliver(&mut self, key: &PublicKey, page: &Page) {
        let Some(desk) = self.desk_of(key) else { return };
        let id = self.id.clone();
        let desk = &mut self.desks[desk];
        note(format!("a late page comes to {}", desk.name));
        let workspace = &mut desk.agency().workspace;
        let before = workspace.hello(&id).unwrap();
        if let Err(error) = workspace.follow(&id, page) {
            note(format!("  it is not taken in: {error:?}"));
            let after = workspace.hello(&id).unwrap();
            assert_eq!((before.after, before.log), (after.after, after.log));
        }
    }

    /// A desk writes an exchange file.
    pub fn fill_stick(&mut self, desk: usize) {
        let since_last = self.chance(40);
        let id = self.id.clone();
        let desk = &mut self.desks[desk];
        match desk.agency().stick(&id, since_last) {
            Ok(bytes) => {
                note(format!("{} fills a stick, new alone: {since_last}", desk.name));
                self.sticks.push(bytes);
            }
            Err(error) => {
                assert_eq!(error.code, ErrorCode::StillChecking, "{error:?}");
                return;
            }
        }
        if self.chance(40) {
            let to = self.any_desk();
            self.take_stick(to, self.sticks.len() - 1);
        }
        if self.sticks.len() > LATE_MAX {
            let at = self.random.below(self.sticks.len());
            self.sticks.swap_remove(at);
        }
    }

    /// A desk takes an exchange file in.
    pub fn read_stick(&mut self, desk: usize) {
        if self.sticks.is_empty() {
            return;
        }
        let stick = self.random.below(self.sticks.len());
        self.take_stick(desk, stick);
    }

    fn take_stick(&mut self, desk: usize, stick: usize) {
        let desk = &mut self.desks[desk];
        note(format!("{} takes stick {stick} in", desk.name));
        let (imported, _) = desk.agency().workspace.import(&self.sticks[stick], "stick.hqb").unwrap();
        note(format!("  changes {}, left out {}", imported.changes, imported.refused));
    }
}
