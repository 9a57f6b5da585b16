//! What the checklist says of a slot, and of which kinds its files are.

use form_model::definition::FormDefinition;
use form_model::evidence::SlotState;
use form_model::language::Language;

use crate::text;

/// The class and the words of an entry of the list.
pub fn status(state: &SlotState<'_>, form: &FormDefinition, language: Language) -> (&'static str, String) {
    let missing: Vec<_> = state.missing_kinds().map(|kind| kind_name(form, kind, language)).collect();
    match (state.files.len(), state.asked) {
        (0, true) => ("untouched", text::EVIDENCE_CHIP_NONE.of(language).to_owned()),
        (0, false) => ("complete", text::NOT_COUNTED.of(language).to_owned()),
        (_, true) if !missing.is_empty() => {
            let kinds = missing.join(language.pick("、", ", "));
            ("in-progress", text::EVIDENCE_LACKS.fill(language, &[("kinds", &kinds)]))
        }
        (count, _) => ("complete", text::EVIDENCE_CHIP.fill(language, &[("count", &count.to_string())])),
    }
}

/// How many files are of each kind, those whose kind nobody has said last: `主管部门出具的证明 2`.
pub fn kinds(state: &SlotState<'_>, form: &FormDefinition, language: Language) -> Vec<(String, usize)> {
    let named = state.slot.kinds.iter().map(|kind| (kind_name(form, kind, language), state.count_of(kind)));
    let unsaid = (text::EVIDENCE_KIND_UNSAID.of(language).to_owned(), state.count_of(""));
    named.chain(Some(unsaid).filter(|(_, count)| *count > 0)).collect()
}

/// What a kind is called.
pub fn kind_name(form: &FormDefinition, kind: &str, language: Language) -> String {
    form.text(language, &format!("evidence_kind.{kind}")).to_owned()
}
