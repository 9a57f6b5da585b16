//! What happens next.

use form_model::answer::AnswerValue;
use form_model::command::{DiscussAct, Edit, Undone};
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;

use super::desk::made;
use super::note;
use super::world::{World, Written};

const VALUES: &[&str] = &["a.name", "a.note", "b.name", "b.note", "c.name", "c.note"];
const TEXTS: &[&str] = &["a.plan", "b.plan", "c.plan"];

impl World {
    /// One thing happens somewhere.
    pub fn step(&mut self) {
        let desk = self.any_desk();
        match self.random.below(100) {
            0..32 => self.work(desk),
            32..36 => self.undo(desk),
            36..41 => self.discuss(desk),
            41..51 => self.sync(desk, true),
            51..54 => self.late_request(),
            54..57 => self.late_page(),
            57..61 => self.restart(desk),
            61..67 => self.fill_stick(desk),
            67..75 => self.read_stick(desk),
            75..84 => self.team_step(),
            84..86 => self.join_next(),
            86..88 => self.put_away(desk),
            88..92 => self.back_up_or_restore(desk),
            _ => self.attack(),
        }
        if let Some(desk) = self.desks.get_mut(desk) {
            desk.look(&self.id);
        }
    }

    /// A person fills in some of what is theirs.
    pub fn work(&mut self, desk: usize) {
        for _ in 0..=self.random.below(4) {
            if self.chance(40) { self.write_value(desk) } else { self.write_text(desk) }
        }
    }

    /// Of some answers one that the desk may write, if there is one.
    fn pick_writable(&mut self, desk: usize, answers: &[&'static str]) -> &'static str {
        let grant = self.grant_of(desk);
        let may = |answer: &str| grant.may_write(&AnswerId(answer.to_owned()));
        let own: Vec<_> = answers.iter().copied().filter(|answer| may(answer)).collect();
        // Now and then a person tries what is not theirs.
        if own.is_empty() || self.chance(5) {
            self.random.pick::<&str>(answers)
        } else {
            self.random.pick::<&str>(&own)
        }
    }

    /// Does something at a desk, and keeps in mind what it wrote.
    fn write(&mut self, desk: usize, word: String, what: &str, act: impl FnOnce(&mut Self) -> bool) {
        let before = self.desks[desk].have(&self.id);
        let aside = self.desks[desk].words_aside(&self.id);
        if !act(self) {
            return;
        }
        self.withdraw(desk, what, &aside);
        let after = self.desks[desk].have(&self.id);
        let Some(have) = made(&before, &after) else { return };
        let device = self.desks[desk].key;
        note(format!("{} writes {word} into {what}", self.desks[desk].name));
        let (change, place) = ((have.actor, have.seq), what.to_owned());
        let (acknowledged, forgiven, withdrawn) = (false, false, false);
        self.written.push(Written { word, place, device, change, acknowledged, forgiven, withdrawn });
    }

    /// A person has just worked on an answer and left it so: what of their own does not stand there is withdrawn,
    /// unless it lay aside before.
    fn withdraw(&mut self, desk: usize, place: &str, aside: &str) {
        let words = self.desks[desk].words(&self.id);
        let key = self.desks[desk].key;
        let own = self.written.iter_mut().filter(|written| written.device == key && written.place == place);
        for written in own {
            written.withdrawn |= !words.contains(&written.word) && !aside.contains(&written.word);
        }
    }

    fn write_value(&mut self, desk: usize) {
        let (word, answer) = (self.word(), self.pick_writable(desk, VALUES));
        self.write(desk, word.clone(), answer, |world| {
            let values = vec![(AnswerId(answer.to_owned()), Some(AnswerValue::Text(word)))];
            let (id, desk) = (world.id.clone(), &mut world.desks[desk]);
            desk.agency().workspace.edit(&id, &Edit::Set { values }).is_ok()
        });
    }

    fn write_text(&mut self, desk: usize) {
        let (word, answer) = (self.word(), self.pick_writable(desk, TEXTS));
        let text = self.desks[desk].agency().text(&self.id, answer);
        let length = utf16_len(&text);
        let at = self.random.below(length + 1);
        let delete = if self.chance(30) { self.random.below(5).min(length - at) } else { 0 };
        self.write(desk, word.clone(), answer, |world| {
            let answer = AnswerId(answer.to_owned());
            let (id, workspace) = (world.id.clone(), &mut world.desks[desk].agency().workspace);
            let base = workspace.state(&id, &answer).unwrap().revision;
            let delta = Delta::splice(at, delete, &word);
            workspace.edit(&id, &Edit::Splice { answer, base, delta }).is_ok()
        });
    }

    fn undo(&mut self, desk: usize) {
        let redo = self.chance(30);
        let aside = self.desks[desk].words_aside(&self.id);
        let workspace = &mut self.desks[desk].agency().workspace;
        let done = if redo { workspace.redo(&self.id) } else { workspace.undo(&self.id) };
        if let Ok((Undone { answer: Some(answer), .. }, _)) = done {
            self.withdraw(desk, answer.as_str(), &aside);
            let desk = &self.desks[desk];
            note(format!("{} {}", desk.name, if redo { "does it again" } else { "takes it back" }));
        }
    }

    fn discuss(&mut self, desk: usize) {
        let comments = self.desks[desk].comments(&self.id);
        if !comments.is_empty() && self.chance(30) {
            let comment = self.random.pick(&comments).id.clone();
            let settled = self.chance(70);
            let name = self.desks[desk].name.clone();
            note(format!("{name} settles {comment}: {settled}"));
            self.desks[desk].discuss(&self.id, DiscussAct::Settle { comment, settled });
            return;
        }
        let reply = (!comments.is_empty() && self.chance(40)).then(|| self.random.pick(&comments).id.clone());
        let word = self.word();
        let say = DiscussAct::Say { on: None, to: Vec::new(), text: word.clone(), reply_to: reply };
        self.write(desk, word, "a comment", |world| {
            let (id, desk) = (world.id.clone(), &mut world.desks[desk]);
            desk.discuss(&id, say).is_some()
        });
    }

    /// A person looks at what was refused, and puts one of it away.
    fn put_away(&mut self, desk: usize) {
        let aside = self.desks[desk].set_aside(&self.id, None, false);
        if aside.is_empty() {
            return;
        }
        let one = self.random.pick(&aside).clone();
        let propose = self.chance(50);
        note(format!("{} puts {:?} away, as a comment: {propose}", self.desks[desk].name, one.value));
        let left = self.desks[desk].set_aside(&self.id, Some(one.change.clone()), propose);
        let gone = |word: &str| {
            let of_it = aside.iter().filter(|aside| aside.change == one.change);
            let in_it = of_it.filter_map(|aside| aside.value.as_ref());
            in_it.into_iter().any(|value| value.as_text().contains(word))
        };
        let put_away = left.iter().all(|aside| aside.change != one.change);
        let device = self.desks[desk].key;
        let words = self.written.iter_mut().filter(|written| written.device == device);
        words.filter(|written| put_away && gone(&written.word)).for_each(|written| written.forgiven = true);
    }

    fn restart(&mut self, desk: usize) {
        if self.chance(20) {
            note("the hub stops and starts");
            self.hub.restart();
        } else if self.chance(10) {
            note("the hub folds its log");
            self.hub.core.fold(&self.id).unwrap();
        } else {
            note(format!("{} stops and starts", self.desks[desk].name));
            self.desks[desk].restart();
        }
    }

    fn back_up_or_restore(&mut self, desk: usize) {
        if self.chance(20) {
            self.restore_hub();
            return;
        }
        if self.chance(40) {
            self.lose_hub();
            return;
        }
        let written = self.written.len();
        let desk = &mut self.desks[desk];
        if desk.copy.is_none() {
            note(format!("{} is copied", desk.name));
            desk.back_up(written);
            return;
        }
        let Some(written) = desk.restore() else { return };
        note(format!("{} is restored from its copy", desk.name));
        let key = desk.key;
        let lost = self.written.iter_mut().skip(written).filter(|written| written.device == key);
        lost.for_each(|written| written.forgiven = true);
    }

    /// The hub's disk is replaced by a backup; its clients give it back what it had said since.
    fn restore_hub(&mut self) {
        let backup = self.hub.backup();
        let others: Vec<usize> = (0..self.desks.len()).collect();
        for desk in others {
            if self.chance(50) {
                self.sync(desk, true);
            }
        }
        let end = self.hub.log(&self.id).position;
        let id = self.id.clone();
        let whole = self.hub.backup();
        self.hub.roll_back(&backup);
        let core = &mut self.hub.core;
        let knows = |desk: &mut super::desk::Desk| {
            desk.agency().workspace.hello(&id).unwrap().after == end && core.admit(&desk.key, &id).is_ok()
        };
        // What nobody had heard was never said; whoever had heard it gives it back.
        let Some(desk) = self.desks.iter_mut().position(knows) else { return self.hub.roll_back(&whole) };
        note(format!("the hub is restored from a backup; {} tops it up", self.desks[desk].name));
        self.pages.clear();
        let key = self.desks[desk].key;
        // The line breaks once, perhaps in the middle of it.
        self.sync(desk, true);
        if let Some(desk) = self.desk_of(&key) {
            self.sync(desk, false);
        }
        assert!(self.hub.log(&self.id).position >= end, "the log is whole again");
    }
}
