//! Reads `messages/<tag>.toml`: nested tables of texts, keys joined with dots.

use super::draft::Draft;
use super::table_reader::Located;
use crate::language::Language;

/// The file that holds a language's texts.
pub(super) fn path(language: Language) -> String {
    format!("messages/{}.toml", language.tag())
}

/// Reads one language's texts into the draft.
pub(super) fn read(draft: &mut Draft<'_>, language: &Located<Language>) {
    let Some(table) = draft.open(&path(language.value), &language.place) else {
        return;
    };
    let texts = table.flattened().into_iter().collect();
    draft.texts.insert(language.value, texts);
}
