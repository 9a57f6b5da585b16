//! Reads `sections/<id>.toml`.

use super::draft::{Draft, FormPlan};
use super::fault::FaultKind;
use super::table_reader::Located;
use super::{field_reader, layout_reader, rule_reader};
use crate::definition::Section;

/// Reads a section's fields, rules and layout into the draft.
pub(super) fn read(draft: &mut Draft<'_>, form: &FormPlan, section: &Located<String>) {
    let Some(table) = draft.open(&format!("sections/{}.toml", section.value), &section.place) else {
        return;
    };
    let owner = table.needed_text("owner");
    if let Some(owner) = owner.as_ref().filter(|owner| !form.agencies.contains(&owner.value)) {
        let kind = FaultKind::UnknownWord {
            key: "owner".to_owned(),
            word: owner.value.clone(),
            known: form.agencies.clone(),
        };
        draft.report(owner.place.clone(), kind);
    }
    let counted = table.flag("counted", true);
    let tables = table.tables("field");
    let fields = tables.iter().filter_map(|field| field_reader::read(draft, form, &section.value, field));
    let fields = fields.collect();
    tables.into_iter().for_each(super::table_reader::TableReader::finish);
    for rule in table.tables("rule") {
        rule_reader::read(draft, form, rule);
    }
    table.finish();
    let layout = layout_reader::read(draft, form, section);
    draft.sections.push(Section {
        id: section.value.clone(),
        owner: owner.map(|owner| owner.value).unwrap_or_default(),
        counted,
        fields,
        layout,
    });
}
