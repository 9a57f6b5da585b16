//! A tireless clerk: an endless, seeded row of edits, and what the form must hold after each of them.

use std::collections::BTreeMap;

use form_model::answer::AnswerValue;
use form_model::command::Edit;
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;

use crate::random::Random;

/// The form package that the clerk fills.
pub const FORM: &str = "zone-application-2026";
const PROSE: [&str; 2] = ["plan.text", "innovation.measures"];
const VALUES: [&str; 4] =
    ["cover.zone_name", "basics.revenue.2023", "basics.revenue.2024", "openness.export_growth.2025"];
const WORDS: [&str; 8] = ["发展", "合作区", "，", "。\n", "中小企业", "a", "😀", "2025年"];
/// Taken out again beyond this length, so that the text stays one that a person would write.
const LONGEST_UTF16: usize = 3_000;

/// Makes edits and remembers what they add up to.
#[derive(Clone, Debug)]
pub struct Typist {
    random: Random,
    /// Text and revision.
    texts: BTreeMap<AnswerId, (String, u64)>,
    values: BTreeMap<AnswerId, String>,
}

impl Typist {
    pub fn new(seed: u64) -> Self {
        let texts = PROSE.map(|id| (AnswerId(id.to_owned()), (String::new(), 0)));
        Self { random: Random::new(seed), texts: texts.into(), values: BTreeMap::new() }
    }

    /// The next edit. The clerk takes it for done: the texts remembered hold it.
    pub fn edit(&mut self) -> Edit {
        if self.random.below(5) == 0 { self.value() } else { self.prose() }
    }

    /// Every answer as it stands after all edits so far.
    pub fn answers(&self) -> BTreeMap<AnswerId, String> {
        let texts = self.texts.iter().map(|(id, (text, _))| (id.clone(), text.clone()));
        texts.chain(self.values.clone()).filter(|(_, text)| !text.is_empty()).collect()
    }

    fn value(&mut self) -> Edit {
        let answer = AnswerId((*self.random.pick(&VALUES)).to_owned());
        let value = format!("{}", self.random.below(1_000_000));
        self.values.insert(answer.clone(), value.clone());
        Edit::Set { values: vec![(answer, Some(AnswerValue::Text(value)))] }
    }

    fn prose(&mut self) -> Edit {
        let answer = AnswerId((*self.random.pick(&PROSE)).to_owned());
        let (text, revision) = self.texts.entry(answer.clone()).or_default();
        let from = self.random.below(text.chars().count() + 1);
        let crowded = utf16_len(text) > LONGEST_UTF16;
        let taken = if crowded || self.random.below(4) == 0 { self.random.below(12) } else { 0 };
        let (before, rest) = split_characters(text, from);
        let (gone, after) = split_characters(rest, taken);
        // Never an edit that changes nothing: each acknowledgement stands for a change.
        let put = if crowded && !gone.is_empty() { "" } else { *self.random.pick(&WORDS) };
        let delta = Delta::splice(utf16_len(before), utf16_len(gone), put);
        *text = format!("{before}{put}{after}");
        *revision += 1;
        Edit::Splice { answer, base: *revision - 1, delta }
    }
}

fn split_characters(text: &str, count: usize) -> (&str, &str) {
    let at = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}
