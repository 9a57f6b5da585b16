//! Lines that break and messages that come late, twice or never; and sticks.

use form_document::key::PublicKey;
use form_document::wire::{Exchange, Page, Reply};
use form_model::error::ErrorCode as DeskError;
use sync_server::error::ErrorCode as HubError;

use super::desk::seq_of;
use super::note;
use super::world::World;

/// More rounds than any honest exchange takes.
const ROUNDS_MAX: usize = 60;
/// How many messages lie about at most.
const LATE_MAX: usize = 8;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Answered,
    Lost,
    AnswerLost,
    Twice,
    Late,
    AnswerLate,
}

/// How a round went.
#[derive(Debug, PartialEq)]
enum Round {
    More,
    Done,
    Broken,
    /// The device no longer takes part.
    Out,
}

impl World {
    /// A desk exchanges with the hub until both have everything, or the line breaks.
    pub fn sync(&mut self, desk: usize, faults: bool) {
        if desk >= self.desks.len() {
            return;
        }
        note(format!("{} has a line", self.desks[desk].name));
        self.reconnect(desk);
        for _ in 0..ROUNDS_MAX {
            match self.round(desk, faults) {
                Round::More => {}
                Round::Broken if faults => return,
                Round::Broken => self.reconnect(desk),
                Round::Done => return self.told(desk),
                Round::Out => return self.leave(desk),
            }
        }
        panic!("{} and the hub never come to an end", self.desks[desk].name);
    }

    fn reconnect(&mut self, desk: usize) {
        let id = self.id.clone();
        self.desks[desk].agency().workspace.reconnect(&id).unwrap();
    }

    fn fate(&mut self, faults: bool) -> Fate {
        if !faults {
            return Fate::Answered;
        }
        match self.random.below(100) {
            0..8 => Fate::Lost,
            8..16 => Fate::AnswerLost,
            16..24 => Fate::Twice,
            24..28 => Fate::Late,
            28..33 => Fate::AnswerLate,
            _ => Fate::Answered,
        }
    }

    fn round(&mut self, desk: usize, faults: bool) -> Round {
        let fate = self.fate(faults);
        let (id, key) = (self.id.clone(), self.desks[desk].key);
        let workspace = &mut self.desks[desk].agency().workspace;
        let hello = workspace.hello(&id).unwrap();
        let offer = workspace.offer(&id).unwrap().unwrap_or_default();
        let exchange = Exchange { hello, offer };
        if fate != Fate::Answered {
            note(format!("  the request is {fate:?}"));
        }
        match fate {
            Fate::Lost => return Round::Broken,
            Fate::Late => {
                self.requests.push((key, exchange));
                self.requests.truncate(LATE_MAX);
                return Round::Broken;
            }
            Fate::Twice => drop(self.hub.core.exchange(&key, &id, exchange.clone())),
            _ => {}
        }
        let reply = match self.hub.core.exchange(&key, &id, exchange) {
            Ok(reply) => reply,
            Err(error) => match error.code {
                HubError::DeviceRevoked | HubError::NotAMember => return Round::Out,
                HubError::HubBehind | HubError::LogForked => {
                    self.remedy(desk);
                    return Round::Broken;
                }
                _ => panic!("{}: {error:?}", self.desks[desk].name),
            },
        };
        for fault in reply.receipt.faults.iter().filter(|fault| !fault.starts_with("roster entry")) {
            note(format!("  the hub says: {fault}"));
        }
        match fate {
            Fate::AnswerLost => Round::Broken,
            Fate::AnswerLate => {
                self.pages.push((key, reply.page));
                self.pages.truncate(LATE_MAX);
                Round::Broken
            }
            _ => self.hear(desk, &reply),
        }
    }

    fn hear(&mut self, desk: usize, reply: &Reply) -> Round {
        let (id, name) = (self.id.clone(), self.desks[desk].name.clone());
        let workspace = &mut self.desks[desk].agency().workspace;
        let followed = workspace.follow(&id, &reply.page);
        if followed.is_ok() {
            workspace.receipt(&id, &reply.receipt).unwrap();
        }
        match followed {
            Ok(_) if reply.more || workspace.has_offer(&id).unwrap() => Round::More,
            Ok(_) => Round::Done,
            // It had believed that it has what the hub has; it asks again for all of it.
            Err(error) if error.code == DeskError::HubUnreachable => {
                note(format!("  {name} asks for all bytes: {error:?}"));
                Round::Broken
            }
            Err(error) => panic!("{name} does not follow the hub: {error:?}"),
        }
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

    /// Gives a restored hub back what it had said.
    pub fn top_up(&mut self, desk: usize) {
        let (id, key) = (self.id.clone(), self.desks[desk].key);
        let position = self.hub.log(&id).position;
        for page in self.desks[desk].agency().workspace.log_after(&id, position).unwrap() {
            self.hub.core.adopt(&key, &id, &page).unwrap();
        }
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
                assert_eq!(error.code, DeskError::StillChecking, "{error:?}");
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
