//! Characters that do not belong in an official text, and texts cut for a sentence.

/// Most characters of an answer that a sentence quotes.
const EXCERPT_CHARS: usize = 24;

/// The text on one line, cut after so many characters that a sentence stays readable.
pub(super) fn excerpt(text: &str) -> String {
    let mut chars = text.trim().chars().map(|char| if char.is_control() { ' ' } else { char });
    let mut excerpt: String = chars.by_ref().take(EXCERPT_CHARS).collect();
    if chars.next().is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// The first character (counted from 1) that stands for something undecodable, or is none at all.
pub(super) fn first_unreadable(text: &str) -> Option<usize> {
    text.chars().position(is_unreadable).map(|index| index + 1)
}

/// The first invisible direction mark: its position from 1, and its code point as `U+202E`.
pub(super) fn first_direction_mark(text: &str) -> Option<(usize, String)> {
    let (index, char) = text.chars().enumerate().find(|(_, char)| is_direction_mark(*char))?;
    Some((index + 1, format!("U+{:04X}", u32::from(char))))
}

/// U+FFFD and the code points that Unicode keeps free of characters.
fn is_unreadable(char: char) -> bool {
    let code = u32::from(char);
    char == char::REPLACEMENT_CHARACTER || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Unicode's Bidi_Control characters (UAX 9): unseen, they make a text read otherwise than it is stored.
fn is_direction_mark(char: char) -> bool {
    matches!(char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_quoted_by_its_beginning() {
        assert_eq!(excerpt(" 一\n二 "), "一 二");
        assert_eq!(excerpt(&"字".repeat(1_000)).chars().count(), EXCERPT_CHARS + 1);
    }

    #[test]
    fn marks_are_found_where_they_stand() {
        assert_eq!(first_unreadable("示例\u{fffd}区"), Some(3));
        assert_eq!(first_unreadable("\u{ffff}"), Some(1));
        assert_eq!(first_unreadable("示例区 😀"), None);
        assert_eq!(first_direction_mark("a\u{202e}b"), Some((2, "U+202E".to_owned())));
        assert_eq!(first_direction_mark("مرحبا"), None, "letters that run right to left are no marks");
    }
}
