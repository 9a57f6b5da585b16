//! What is stored for what was typed or pasted. Nothing is refused here: a text that does not suit its
//! field is kept as typed, for the checks to speak about.

use crate::answer::AnswerValue;
use crate::count;
use crate::date;
use crate::definition::{AnswerKind, Field, FieldKind, Unit};
use crate::id::AnswerId;
use crate::number;

/// Longest value that is kept, in Unicode scalar values. The longest value field of an official form (a
/// list of names) holds some hundred characters; 2,000 leaves room for a pasted page, and keeps what
/// every replica has to store of a slip small.
pub const VALUE_MAX_CHARS: usize = 2_000;

/// Longest prose that is kept, in Unicode scalar values. A plan of 3,000 characters may be many times
/// over its limit while it is edited; a whole book pasted by mistake would slow every replica for good.
pub const PROSE_MAX_CHARS: usize = 100_000;

/// The stored spelling of yes.
pub const YES: &str = "yes";
/// The stored spelling of no.
pub const NO: &str = "no";

/// The most characters that an answer of this kind may hold.
pub fn max_chars(kind: AnswerKind) -> usize {
    match kind {
        AnswerKind::Prose => PROSE_MAX_CHARS,
        AnswerKind::Value | AnswerKind::Flag => VALUE_MAX_CHARS,
    }
}

/// The text without what no answer needs: line ends become `\n` (also a word processor's manual line
/// break), other control characters (NUL among them) and byte order marks go. U+FFFD, which stands for
/// what could not be decoded (a lone surrogate, for example), stays for the rule `unreadable_character`.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut after_return = false;
    for char in text.chars() {
        match char {
            '\n' if after_return => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                cleaned.push('\n');
            }
            '\t' => cleaned.push('\t'),
            '\u{feff}' => {}
            _ if char.is_control() => {}
            _ => cleaned.push(char),
        }
        after_return = char == '\r';
    }
    cleaned
}

/// The stored text of an answer or of one of its facets: cleaned, and in the one spelling of the field's
/// kind where the text can be read so. Doing it twice changes nothing.
pub fn normalise(field: &Field, answer: &AnswerId, text: &str) -> String {
    let mut cleaned = clean(text);
    if answer.facet().is_some() || matches!(field.kind, FieldKind::Prose { .. }) {
        return cleaned;
    }
    if matches!(field.kind, FieldKind::Number { .. } | FieldKind::Date { .. } | FieldKind::Phone) {
        // Address books and web pages wrap numbers in invisible marks.
        cleaned.retain(|char| !count::is_invisible(char));
    }
    let trimmed = cleaned.trim();
    match &field.kind {
        FieldKind::Number { scale, unit, .. } => number_text(trimmed, *scale, *unit),
        FieldKind::Date { .. } => {
            date::parse(trimmed).map_or_else(|_| trimmed.to_owned(), |date| date.to_string())
        }
        FieldKind::Phone => phone_text(trimmed),
        FieldKind::YesNo { .. } => yes_no_text(trimmed),
        _ => trimmed.to_owned(),
    }
}

/// [`normalise`] for a stored value; flags are what they are.
pub fn normalise_value(field: &Field, answer: &AnswerId, value: &AnswerValue) -> AnswerValue {
    match value {
        AnswerValue::Text(text) => AnswerValue::Text(normalise(field, answer, text)),
        AnswerValue::Flag(set) => AnswerValue::Flag(*set),
    }
}

/// The ASCII twin of a full-width character (Unicode block Halfwidth and Fullwidth Forms); others stay.
pub fn half_width(char: char) -> char {
    const OFFSET: u32 = 0xFEE0;
    match char {
        '！'..='～' => char::from_u32(u32::from(char) - OFFSET).unwrap_or(char),
        _ => char,
    }
}

/// A number may be followed by the field's own unit (`45%`, `128.5亿元`), which the form prints already.
fn number_text(typed: &str, scale: u32, unit: Option<Unit>) -> String {
    let own: &[&str] = match unit {
        Some(Unit::Percent) => &["%", "％"],
        Some(Unit::HundredMillionYuan) => &["亿元", "亿"],
        Some(Unit::TenThousandYuan) => &["万元", "万"],
        None => &[],
    };
    let bare = own.iter().find_map(|unit| typed.strip_suffix(unit)).unwrap_or(typed);
    number::canonical(bare, scale).unwrap_or_else(|_| typed.to_owned())
}

fn phone_text(typed: &str) -> String {
    typed
        .chars()
        .map(|char| match char {
            '—' | '–' | '―' | '−' | '‐' | '‑' => '-',
            '＋' | '－' | '（' | '）' | '０'..='９' => half_width(char),
            '\u{3000}' | '\u{a0}' => ' ',
            _ => char,
        })
        .collect()
}

fn yes_no_text(typed: &str) -> String {
    match typed.to_ascii_lowercase().as_str() {
        "是" | YES => YES.to_owned(),
        "否" | NO => NO.to_owned(),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::FieldId;

    fn field(kind: FieldKind) -> Field {
        Field {
            id: FieldId::new("part", "field"),
            kind,
            columns: Vec::new(),
            required: true,
            none_allowed: true,
            relevant: None,
            clause: None,
            evidence: None,
            printed: true,
        }
    }

    fn stored(kind: FieldKind, typed: &str) -> String {
        let field = field(kind);
        let once = normalise(&field, &field.id.answer(), typed);
        assert_eq!(normalise(&field, &field.id.answer(), &once), once, "a second time changes nothing");
        once
    }

    #[test]
    fn control_characters_go_and_line_ends_become_one() {
        assert_eq!(clean("a\r\nb\rc\u{b}d\n\ne"), "a\nb\nc\nd\n\ne");
        assert_eq!(clean("\u{feff}甲\0乙\u{1b}丙\tx\u{9c}"), "甲乙丙\tx");
        assert_eq!(clean("甲\u{fffd}乙"), "甲\u{fffd}乙");
    }

    #[test]
    fn a_number_loses_the_unit_that_the_form_prints() {
        let number = |unit| FieldKind::Number { scale: 2, min: None, max: None, unit };
        assert_eq!(stored(number(Some(Unit::Percent)), "４５.５％"), "45.50");
        assert_eq!(stored(number(Some(Unit::HundredMillionYuan)), "128.5亿元"), "128.50");
        assert_eq!(stored(number(Some(Unit::HundredMillionYuan)), "12850万元"), "12850万元");
        assert_eq!(stored(number(None), "45%"), "45%");
        assert_eq!(stored(number(None), " 约三十 "), "约三十");
    }

    #[test]
    fn dates_phones_and_choices_have_one_spelling() {
        assert_eq!(stored(FieldKind::Date { month_allowed: true }, "2026年4月"), "2026-04");
        assert_eq!(stored(FieldKind::Date { month_allowed: true }, "待定"), "待定");
        assert_eq!(stored(FieldKind::Phone, "姜莉 ０１０—６８２０５３０６"), "姜莉 010-68205306");
        assert_eq!(stored(FieldKind::Phone, "\u{202d}13800000000\u{202c}"), "13800000000");
        assert_eq!(stored(FieldKind::YesNo { disqualifying: None }, "是"), "yes");
        assert_eq!(stored(FieldKind::YesNo { disqualifying: None }, "NO"), "no");
        assert_eq!(stored(FieldKind::Text { limit: None }, "\u{3000}示例区 \n"), "示例区");
    }

    #[test]
    fn prose_and_facets_keep_their_spaces() {
        let prose = FieldKind::Prose { limit: None, outline: Vec::new(), attachable: false };
        assert_eq!(stored(prose.clone(), "\u{3000}\u{3000}一、概况\r\n"), "\u{3000}\u{3000}一、概况\n");
        let number = field(FieldKind::Number { scale: 2, min: None, max: None, unit: None });
        let note = number.id.answer().with_facet("note");
        assert_eq!(normalise(&number, &note, "1.5 "), "1.5 ");
    }
}
