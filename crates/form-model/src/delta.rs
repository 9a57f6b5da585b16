//! Changes of a text, counted in UTF-16 code units, and how two concurrent ones are brought together.
//!
//! The view and the engine each hold a copy of a prose field. Both sides' steps are [`Delta`]s; where they
//! cross, [`Delta::transform`] moves one over the other (operational transformation between two parties,
//! as in Jupiter: Nichols et al., 1995), so that both copies end equal. The document's own merging of
//! concurrent authors is Automerge's and not of this module.

use serde::{Deserialize, Serialize};

/// A text changed from start to end: kept, put in, taken out. What follows the last step is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delta {
    steps: Vec<Step>,
}

/// One step of a delta; lengths in UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Keep(usize),
    Insert(String),
    Delete(usize),
}

/// A delta that does not fit the text it is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It reaches beyond the end of the text.
    #[error("the change reaches beyond the text's end")]
    BeyondEnd,
    /// It cuts a character outside the basic plane in two.
    #[error("the change cuts a character in two")]
    SplitCharacter,
}

/// The length of a text in UTF-16 code units, as the web view counts.
pub fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl Delta {
    /// A delta that takes `delete` units out at `position` and puts `insert` in.
    pub fn splice(position: usize, delete: usize, insert: &str) -> Self {
        let mut delta = Self::default();
        delta.keep(position);
        delta.insert(insert);
        delta.delete(delete);
        delta
    }

    /// The smallest single splice that turns `before` into `after`, cutting at characters only.
    ///
    /// ```
    /// use form_model::delta::Delta;
    ///
    /// let typed = Delta::between("合作区成效显著", "合作区发展成效显著");
    /// assert_eq!(typed, Delta::splice(3, 0, "发展"));
    /// ```
    pub fn between(before: &str, after: &str) -> Self {
        let prefix: usize =
            before.chars().zip(after.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let suffix: usize = before[prefix..]
            .chars()
            .rev()
            .zip(after[prefix..].chars().rev())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        Self::splice(
            utf16_len(&before[..prefix]),
            utf16_len(&before[prefix..before.len() - suffix]),
            &after[prefix..after.len() - suffix],
        )
    }

    /// The steps, normalised: no empty step, no two neighbours of one kind, an insert before a delete,
    /// no trailing keep.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Appends a stretch that stays.
    pub fn keep(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        if let Some(Step::Keep(last)) = self.steps.last_mut() {
            *last += length;
        } else {
            self.steps.push(Step::Keep(length));
        }
    }

    /// Appends text; goes before an adjoining deletion, so that equal changes have equal steps.
    pub fn insert(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let at = match self.steps.last() {
            Some(Step::Delete(_)) => self.steps.len() - 1,
            _ => self.steps.len(),
        };
        if let Some(Step::Insert(last)) = at.checked_sub(1).and_then(|before| self.steps.get_mut(before)) {
            last.push_str(text);
        } else {
            self.steps.insert(at, Step::Insert(text.to_owned()));
        }
    }

    /// Appends a deletion.
    pub fn delete(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        if let Some(Step::Delete(last)) = self.steps.last_mut() {
            *last += length;
        } else {
            self.steps.push(Step::Delete(length));
        }
    }

    fn trim(mut self) -> Self {
        if matches!(self.steps.last(), Some(Step::Keep(_))) {
            self.steps.pop();
        }
        self
    }

    /// The text after the change.
    ///
    /// # Errors
    /// When the delta does not fit the text: beyond its end, or through a character.
    pub fn apply(&self, text: &str) -> Result<String, DeltaError> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        for step in &self.steps {
            match step {
                Step::Keep(length) => {
                    let (kept, after) = split_utf16(rest, *length)?;
                    out.push_str(kept);
                    rest = after;
                }
                Step::Insert(inserted) => out.push_str(inserted),
                Step::Delete(length) => rest = split_utf16(rest, *length)?.1,
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// This delta followed by `next` as one delta.
    #[must_use]
    pub fn compose(&self, next: &Self) -> Self {
        let mut first = Cursor::new(&self.steps);
        let mut second = Cursor::new(&next.steps);
        let mut out = Self::default();
        while !(first.at_end() && second.at_end()) {
            if let Some(text) = second.inserts() {
                out.insert(text);
                second.skip(utf16_len(text));
                continue;
            }
            let (ahead, deletes) = first.stretch();
            if deletes {
                out.delete(ahead);
                first.skip(ahead);
                continue;
            }
            let (next_ahead, next_deletes) = second.stretch();
            let length = if let Some(text) = first.inserts() {
                let taken = first_units(text, next_ahead);
                if !next_deletes {
                    out.insert(taken);
                }
                utf16_len(taken)
            } else {
                let length = ahead.min(next_ahead);
                out.base(length, next_deletes);
                length
            };
            first.skip(length);
            second.skip(length);
        }
        out.trim()
    }

    /// This delta as it must be applied after `other`, when both were made on the same text.
    /// Where both insert at one place, mine stands first if `self_first`.
    #[must_use]
    pub fn transform(&self, other: &Self, self_first: bool) -> Self {
        let mut mine = Cursor::new(&self.steps);
        let mut theirs = Cursor::new(&other.steps);
        let mut out = Self::default();
        while !mine.at_end() {
            match (mine.inserts(), theirs.inserts()) {
                (Some(text), their) if self_first || their.is_none() => {
                    out.insert(text);
                    mine.skip(utf16_len(text));
                }
                (_, Some(text)) => {
                    out.keep(utf16_len(text));
                    theirs.skip(utf16_len(text));
                }
                _ => {
                    let (mine_ahead, mine_deletes) = mine.stretch();
                    let (their_ahead, their_deletes) = theirs.stretch();
                    let length = mine_ahead.min(their_ahead);
                    if !their_deletes {
                        out.base(length, mine_deletes);
                    }
                    mine.skip(length);
                    theirs.skip(length);
                }
            }
        }
        out.trim()
    }

    /// Where a caret at `position` stands after the change. Text put in right at the caret moves it only
    /// when `sticks` (the caret follows its own typing, not a colleague's).
    pub fn map_position(&self, position: usize, sticks: bool) -> usize {
        let (mut old, mut new) = (0, 0);
        for step in &self.steps {
            match step {
                Step::Keep(length) if old + length > position => break,
                Step::Keep(length) => {
                    old += length;
                    new += length;
                }
                Step::Insert(text) if old < position || sticks => new += utf16_len(text),
                Step::Insert(_) => {}
                Step::Delete(length) if old + length > position => return new,
                Step::Delete(length) => old += length,
            }
        }
        new + (position - old)
    }

    fn base(&mut self, length: usize, deletes: bool) {
        if deletes {
            self.delete(length);
        } else {
            self.keep(length);
        }
    }
}

/// Walks over steps in pieces. Past the last step lies an endless stretch that is kept.
struct Cursor<'a> {
    steps: &'a [Step],
    /// Units of the first step that are done.
    done: usize,
}

impl<'a> Cursor<'a> {
    fn new(steps: &'a [Step]) -> Self {
        Self { steps, done: 0 }
    }

    fn at_end(&self) -> bool {
        self.steps.is_empty()
    }

    /// The rest of the text that the current step puts in, if it does.
    fn inserts(&self) -> Option<&'a str> {
        match self.steps.first() {
            Some(Step::Insert(text)) => Some(&text[first_units(text, self.done).len()..]),
            _ => None,
        }
    }

    /// How far the current stretch of old text reaches, and whether it is taken out. For an insert: as
    /// far as one likes, kept.
    fn stretch(&self) -> (usize, bool) {
        match self.steps.first() {
            Some(Step::Keep(length)) => (length - self.done, false),
            Some(Step::Delete(length)) => (length - self.done, true),
            Some(Step::Insert(_)) | None => (usize::MAX, false),
        }
    }

    fn skip(&mut self, length: usize) {
        let Some(step) = self.steps.first() else { return };
        self.done += length;
        let whole = match step {
            Step::Keep(length) | Step::Delete(length) => *length,
            Step::Insert(text) => utf16_len(text),
        };
        if self.done >= whole {
            self.steps = &self.steps[1..];
            self.done = 0;
        }
    }
}

/// The longest start of a text within so many UTF-16 units that cuts no character.
fn first_units(text: &str, units: usize) -> &str {
    let mut seen = 0;
    let end = text
        .char_indices()
        .find(|(_, char)| {
            seen += char.len_utf16();
            seen > units
        })
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn split_utf16(text: &str, units: usize) -> Result<(&str, &str), DeltaError> {
    let head = first_units(text, units);
    match utf16_len(head) {
        length if length == units => Ok(text.split_at(head.len())),
        _ if head.len() == text.len() => Err(DeltaError::BeyondEnd),
        _ => Err(DeltaError::SplitCharacter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_finds_the_edited_stretch_and_applies() {
        let delta = Delta::between("合作区成效显著", "合作区发展成效显著");
        assert_eq!(delta, Delta::splice(3, 0, "发展"));
        assert_eq!(delta.apply("合作区成效显著").unwrap(), "合作区发展成效显著");
    }

    #[test]
    fn a_delta_that_cuts_an_emoji_or_overruns_is_refused() {
        assert_eq!(Delta::splice(1, 0, "x").apply("😀"), Err(DeltaError::SplitCharacter));
        assert_eq!(Delta::splice(3, 0, "x").apply("😀"), Err(DeltaError::BeyondEnd));
        assert_eq!(Delta::splice(0, 2, "").apply("😀").unwrap(), "");
    }

    #[test]
    fn concurrent_deltas_end_in_one_text() {
        let text = "一二三四五";
        let mine = Delta::splice(1, 3, "甲");
        let theirs = Delta::splice(2, 1, "乙丙");
        let a = theirs.transform(&mine, true).apply(&mine.apply(text).unwrap()).unwrap();
        let b = mine.transform(&theirs, false).apply(&theirs.apply(text).unwrap()).unwrap();
        assert_eq!(a, b);
    }

    #[test]
    fn the_caret_stays_before_a_colleagues_text_and_after_ones_own() {
        let delta = Delta::splice(2, 0, "新增");
        assert_eq!(delta.map_position(2, false), 2);
        assert_eq!(delta.map_position(2, true), 4);
        assert_eq!(delta.map_position(3, false), 5);
        assert_eq!(Delta::splice(1, 3, "").map_position(2, false), 1);
    }
}
