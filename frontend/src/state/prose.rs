//! A prose text of the open application: what is typed, what is on its way, what others changed.

use form_model::command::Revision;
use form_model::delta::{Delta, DeltaError};
use form_model::mirror::ViewText;

use crate::shell::Failure;

/// The view's copy of one prose text.
#[derive(Clone, Debug)]
pub struct Prose {
    mirror: ViewText,
    /// Patches in the mirror's text that the text box does not show yet, in order.
    unshown: Vec<Delta>,
    /// Why the last splice was refused; it stays in the mirror and goes out again with the next one.
    pub refused: Option<Failure>,
}

impl Prose {
    /// The text at the revision at which the application was opened.
    pub fn new(text: String, revision: Revision) -> Self {
        Self { mirror: ViewText::new(text, revision), unshown: Vec::new(), refused: None }
    }

    /// The text as it stands, with all that was typed.
    pub fn text(&self) -> &str {
        self.mirror.text()
    }

    /// Whether every character is on the disk.
    pub fn is_saved(&self) -> bool {
        self.mirror.is_saved()
    }

    /// The text box now reads `text`. Returns whether that is news.
    ///
    /// # Errors
    /// Never for a text box that shows this text; see [`ViewText::typed`].
    pub fn typed(&mut self, text: &str) -> Result<bool, DeltaError> {
        let delta = Delta::between(self.mirror.text(), text);
        if delta.is_empty() {
            return Ok(false);
        }
        self.mirror.typed(&delta)?;
        Ok(true)
    }

    /// What to send now, if nothing is on its way.
    pub fn next_splice(&mut self) -> Option<(Revision, Delta)> {
        let splice = self.mirror.next_splice();
        if splice.is_some() {
            self.refused = None;
        }
        splice
    }

    /// The splice is on the disk.
    ///
    /// # Errors
    /// When patches do not fit: the application must be opened again.
    pub fn acknowledged(&mut self, revision: Revision) -> Result<(), DeltaError> {
        let shown = self.mirror.acknowledged(revision)?;
        self.unshown.extend(shown);
        Ok(())
    }

    /// The splice may not be written here (any more), and the engine keeps its words apart.
    ///
    /// # Errors
    /// When patches do not fit: the application must be opened again.
    pub fn kept_apart(&mut self, accepted: String, revision: Revision) -> Result<(), DeltaError> {
        let shown = self.mirror.kept_apart(accepted, revision)?;
        self.unshown.extend(shown);
        Ok(())
    }

    /// The splice was not kept; its text goes back to what is to be sent.
    pub fn refuse(&mut self, failure: Failure) {
        self.mirror.refused();
        self.refused = Some(failure);
    }

    /// Somebody else changed the text.
    ///
    /// # Errors
    /// When the patch does not fit: the application must be opened again.
    pub fn patched(&mut self, revision: Revision, delta: Delta) -> Result<(), DeltaError> {
        let shown = self.mirror.patched(revision, delta)?;
        self.unshown.extend(shown);
        Ok(())
    }

    /// A composition begins: the text box must not be touched.
    pub fn hold(&mut self) {
        self.mirror.hold();
    }

    /// The composition has ended and its text was passed to [`Self::typed`].
    ///
    /// # Errors
    /// When waiting patches do not fit: the application must be opened again.
    pub fn release(&mut self) -> Result<(), DeltaError> {
        let shown = self.mirror.release()?;
        self.unshown.extend(shown);
        Ok(())
    }

    /// The patches since the text box was last brought up to date.
    pub fn take_unshown(&mut self) -> Vec<Delta> {
        std::mem::take(&mut self.unshown)
    }
}

/// Where a selection stands after the patches, when the text box that read `before` is to read `after`.
/// UTF-16 code units. Patches that do not lead from one to the other (the text was replaced) are put aside
/// for the smallest splice that does.
pub fn moved_selection(
    before: &str,
    after: &str,
    patches: &[Delta],
    selection: (usize, usize),
) -> (usize, usize) {
    let mut reached = Some(before.to_owned());
    for patch in patches {
        reached = reached.and_then(|text| patch.apply(&text).ok());
    }
    let replacing = [Delta::between(before, after)];
    let steps = if reached.as_deref() == Some(after) { patches } else { &replacing };
    let moved = |position| steps.iter().fold(position, |position, step| step.map_position(position, false));
    (moved(selection.0), moved(selection.1))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_keeps_its_place_between_two_patches() {
        let patches = [Delta::splice(0, 0, "前"), Delta::splice(5, 0, "后")];
        assert_eq!(moved_selection("一二三四", "前一二三四后", &patches, (2, 3)), (3, 4));
    }

    #[test]
    fn the_caret_is_kept_as_well_as_can_be_when_patches_do_not_fit() {
        assert_eq!(moved_selection("一二三四", "前一二三四", &[], (2, 2)), (3, 3));
    }

    #[test]
    fn typing_during_a_held_patch_loses_nothing() {
        let mut prose = Prose::new("一".into(), 0);
        prose.hold();
        prose.patched(1, Delta::splice(1, 0, "二")).unwrap();
        assert!(prose.typed("零一").unwrap());
        assert!(!prose.is_saved());
        prose.release().unwrap();
        assert_eq!(prose.text(), "零一二");
        assert_eq!(prose.take_unshown(), vec![Delta::splice(2, 0, "二")]);
    }
}
