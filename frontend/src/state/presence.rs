//! Colleagues who are in the form now: at which fields, and where their carets stand.

use std::collections::BTreeSet;

use form_model::command::Present;
use form_model::delta::Delta;
use form_model::id::AnswerId;

/// Whether a person who is at `at` is in the control of `control`: its answer, what is said about it, or one of
/// its options.
pub fn is_in(at: &AnswerId, control: &AnswerId) -> bool {
    let base = at.base();
    let rest = base.as_str().strip_prefix(control.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The answers at which something differs between two lists: only their controls are drawn anew.
pub fn touched(before: &[Present], after: &[Present]) -> BTreeSet<AnswerId> {
    let gone = before.iter().filter(|person| !after.contains(person));
    let come = after.iter().filter(|person| !before.contains(person));
    gone.chain(come).filter_map(|person| Some(person.answer.as_ref()?.base())).collect()
}

/// Keeps the carets in a text at their places in it.
pub fn shift_carets(present: &mut [Present], answer: &AnswerId, delta: &Delta) {
    for person in present.iter_mut().filter(|person| person.answer.as_ref() == Some(answer)) {
        let Some(caret) = person.caret.and_then(|caret| usize::try_from(caret).ok()) else { continue };
        person.caret = u64::try_from(delta.map_position(caret, false)).ok();
    }
}

/// What stands before a caret, counted in UTF-16 units; never half a character.
pub fn before_caret(text: &str, caret: u64) -> &str {
    let mut units = 0_u64;
    for (at, character) in text.char_indices() {
        if units >= caret {
            return &text[..at];
        }
        units += if character.len_utf16() == 1 { 1 } else { 2 };
    }
    text
}

#[cfg(test)]
mod tests {
    use form_model::member::AgencyId;

    use super::*;

    fn person(device: &str, answer: Option<&str>, caret: Option<u64>) -> Present {
        Present {
            device: device.to_owned(),
            agency: AgencyId("commerce".to_owned()),
            person: "李".to_owned(),
            answer: answer.map(|answer| AnswerId(answer.to_owned())),
            caret,
        }
    }

    #[test]
    fn an_option_and_a_note_are_part_of_their_control() {
        let control = AnswerId("openness.exchanges".into());
        assert!(is_in(&AnswerId("openness.exchanges.other".into()), &control));
        assert!(is_in(&AnswerId("openness.exchanges?note".into()), &control));
        assert!(!is_in(&AnswerId("openness.exchanges_2".into()), &control));
    }

    #[test]
    fn only_fields_that_somebody_entered_or_left_are_touched() {
        let before = [person("a", Some("plan.text"), Some(1)), person("b", Some("cover.city"), None)];
        let after = [person("a", Some("plan.text"), Some(2)), person("b", Some("cover.city"), None)];
        let touched = touched(&before, &after);
        assert_eq!(touched.into_iter().collect::<Vec<_>>(), [AnswerId("plan.text".into())]);
    }

    #[test]
    fn a_caret_moves_with_the_text_before_it() {
        let answer = AnswerId("plan.text".into());
        let mut present = [person("a", Some("plan.text"), Some(4)), person("b", Some("cover.city"), Some(4))];
        shift_carets(&mut present, &answer, &Delta::splice(0, 0, "前言"));
        assert_eq!((present[0].caret, present[1].caret), (Some(6), Some(4)));
    }

    #[test]
    fn the_text_before_a_caret_never_ends_within_a_character() {
        assert_eq!(before_caret("𠮷祥", 1), "𠮷");
        assert_eq!(before_caret("一二", 9), "一二");
        assert_eq!(before_caret("一二", 0), "");
    }
}
