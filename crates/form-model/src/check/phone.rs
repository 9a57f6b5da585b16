//! Telephone numbers, alone or beside a name.

/// Digits of a number: 7 for a local one, 15 at the most with a country code (ITU-T E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Digits of a Chinese mobile number, which starts with 1.
const MOBILE_DIGITS: usize = 11;

/// Longest text that can be a few names and numbers; what is longer is not looked at.
const MAX_CHARS: usize = 200;

/// Whether the text holds at least one telephone number and no figure that looks like a mistyped one.
pub(super) fn is_phone(text: &str) -> bool {
    if text.chars().nth(MAX_CHARS).is_some() {
        return false;
    }
    let mut found = false;
    for group in text.split(|char: char| !is_phone_char(char)) {
        if is_number(group) {
            found = true;
            continue;
        }
        // Several numbers with spaces between them.
        for part in group.split(' ').filter(|part| has_digit(part)) {
            if !is_number(part) {
                return false;
            }
            found = true;
        }
    }
    found
}

fn is_phone_char(char: char) -> bool {
    char.is_ascii_digit() || matches!(char, ' ' | '-' | '(' | ')' | '+')
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_number(group: &str) -> bool {
    let digits = group.bytes().filter(u8::is_ascii_digit).count();
    let plain = group.trim();
    let mobile = plain.starts_with('1') && plain.len() == digits;
    DIGITS.contains(&digits) && (!mobile || digits == MOBILE_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_names_codes_and_extensions_are_phones() {
        for text in [
            "010-68205306",
            "13800000000",
            "138 0000 0000",
            "+86 138 0000 0000",
            "(0571) 8888 1234",
            "姜莉 010-68205306",
            "张三（0571-88881234、13800000000）",
            "88881234 13800000000",
            "400-888-1234",
        ] {
            assert!(is_phone(text), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_called_is_no_phone() {
        for text in ["", "姜莉", "12345", "1380000000", "138000000000", "1234567890123456", "见附件", "无"]
        {
            assert!(!is_phone(text), "{text}");
        }
    }
}
