//! One small world.

use std::collections::BTreeMap;

use form_document::key::PublicKey;
use form_document::wire::{Exchange, Page, WireActor};
use form_model::id::ApplicationId;
use huiqian_tests::agencies::{LoneHub, begin, pass};
use huiqian_tests::random::Random;
use tempfile::TempDir;

use super::desk::Desk;
use super::note;
use super::villain::Villain;

/// How much happens in a world.
const STEPS: usize = 80;
/// Apart enough that no two seeds share their chance.
const CHANCE_APART: u64 = 1 << 20;
/// What a hostile device writes where it may not; it is to appear nowhere.
pub const MARK: &str = "☠";

/// Characters of a word; the first of all words is 一.
const WORD_CHARS: u32 = 4;
const FIRST_CHAR: u32 = 0x4e00;

/// Something that an honest person wrote.
#[derive(Debug)]
pub struct Written {
    /// In no other text of the world.
    pub word: String,
    /// The answer, or a comment.
    pub place: String,
    pub device: PublicKey,
    /// The change: its actor and number.
    pub change: (WireActor, u64),
    /// The desk said that it is with the hub.
    pub acknowledged: bool,
    /// The desk was lost with it, or its person put it away.
    pub forgiven: bool,
    /// Its person wrote over it or deleted it at the same desk: nobody would miss it, but it is kept.
    pub withdrawn: bool,
}

/// Desks, the hub, and what is under way between them.
#[derive(Debug)]
pub struct World {
    pub random: Random,
    pub hub: LoneHub,
    pub id: ApplicationId,
    pub desks: Vec<Desk>,
    pub villain: Option<Villain>,
    /// Invites that nobody has used yet: the agency and the text.
    pub invites: Vec<(String, String)>,
    /// Requests that a slow line still holds.
    pub requests: Vec<(PublicKey, Exchange)>,
    /// Pages that a slow line still holds, and for whom.
    pub pages: Vec<(PublicKey, Page)>,
    pub sticks: Vec<Vec<u8>>,
    pub written: Vec<Written>,
    /// Of each actor, how far somebody was told that its changes are with the hub.
    pub acknowledged: BTreeMap<WireActor, u64>,
    /// An older copy of the hub's disk.
    pub hub_copy: Option<TempDir>,
    words: u32,
    pub desks_made: u32,
}

impl World {
    /// A lead, its hub, and agencies of which some have joined.
    pub fn new(seed: u64) -> Self {
        begin(seed.wrapping_mul(CHANCE_APART));
        let mut hub = LoneHub::start();
        let mut lead = Desk::new("lead", 0, true);
        let id = lead.found(&mut hub);
        let mut world = Self {
            random: Random::new(seed),
            hub,
            id,
            desks: vec![lead],
            villain: None,
            invites: Vec::new(),
            requests: Vec::new(),
            pages: Vec::new(),
            sticks: Vec::new(),
            written: Vec::new(),
            acknowledged: BTreeMap::new(),
            hub_copy: None,
            words: 0,
            desks_made: 1,
        };
        world.gather();
        world
    }

    /// Lets it all happen, and looks at what came of it.
    pub fn run(mut self) {
        for _ in 0..STEPS {
            let ms = match self.random.below(40) {
                0 => 86_400_000,
                1 => -3_600_000,
                _ => i64::try_from(self.random.below(20_000)).unwrap(),
            };
            pass(ms);
            self.step();
        }
        note("— the end —");
        self.end();
    }

    /// A word whose characters stand nowhere else: what is left of two others must not look like it.
    pub fn word(&mut self) -> String {
        self.words += 1;
        (0..WORD_CHARS).filter_map(|at| char::from_u32(FIRST_CHAR + self.words * WORD_CHARS + at)).collect()
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.random.below(100) < percent
    }

    /// One of the desks.
    pub fn any_desk(&mut self) -> usize {
        self.random.below(self.desks.len())
    }

    /// The desk of a device, if it still takes part.
    pub fn desk_of(&self, device: &PublicKey) -> Option<usize> {
        self.desks.iter().position(|desk| desk.key == *device)
    }
}
