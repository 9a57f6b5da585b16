//! Exact decimal numbers as text: reading what people type, one spelling for storage, one for display.

use rust_decimal::{Decimal, RoundingStrategy};

/// Most digits of a number, before and after the point together. A `Decimal` holds 28 exactly; 100 万亿元
/// in 亿元 with two places needs 9, so 20 leaves room for slips without letting products overflow.
pub const MAX_DIGITS: usize = 20;

/// The form's word for "nothing applies here" (填报说明 2).
pub const NONE_WORD: &str = "无";

/// What a number cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// 无: nothing applies.
    None,
    Value(Decimal),
}

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberProblem {
    #[error("no number is given")]
    Blank,
    #[error("this is not a number")]
    NotANumber,
    #[error("the number has more than {MAX_DIGITS} digits")]
    TooManyDigits,
}

/// Reads a number as people type it: full-width digits and signs, thousands separators (`,` or `，`, in
/// groups of three), 无.
///
/// # Errors
/// When the text is blank, is no number, or has more than [`MAX_DIGITS`] digits.
pub fn parse(text: &str) -> Result<Number, NumberProblem> {
    let text = text.trim();
    if text == NONE_WORD {
        return Ok(Number::None);
    }
    let spelling = Spelling::read(text)?;
    let digits = spelling.canonical(0);
    Decimal::from_str_exact(&digits).map(Number::Value).map_err(|_| NumberProblem::TooManyDigits)
}

/// The spelling that is stored: ASCII, no separators, no needless zeros, a fraction filled up to `scale`
/// places. Never rounds.
///
/// ```
/// use form_model::number::canonical;
///
/// let stored = ["128", "１２８．５", "128.505"].map(|typed| canonical(typed, 2).unwrap());
/// assert_eq!(stored, ["128", "128.50", "128.505"]);
/// ```
///
/// # Errors
/// Those of [`parse`].
pub fn canonical(text: &str, scale: u32) -> Result<String, NumberProblem> {
    let text = text.trim();
    if text == NONE_WORD {
        return Ok(NONE_WORD.to_owned());
    }
    Ok(Spelling::read(text)?.canonical(usize::try_from(scale).unwrap_or(MAX_DIGITS)))
}

/// How a stored number is shown while it isn't edited: thousands separated by commas. Any other text
/// comes back as it is.
pub fn display(text: &str) -> String {
    match Spelling::read(text.trim()) {
        Ok(spelling) => spelling.grouped(),
        Err(_) => text.to_owned(),
    }
}

/// The decimal places that the number needs (trailing zeros are not needed).
pub fn places(number: Decimal) -> u32 {
    number.normalize().scale()
}

/// The number with so many places, halves away from zero (四舍五入), as a suggestion to a person or for a
/// calculated value. Stored answers are never rounded.
pub fn round(number: Decimal, scale: u32) -> Decimal {
    number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero)
}

/// The number in the spelling of [`canonical`]; whole numbers without a fraction.
pub fn spell(number: Decimal, scale: u32) -> String {
    let text = number.normalize().to_string();
    canonical(&text, scale).unwrap_or(text)
}

/// A number taken apart: sign, digits before and after the point.
struct Spelling {
    negative: bool,
    whole: String,
    /// `None` when no point was typed.
    fraction: Option<String>,
}

impl Spelling {
    fn read(text: &str) -> Result<Self, NumberProblem> {
        if text.is_empty() {
            return Err(NumberProblem::Blank);
        }
        let mut chars = text.chars().map(half_width).peekable();
        let negative = chars.peek() == Some(&'-');
        if matches!(chars.peek(), Some('-' | '+')) {
            chars.next();
        }
        let mut groups = vec![String::new()];
        let mut fraction: Option<String> = None;
        for (index, char) in chars.enumerate() {
            if index > MAX_TYPED {
                return Err(NumberProblem::TooManyDigits);
            }
            match (char, &mut fraction, groups.last_mut()) {
                ('0'..='9', Some(fraction), _) => fraction.push(char),
                ('0'..='9', None, Some(group)) => group.push(char),
                (',', None, _) => groups.push(String::new()),
                ('.', None, _) => fraction = Some(String::new()),
                _ => return Err(NumberProblem::NotANumber),
            }
        }
        Self::check(negative, &groups, fraction)
    }

    fn check(negative: bool, groups: &[String], fraction: Option<String>) -> Result<Self, NumberProblem> {
        if let [first, rest @ ..] = groups
            && !rest.is_empty()
            && (!(1..=3).contains(&first.len()) || rest.iter().any(|group| group.len() != 3))
        {
            return Err(NumberProblem::NotANumber);
        }
        let whole = groups.concat();
        if whole.is_empty() && fraction.as_ref().is_none_or(String::is_empty) {
            return Err(NumberProblem::NotANumber);
        }
        let significant = whole.trim_start_matches('0').len()
            + fraction.as_deref().unwrap_or_default().trim_end_matches('0').len();
        if significant > MAX_DIGITS {
            return Err(NumberProblem::TooManyDigits);
        }
        Ok(Self { negative, whole, fraction })
    }

    /// Sign and digits, with `scale` places when a point was typed and the scale has any.
    fn canonical(&self, scale: usize) -> String {
        let (sign, whole) = self.sign_and_whole();
        let fraction = self.fraction.as_deref().unwrap_or_default().trim_end_matches('0');
        let width = if self.fraction.is_some() { scale.max(fraction.len()) } else { 0 };
        if width == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0<width$}") }
    }

    fn grouped(&self) -> String {
        let (sign, whole) = self.sign_and_whole();
        let mut grouped = String::from(sign);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        if let Some(fraction) = self.fraction.as_deref().filter(|fraction| !fraction.is_empty()) {
            grouped.push('.');
            grouped.push_str(fraction);
        }
        grouped
    }

    fn sign_and_whole(&self) -> (&'static str, &str) {
        let whole = match self.whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let is_zero =
            whole == "0" && self.fraction.as_deref().unwrap_or_default().trim_matches('0').is_empty();
        (if self.negative && !is_zero { "-" } else { "" }, whole)
    }
}

/// Most characters that are looked at before a text is given up as no number: digits, their separators,
/// and zeros that do not matter.
const MAX_TYPED: usize = 3 * MAX_DIGITS;

/// The ASCII twin of a character that Chinese input methods and word processors put in numbers.
fn half_width(char: char) -> char {
    match char {
        '，' => ',',
        '．' | '。' => '.',
        '－' | '−' | '–' | '﹣' => '-',
        '＋' => '+',
        '０'..='９' => crate::input::half_width(char),
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> Result<String, NumberProblem> {
        canonical(text, 2)
    }

    #[test]
    fn spellings_of_one_number_are_stored_alike() {
        for typed in ["128.5", " 128.50 ", "１２８．５", "+128.500", "0128.5", "128。5"] {
            assert_eq!(stored(typed).unwrap(), "128.50", "{typed}");
        }
        assert_eq!(stored("1,234,567.8").unwrap(), "1234567.80");
        assert_eq!(stored("１，２３４").unwrap(), "1234");
        assert_eq!(stored("－3.2").unwrap(), "-3.20");
        assert_eq!(stored("−3.2").unwrap(), "-3.20");
        assert_eq!(stored(".5").unwrap(), "0.50");
        assert_eq!(stored("128").unwrap(), "128");
        assert_eq!(stored("128.").unwrap(), "128.00");
        assert_eq!(stored("-0.00").unwrap(), "0.00");
        assert_eq!(canonical("3.0", 0).unwrap(), "3");
        assert_eq!(stored("无").unwrap(), "无");
    }

    #[test]
    fn nothing_is_rounded() {
        assert_eq!(stored("128.505").unwrap(), "128.505");
        assert_eq!(canonical("3.5", 0).unwrap(), "3.5");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for typed in
            ["一百", "12,34", "1,2345", "1.2.3", "--1", "-", ".", ",", "12 345", "1e5", "0x10", "½", "٣"]
        {
            assert_eq!(stored(typed), Err(NumberProblem::NotANumber), "{typed}");
        }
        assert_eq!(stored("  "), Err(NumberProblem::Blank));
    }

    #[test]
    fn a_number_too_long_to_be_exact_is_refused() {
        assert!(parse("99999999999999999999").is_ok());
        assert_eq!(parse("100000000000000000000"), Err(NumberProblem::TooManyDigits));
        assert_eq!(parse("0.000000000000000000001"), Err(NumberProblem::TooManyDigits));
        assert_eq!(parse(&"9".repeat(1_000_000)), Err(NumberProblem::TooManyDigits));
    }

    #[test]
    fn display_separates_thousands() {
        assert_eq!(display("1234567.80"), "1,234,567.80");
        assert_eq!(display("-123456"), "-123,456");
        assert_eq!(display("128"), "128");
        assert_eq!(display("无"), "无");
        assert_eq!(display("约3亿"), "约3亿");
    }

    #[test]
    fn halves_round_away_from_zero() {
        let number = Decimal::from_str_exact("128.505").unwrap();
        assert_eq!(spell(round(number, 2), 2), "128.51");
        assert_eq!(spell(round(-number, 2), 2), "-128.51");
        assert_eq!(places(Decimal::from_str_exact("128.500").unwrap()), 1);
    }
}
