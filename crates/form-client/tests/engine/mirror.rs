//! Rule of the view: whatever crosses on the way, the text that a person sees and the text in the document
//! end equal. Real documents, a colleague who edits too, messages that arrive late and out of order.

use std::collections::VecDeque;

use crate::random::Random;
use form_client::library::Library;
use form_document::{Document, Genesis, actor_id, application_id};
use form_model::command::Revision;
use form_model::definition::FormDefinition;
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;
use form_model::mirror::{EngineText, ViewText};

const SEEDS: u64 = 10_000;
/// Side by side on as many cores.
const THREADS: usize = 2;
const STEPS: usize = 24;
const WORDS: [&str; 6] = ["合作", "，", "😀", "a", "发展\n", "中小企业"];

enum Message {
    Patch(Revision, Delta),
    Acknowledgement(Revision),
    /// The splice was kept apart; the text that the engine has, and its revision.
    KeptApart(String, Revision),
}

/// A person's window on one text, the engine behind it, and a colleague far away.
struct Scene {
    random: Random,
    answer: AnswerId,
    own: Document,
    colleague: Document,
    /// Changes of each that the other does not have yet.
    from_own: Vec<Vec<u8>>,
    from_colleague: Vec<Vec<u8>>,
    engine: EngineText,
    view: ViewText,
    /// What the window shows; differs from the view's text while something is being composed.
    composing: Option<String>,
    splices: VecDeque<(Revision, Delta)>,
    messages: Vec<Message>,
}

fn scene(definition: &FormDefinition, genesis: &[u8], seed: u64) -> Scene {
    let id = application_id(genesis).unwrap();
    let open = |nonce| Document::from_genesis(genesis, definition, actor_id(&id, &[9; 32], &nonce)).unwrap();
    Scene {
        random: Random::new(seed),
        answer: AnswerId("plan.text".into()),
        own: open([1; 16]),
        colleague: open([2; 16]),
        from_own: Vec::new(),
        from_colleague: Vec::new(),
        engine: EngineText::default(),
        view: ViewText::new(String::new(), 0),
        composing: None,
        splices: VecDeque::new(),
        messages: Vec::new(),
    }
}

impl Scene {
    fn step(&mut self) {
        match self.random.below(9) {
            0..3 => self.type_something(),
            3 => self.colleague_types(),
            4 => self.merge(),
            5 => self.engine_takes_one(),
            6 | 7 => self.deliver_one(),
            _ => self.compose(),
        }
        self.send();
    }

    fn type_something(&mut self) {
        if self.composing.is_none() {
            let delta = random_delta(&mut self.random, self.view.text());
            self.view.typed(&delta).unwrap();
        }
    }

    /// Begins a composition, or ends one with its text.
    fn compose(&mut self) {
        let Some(composed) = self.composing.take() else {
            self.view.hold();
            self.composing = Some((*self.random.pick(&WORDS)).to_owned());
            return;
        };
        let at = self.random.below(self.view.text().chars().count() + 1);
        let before: String = self.view.text().chars().take(at).collect();
        self.view.typed(&Delta::splice(utf16_len(&before), 0, &composed)).unwrap();
        self.view.release().unwrap();
    }

    fn colleague_types(&mut self) {
        let text = self.colleague.text(&self.answer).unwrap().to_owned();
        let delta = random_delta(&mut self.random, &text);
        let change = self.colleague.splice(&self.answer, &delta, 0).unwrap();
        self.from_colleague.extend(change.map(|change| change.bytes));
    }

    fn merge(&mut self) {
        let merged = self.own.merge(&std::mem::take(&mut self.from_colleague));
        assert!(merged.refused.is_empty());
        for (_, delta) in merged.patched {
            let revision = self.engine.patched(delta.clone());
            self.messages.push(Message::Patch(revision, delta));
        }
        self.colleague.merge(&std::mem::take(&mut self.from_own));
    }

    fn send(&mut self) {
        self.splices.extend(self.view.next_splice());
    }

    fn engine_takes_one(&mut self) {
        let Some((base, splice)) = self.splices.pop_front() else { return };
        if self.random.below(10) == 0 {
            // A full disk, say: nothing was written, the view keeps what was typed.
            self.view.refused();
            return;
        }
        if self.random.below(10) == 0 {
            // The right to write was taken, and is given back at once.
            let text = self.own.text(&self.answer).unwrap().to_owned();
            self.messages.push(Message::KeptApart(text, self.engine.revision()));
            return;
        }
        let placed = self.engine.place(base, &splice).unwrap();
        let change = self.own.splice(&self.answer, &placed, 0).unwrap();
        self.from_own.extend(change.map(|change| change.bytes));
        self.messages.push(Message::Acknowledgement(self.engine.spliced(base)));
    }

    /// Acknowledgements and patches travel on different paths: any may come first.
    fn deliver_one(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let at = self.random.below(self.messages.len());
        match self.messages.remove(at) {
            Message::Patch(revision, delta) => self.view.patched(revision, delta).unwrap(),
            Message::Acknowledgement(revision) => self.view.acknowledged(revision).unwrap(),
            Message::KeptApart(text, revision) => self.view.kept_apart(text, revision).unwrap(),
        };
    }

    fn settle(&mut self) {
        if self.composing.is_some() {
            self.compose();
        }
        self.merge();
        loop {
            self.send();
            self.engine_takes_one();
            while !self.messages.is_empty() {
                self.deliver_one();
            }
            if self.view.is_saved() && self.splices.is_empty() {
                return;
            }
        }
    }
}

fn random_delta(random: &mut Random, text: &str) -> Delta {
    let characters: Vec<_> = text.chars().collect();
    let from = random.below(characters.len() + 1);
    let taken = if random.below(3) == 0 { random.below(4).min(characters.len() - from) } else { 0 };
    let width = |range: &[char]| range.iter().map(|char| char.len_utf16()).sum();
    let put = if taken > 0 && random.below(2) == 0 { "" } else { *random.pick(&WORDS) };
    Delta::splice(width(&characters[..from]), width(&characters[from..from + taken]), put)
}

#[test]
fn view_and_document_end_equal_over_10_000_seeds() {
    let library = Library::load(std::path::Path::new("no such folder"));
    let definition = &library.package("zone-application-2026").unwrap().definition;
    let genesis = Genesis::new(definition, [7; 16], [9; 32]).unwrap().build(definition).unwrap();
    std::thread::scope(|scope| {
        for first in (0..SEEDS).take(THREADS) {
            let genesis = &genesis;
            scope.spawn(move || {
                (first..SEEDS).step_by(THREADS).for_each(|seed| play(definition, genesis, seed));
            });
        }
    });
}

fn play(definition: &FormDefinition, genesis: &[u8], seed: u64) {
    let mut scene = scene(definition, genesis, seed);
    for _ in 0..STEPS {
        scene.step();
    }
    scene.settle();
    assert_eq!(Some(scene.view.text()), scene.own.text(&scene.answer), "seed {seed}");
}
