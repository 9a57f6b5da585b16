//! Whether nothing is left over: every field shown, every text there, every text and file used.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::fault::FaultKind;
use super::message_reader;
use super::nearest::nearest;
use super::source::start_of;
use super::table_reader::Located;
use crate::check::placeholders;
use crate::definition::{Field, FieldKind, FormDefinition};
use crate::layout::{Block, Part};

/// Checks that every field is printed somewhere, or can be filled in a supplement.
pub(super) fn check_layouts(draft: &Draft<'_>, form: &FormDefinition) {
    let mut printed = BTreeSet::new();
    let mut supplementary = BTreeSet::new();
    for block in form.sections.iter().flat_map(|section| &section.layout.blocks) {
        match block {
            Block::Supplement { fields } => supplementary.extend(fields.iter().map(String::as_str)),
            _ => collect_printed(block, &mut printed),
        }
    }
    for field in form.fields() {
        let shown = if field.printed { &printed } else { &supplementary };
        for answer in missing_answers(field, shown) {
            if let Some(place) = draft.fields.get(&field.id) {
                let kind = FaultKind::NotShown { answer, supplement: !field.printed };
                draft.report(place.clone(), kind);
            }
        }
    }
}

fn collect_printed<'f>(block: &'f Block, printed: &mut BTreeSet<&'f str>) {
    let parts: Vec<&Part> = match block {
        Block::Line { parts } => parts.iter().collect(),
        Block::Table { rows, .. } => {
            rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.parts).collect()
        }
        Block::Prose { field } => {
            printed.insert(field);
            Vec::new()
        }
        Block::Title { .. } | Block::Note { .. } | Block::Supplement { .. } => Vec::new(),
    };
    printed.extend(parts.into_iter().filter_map(|part| match part {
        Part::Answer(answer) => Some(answer.as_str()),
        Part::Text(_) | Part::Label(_) | Part::Evidence(_) | Part::Break => None,
    }));
}

/// The answers of a field that are not among those shown.
fn missing_answers(field: &Field, shown: &BTreeSet<&str>) -> Vec<String> {
    if shown.contains(field.id.as_str()) {
        return Vec::new();
    }
    if field.columns.is_empty() {
        return vec![field.id.to_string()];
    }
    let answers = field.columns.iter().map(|column| field.id.part(column).0);
    answers.filter(|answer| !shown.contains(answer.as_str())).collect()
}

/// Checks that every language has every text that is needed and none that is not.
pub(super) fn check_messages(draft: &Draft<'_>, form: &FormDefinition) {
    let optional = optional_texts(form);
    let mut needs: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    for need in &draft.needs {
        needs.entry(&need.value).or_insert(need);
    }
    for (language, texts) in &draft.texts {
        let file = message_reader::path(*language);
        for (key, need) in &needs {
            if !texts.contains_key(*key) {
                let kind = FaultKind::MissingMessage { key: (*key).to_owned(), file: file.clone() };
                draft.report(need.place.clone(), kind);
            }
        }
        for (key, text) in texts {
            check_text(draft, &needs, &optional, key, text);
        }
    }
}

/// Checks that rules' texts name in braces only what their tests give.
pub(super) fn check_placeholders(draft: &Draft<'_>, form: &FormDefinition) {
    for rule in &form.rules {
        let key = format!("rule.{}", rule.id);
        let known = placeholders(&rule.test);
        for texts in draft.texts.values() {
            let Some(text) = texts.get(&key) else {
                continue;
            };
            for placeholder in braces(&text.value).filter(|name| !known.contains(name)) {
                draft.report(
                    text.place.clone(),
                    FaultKind::UnknownPlaceholder {
                        key: key.clone(),
                        placeholder: placeholder.to_owned(),
                        known: known.iter().map(|name| (*name).to_owned()).collect(),
                    },
                );
            }
        }
    }
}

/// The names in braces of a text.
fn braces(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|after| after.split_once('}')).map(|(name, _)| name)
}

/// A text must be needed, or be an optional one that the other languages have too.
fn check_text(
    draft: &Draft<'_>,
    needs: &BTreeMap<&str, &Located<String>>,
    optional: &BTreeSet<String>,
    key: &str,
    text: &Located<String>,
) {
    if needs.contains_key(key) {
        return;
    }
    if !optional.contains(key) {
        let candidates = needs.keys().copied().chain(optional.iter().map(String::as_str));
        let kind = FaultKind::UnusedMessage { key: key.to_owned(), nearest: nearest(key, candidates) };
        return draft.report(text.place.clone(), kind);
    }
    for (language, texts) in &draft.texts {
        if !texts.contains_key(key) {
            let file = message_reader::path(*language);
            draft.report(text.place.clone(), FaultKind::MissingMessage { key: key.to_owned(), file });
        }
    }
}

/// Keys that a package may have or leave out.
fn optional_texts(form: &FormDefinition) -> BTreeSet<String> {
    let mut keys = BTreeSet::from(["form.help".to_owned()]);
    keys.extend(form.sections.iter().map(|section| format!("{}.help", section.id)));
    for field in form.fields() {
        keys.insert(format!("{}.help", field.id));
        keys.insert(format!("{}.placeholder", field.id));
        if let FieldKind::Choice { options } | FieldKind::Choices { options, .. } = &field.kind {
            keys.extend(options.iter().map(|option| format!("{}.{option}.help", field.id)));
        }
    }
    keys
}

/// Checks that every file of the package is one that the form names.
pub(super) fn check_files(draft: &Draft<'_>, form: &FormDefinition, sections: &[Located<String>]) {
    let mut named = BTreeSet::from(["form.toml".to_owned()]);
    for section in sections {
        named.insert(format!("sections/{}.toml", section.value));
        named.insert(format!("layout/{}.toml", section.value));
    }
    named.extend(form.languages.iter().map(|language| message_reader::path(*language)));
    for path in draft.sources.paths().filter(|path| !named.contains(*path)) {
        draft.report(start_of(path), FaultKind::UnexpectedFile);
    }
}
