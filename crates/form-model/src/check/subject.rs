//! What a sentence calls an answer.

use crate::definition::{FieldKind, FormDefinition};
use crate::evidence::EvidenceKey;
use crate::id::{AnswerId, NOTE_FACET};
use crate::language::Language;

/// What a sentence calls the answer: the field's short label, with the year of a table column
/// (`2025年合作区营业总收入`) or the option; of a note, that it is one. The path itself when the form has no such answer; of what is said
/// about a file, its slot.
pub fn subject(form: &FormDefinition, language: Language, answer: &AnswerId) -> String {
    if let Some(slot) = EvidenceKey::read(answer).and_then(|key| form.slot_of(&key.field)) {
        return language.pick("佐证材料 {}", "Evidence {}").replace("{}", &slot.number.to_string());
    }
    let name = base_subject(form, language, &answer.base());
    if answer.facet() == Some(NOTE_FACET) {
        return language.pick("{}的备注", "Note on {}").replace("{}", &name);
    }
    name
}

fn base_subject(form: &FormDefinition, language: Language, base: &AnswerId) -> String {
    // The path of a multiple choice itself is no stored answer.
    let field =
        form.field_of(base).or_else(|| form.fields().find(|field| field.id.as_str() == base.as_str()));
    let Some(field) = field else {
        return base.0.clone();
    };
    let label = form.label(language, &field.id);
    let label = short_label(&label);
    let Some(part) = base.as_str().strip_prefix(field.id.as_str()).and_then(|rest| rest.strip_prefix('.'))
    else {
        return label;
    };
    match &field.kind {
        FieldKind::Choices { .. } => {
            let option = part.strip_suffix("_text").unwrap_or(part);
            let key = format!("{}.{option}.label", field.id);
            let option = short_label(form.text(language, &key));
            language
                .pick("{label}“{part}”", "{label}: “{part}”")
                .replace("{label}", &label)
                .replace("{part}", &option)
        }
        FieldKind::Prose { .. } => label,
        _ => {
            let column = form.column_label(language, part);
            language
                .pick("{part}{label}", "{label}, {part}")
                .replace("{label}", &label)
                .replace("{part}", &column)
        }
    }
}

/// A printed label without its line breaks and the bracketed remarks at its end: units, word limits,
/// calls for evidence. Brackets inside the label stay.
pub fn short_label(label: &str) -> String {
    let mut rest: &str = label.trim();
    loop {
        let shorter = match rest.chars().last() {
            Some('）') => before_bracket(rest, '（', '）'),
            Some(')') => before_bracket(rest, '(', ')'),
            Some(':' | '：' | '_' | '.' | '。') => {
                Some(&rest[..rest.len() - rest.chars().last().map_or(0, char::len_utf8)])
            }
            _ => None,
        };
        match shorter.map(str::trim_end) {
            Some(shorter) if !shorter.is_empty() => rest = shorter,
            _ => break,
        }
    }
    rest.lines().map(str::trim).collect::<Vec<_>>().concat()
}

/// What stands before the bracket that the text ends with.
fn before_bracket(text: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices().rev() {
        if char == close {
            depth += 1;
        } else if char == open {
            depth -= 1;
            if depth == 0 {
                return Some(&text[..at]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_at_the_end_go_and_brackets_inside_stay() {
        for (label, short) in [
            ("合作区名称：_____", "合作区名称"),
            ("合作区外资或合资企业数量（家）", "合作区外资或合资企业数量"),
            (
                "合作区中小企业国际发明专利（PCT）数量（个）\n（提供相关佐证材料 9）",
                "合作区中小企业国际发明专利（PCT）数量",
            ),
            ("合作区研发经费年均增速 (%)", "合作区研发经费年均增速"),
            ("甲（乙（丙））", "甲"),
            ("已核实：不是基础建设单位。", "已核实：不是基础建设单位"),
            ("（全在括号里）", "（全在括号里）"),
            ("不配对）", "不配对）"),
            ("合作区创新平台\n建设情况", "合作区创新平台建设情况"),
            ("", ""),
        ] {
            assert_eq!(short_label(label), short);
        }
    }
}
