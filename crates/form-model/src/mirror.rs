//! One text held twice: as the view shows it and as the document has it.
//!
//! The view types ahead of the engine; the engine takes in other people's work that the view has not seen.
//! Both number the steps of a text with [`Revision`]s. The view keeps at most one splice on its way and
//! composes what is typed meanwhile; the engine moves a splice over the patches that the view had not seen;
//! the view moves a patch over its own unacknowledged typing. During an input-method composition the view
//! holds patches back, so that neither the composed text nor the caret jumps.

use std::collections::{BTreeMap, VecDeque};

use crate::command::Revision;
use crate::delta::{Delta, DeltaError};

/// How many foreign patches the engine remembers for one text. A view that sends a splice older than this
/// many merges has been away longer than a composition lasts; it reopens the application.
pub const PATCHES_REMEMBERED: usize = 10_000;

/// The view's copy of a text.
#[derive(Clone, Debug)]
pub struct ViewText {
    text: String,
    revision: Revision,
    /// Sent and not yet acknowledged; stands on `revision`.
    outstanding: Option<Delta>,
    /// Typed since; stands on the text after `outstanding`.
    buffer: Delta,
    /// The text after `outstanding`, without `buffer`.
    sent: String,
    /// The patches taken in since `outstanding` was sent, as they stand on the engine's text.
    since: Vec<(Revision, Delta)>,
    /// The engine's text without `outstanding`, which it keeps apart, until that can be shown.
    apart: Option<(String, Revision)>,
    /// What the engine said that cannot be taken in yet, by the revision it made.
    waiting: BTreeMap<Revision, Arrived>,
    held: bool,
}

/// What the engine tells the view about a text.
#[derive(Clone, Debug)]
enum Arrived {
    Patch(Delta),
    Acknowledgement,
}

impl ViewText {
    /// The text as the engine gave it at that revision.
    pub fn new(text: String, revision: Revision) -> Self {
        Self {
            text,
            revision,
            outstanding: None,
            buffer: Delta::default(),
            sent: String::new(),
            since: Vec::new(),
            apart: None,
            waiting: BTreeMap::new(),
            held: false,
        }
    }

    /// What the view shows (without a composition under way).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether everything typed is acknowledged, which is to say on the disk.
    pub fn is_saved(&self) -> bool {
        self.outstanding.is_none() && self.buffer.is_empty()
    }

    /// Takes in what the person typed.
    ///
    /// # Errors
    /// When the delta does not fit the text; nothing changes then.
    pub fn typed(&mut self, delta: &Delta) -> Result<(), DeltaError> {
        self.text = delta.apply(&self.text)?;
        self.buffer = self.buffer.compose(delta);
        Ok(())
    }

    /// The splice to send now and the revision it stands on; nothing while one is on its way.
    pub fn next_splice(&mut self) -> Option<(Revision, Delta)> {
        if self.outstanding.is_some() || self.buffer.is_empty() {
            return None;
        }
        let delta = std::mem::take(&mut self.buffer);
        self.outstanding = Some(delta.clone());
        self.sent.clone_from(&self.text);
        self.since.clear();
        Some((self.revision, delta))
    }

    /// The engine committed the splice as that revision. Returns patches that could now be applied, in
    /// order, each on the text as shown.
    ///
    /// # Errors
    /// When a patch does not fit: the view must reopen the application.
    pub fn acknowledged(&mut self, revision: Revision) -> Result<Vec<Delta>, DeltaError> {
        self.waiting.insert(revision, Arrived::Acknowledgement);
        self.take_in()
    }

    /// The engine refused the splice (a full disk): it goes back to what is to be sent, nothing is lost.
    pub fn refused(&mut self) {
        if let Some(delta) = self.outstanding.take() {
            self.buffer = delta.compose(&self.buffer);
        }
    }

    /// The engine may not take the splice in and has kept its words apart: the text goes back to what the engine has,
    /// `accepted` at `revision`. What was typed since remains, to be sent. Returns what to apply to the text as shown.
    ///
    /// # Errors
    /// As [`Self::acknowledged`].
    pub fn kept_apart(&mut self, accepted: String, revision: Revision) -> Result<Vec<Delta>, DeltaError> {
        self.apart = Some((accepted, revision));
        self.take_in()
    }

    /// A patch by other hands. Returns what to apply to the text as shown.
    ///
    /// # Errors
    /// When the patch does not fit: the view must reopen the application.
    pub fn patched(&mut self, revision: Revision, delta: Delta) -> Result<Vec<Delta>, DeltaError> {
        if revision > self.revision {
            self.waiting.insert(revision, Arrived::Patch(delta));
        }
        self.take_in()
    }

    /// A composition begins: patches wait.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// The composition has ended (and its text was passed to [`Self::typed`]): waiting patches come in.
    ///
    /// # Errors
    /// As [`Self::patched`].
    pub fn release(&mut self) -> Result<Vec<Delta>, DeltaError> {
        self.held = false;
        self.take_in()
    }

    fn take_in(&mut self) -> Result<Vec<Delta>, DeltaError> {
        let mut shown = Vec::new();
        if let Some((accepted, revision)) = self.apart.take_if(|_| !self.held) {
            shown.push(self.go_back(accepted, revision)?);
        }
        while let Some(entry) = self.waiting.first_entry() {
            let next = *entry.key() == self.revision + 1;
            let blocked = self.held && matches!(entry.get(), Arrived::Patch(_));
            if !next || blocked {
                break;
            }
            match entry.remove() {
                Arrived::Acknowledgement => self.outstanding = None,
                Arrived::Patch(delta) => shown.push(self.take_patch(&delta)?),
            }
            self.revision += 1;
        }
        Ok(shown)
    }

    fn go_back(&mut self, mut accepted: String, revision: Revision) -> Result<Delta, DeltaError> {
        for (_, patch) in self.since.drain(..).filter(|(made, _)| *made > revision) {
            accepted = patch.apply(&accepted)?;
        }
        let back = Delta::between(&self.sent, &accepted);
        self.outstanding = None;
        self.buffer = self.buffer.transform(&back, false);
        let after = self.buffer.apply(&accepted)?;
        let shown = Delta::between(&self.text, &after);
        self.text = after;
        self.revision = self.revision.max(revision);
        // The engine's text has these.
        self.waiting = self.waiting.split_off(&self.revision.saturating_add(1));
        Ok(shown)
    }

    fn take_patch(&mut self, patch: &Delta) -> Result<Delta, DeltaError> {
        let mut moved = patch.clone();
        if let Some(outstanding) = &mut self.outstanding {
            self.since.push((self.revision.saturating_add(1), patch.clone()));
            (moved, *outstanding) = cross(&moved, outstanding);
            self.sent = moved.apply(&self.sent)?;
        }
        (moved, self.buffer) = cross(&moved, &self.buffer);
        self.text = moved.apply(&self.text)?;
        Ok(moved)
    }
}

/// Moves a patch and a splice over each other. At one place the patch's text stands first; the engine
/// does the same in [`EngineText::place`].
fn cross(patch: &Delta, splice: &Delta) -> (Delta, Delta) {
    (patch.transform(splice, true), splice.transform(patch, false))
}

/// The engine's side of one text: which foreign patches a view may not have seen.
#[derive(Clone, Debug, Default)]
pub struct EngineText {
    revision: Revision,
    patches: VecDeque<(Revision, Delta)>,
}

impl EngineText {
    /// The newest revision.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The text changed by other hands; returns the revision to tell the view.
    pub fn patched(&mut self, delta: Delta) -> Revision {
        self.revision += 1;
        self.patches.push_back((self.revision, delta));
        if self.patches.len() > PATCHES_REMEMBERED {
            self.patches.pop_front();
        }
        self.revision
    }

    /// Moves a view's splice to where it belongs in the present text. `None` when the view's revision is
    /// not one that this text can be followed from.
    pub fn place(&self, base: Revision, splice: &Delta) -> Option<Delta> {
        if base > self.revision {
            return None;
        }
        let unseen = self.patches.iter().filter(|(revision, _)| *revision > base);
        let known_from = self.patches.front().map_or(self.revision + 1, |(revision, _)| *revision);
        let forgotten = self.patches.len() == PATCHES_REMEMBERED && base + 1 < known_from;
        if forgotten {
            return None;
        }
        Some(unseen.fold(splice.clone(), |splice, (_, patch)| splice.transform(patch, false)))
    }

    /// The placed splice is committed; returns the revision to acknowledge. `base` is what the view had
    /// seen: older patches need not be remembered.
    pub fn spliced(&mut self, base: Revision) -> Revision {
        self.patches.retain(|(revision, _)| *revision > base);
        self.revision += 1;
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A view that sends, waits for its acknowledgement, and meets patches in between.
    #[test]
    fn view_and_engine_agree_when_a_patch_crosses_two_splices() {
        let (mut view, mut engine) = (ViewText::new("工作思路".into(), 0), EngineText::default());
        let mut document = "工作思路".to_owned();
        view.typed(&Delta::splice(4, 0, "清晰")).unwrap();
        let (base, splice) = view.next_splice().unwrap();
        view.typed(&Delta::splice(6, 0, "。")).unwrap();

        let patch = Delta::splice(0, 2, "发展");
        document = patch.apply(&document).unwrap();
        let patch_revision = engine.patched(patch.clone());
        document = engine.place(base, &splice).unwrap().apply(&document).unwrap();
        let revision = engine.spliced(base);

        // The acknowledgement overtakes the patch on its way to the view.
        assert!(view.acknowledged(revision).unwrap().is_empty());
        assert_eq!(view.patched(patch_revision, patch).unwrap().len(), 1);
        let (base, splice) = view.next_splice().unwrap();
        document = engine.place(base, &splice).unwrap().apply(&document).unwrap();
        view.acknowledged(engine.spliced(base)).unwrap();
        assert_eq!(document, "发展思路清晰。");
        assert_eq!(view.text(), document);
        assert!(view.is_saved());
    }

    #[test]
    fn a_patch_waits_while_a_composition_is_under_way() {
        let mut view = ViewText::new("一".into(), 0);
        view.hold();
        assert!(view.patched(1, Delta::splice(1, 0, "二")).unwrap().is_empty());
        assert_eq!(view.text(), "一");
        view.typed(&Delta::splice(0, 0, "零")).unwrap();
        assert_eq!(view.release().unwrap(), vec![Delta::splice(2, 0, "二")]);
        assert_eq!(view.text(), "零一二");
    }

    #[test]
    fn what_is_kept_apart_leaves_the_text_as_the_engine_has_it_and_what_was_typed_since() {
        let mut view = ViewText::new("甲乙".into(), 3);
        view.typed(&Delta::splice(1, 0, "错")).unwrap();
        view.next_splice().unwrap();
        view.typed(&Delta::splice(2, 0, "字")).unwrap();
        // A patch that the engine made after it had refused comes first.
        view.patched(4, Delta::splice(2, 0, "丙")).unwrap();
        assert_eq!(view.kept_apart("甲乙".into(), 3).unwrap().len(), 1);
        assert_eq!(view.text(), "甲字乙丙");
        assert_eq!(view.next_splice(), Some((4, Delta::splice(1, 0, "字"))));
    }

    #[test]
    fn what_is_kept_apart_in_mid_composition_goes_when_that_has_ended() {
        let mut view = ViewText::new("甲".into(), 0);
        view.typed(&Delta::splice(1, 0, "错")).unwrap();
        view.next_splice().unwrap();
        view.hold();
        assert!(view.kept_apart("甲".into(), 0).unwrap().is_empty());
        assert_eq!(view.text(), "甲错", "nothing moves under the composition");
        view.typed(&Delta::splice(2, 0, "字")).unwrap();
        view.release().unwrap();
        assert_eq!(view.text(), "甲字");
        assert_eq!(view.next_splice(), Some((0, Delta::splice(1, 0, "字"))));
    }

    #[test]
    fn a_refused_splice_is_sent_again_with_what_followed() {
        let mut view = ViewText::new(String::new(), 0);
        view.typed(&Delta::splice(0, 0, "甲")).unwrap();
        view.next_splice().unwrap();
        view.typed(&Delta::splice(1, 0, "乙")).unwrap();
        view.refused();
        assert_eq!(view.next_splice(), Some((0, Delta::splice(0, 0, "甲乙"))));
    }
}
