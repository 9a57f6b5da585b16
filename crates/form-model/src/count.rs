//! How long a text is, as people count Chinese characters.

use unicode_segmentation::UnicodeSegmentation;

/// The characters of a text: grapheme clusters (Unicode Standard Annex 29) that show something. White
/// space and invisible marks do not count; punctuation does; each Latin letter and digit counts as one,
/// whereas a word processor's 字数 counts a whole Latin word as one. So the result is never less than
/// 字数, and a text within a limit here is within it there.
///
/// ```
/// assert_eq!(form_model::count::characters("2025年，开放 AI。\n"), 11);
/// ```
pub fn characters(text: &str) -> usize {
    if text.chars().all(stands_alone) {
        return text.chars().filter(|char| is_visible(*char)).count();
    }
    text.graphemes(true).filter(|cluster| cluster.chars().any(is_visible)).count()
}

/// Whether a text shows nothing at all: what [`characters`] counts as 0.
pub fn is_blank(text: &str) -> bool {
    !text.chars().any(is_visible)
}

/// Whether the character never joins with others of these into one cluster. Covers nearly all of what
/// is typed on an official form, which the view counts at every keystroke; finding clusters is many
/// times slower.
fn stands_alone(char: char) -> bool {
    matches!(char,
        '\n' | ' '..='~' | '·' | '‐'..='‧' | '\u{3000}'..='〩' | '一'..='鿿' | '！'..='～')
}

/// Whether a character shows something on paper.
fn is_visible(char: char) -> bool {
    !(char.is_whitespace() || char.is_control() || is_invisible(char))
}

/// Marks that print as nothing: zero-width spaces and joiners, direction marks, soft hyphen, byte order
/// mark.
pub(crate) fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chinese_character_and_mark_counts_one_and_space_none() {
        assert_eq!(characters("合作区，简介。"), 7);
        assert_eq!(characters("合作区\n\u{3000}\u{3000}简 介\t"), 5);
        assert_eq!(characters("GDP 3%"), 5);
        assert_eq!(characters(""), 0);
    }

    #[test]
    fn what_a_person_sees_as_one_counts_one() {
        assert_eq!(characters("e\u{301}"), 1, "a letter with a combining accent");
        assert_eq!(characters("👨‍👩‍👧"), 1, "an emoji joined of three");
        assert_eq!(characters("🇨🇳"), 1, "a flag");
        assert_eq!(characters("葛\u{e0100}"), 1, "a Chinese character with a variant selector");
    }

    #[test]
    fn the_short_way_counts_as_the_long_one() {
        let alone: String = (' '..='\u{ffff}').filter(|char| stands_alone(*char)).collect();
        let long_way = alone.graphemes(true).filter(|cluster| cluster.chars().any(is_visible)).count();
        assert_eq!(characters(&alone), long_way);
        assert!(alone.chars().all(|char| char.to_string().graphemes(true).count() == 1));
    }

    #[test]
    fn what_prints_as_nothing_counts_nothing() {
        assert_eq!(characters("\u{feff}\u{200b}\u{202e}\u{2066}"), 0);
        assert_eq!(characters("\0\u{1}"), 0);
    }
}
