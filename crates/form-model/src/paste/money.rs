//! Amounts of money in whatever unit people copied them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::definition::Unit;
use crate::number::{self, Number};

/// An amount as it was written: `12,850万元` is the figure 12,850 of 10,000 yuan each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub figure: Decimal,
    /// How many yuan or dollars one of the figure is.
    pub multiplier: u64,
    pub currency: Currency,
}

/// The currencies that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Currency {
    Yuan,
    Dollar,
}

/// An amount in the field's unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// The whole result, nothing rounded, as a number field stores it.
    pub exact: String,
    /// The result with the form's two places, halves away from zero. Equal to `exact` when that has no
    /// more.
    pub rounded: String,
}

/// Why an amount can't be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConvertProblem {
    /// Dollars need the statistical communiqué's rate for that year (填报说明 5).
    #[error("a rate of yuan per dollar is needed")]
    RateNeeded,
    #[error("the rate must be a number above 0")]
    BadRate,
    #[error("the field does not hold money")]
    NoMoneyField,
    #[error("the amount is too large to be converted exactly")]
    TooLarge,
}

/// Decimal places of the rounded result: 填报说明 2.
const ROUNDED_SCALE: u32 = 2;

/// What follows a figure, longest first: multiplier and currency.
const UNITS: [(&str, u64, Currency); 25] = [
    ("亿人民币", 100_000_000, Currency::Yuan),
    ("万人民币", 10_000, Currency::Yuan),
    ("亿美元", 100_000_000, Currency::Dollar),
    ("千万美元", 10_000_000, Currency::Dollar),
    ("百万美元", 1_000_000, Currency::Dollar),
    ("万美元", 10_000, Currency::Dollar),
    ("千美元", 1_000, Currency::Dollar),
    ("万亿元", 1_000_000_000_000, Currency::Yuan),
    ("亿元", 100_000_000, Currency::Yuan),
    ("千万元", 10_000_000, Currency::Yuan),
    ("百万元", 1_000_000, Currency::Yuan),
    ("万元", 10_000, Currency::Yuan),
    ("千元", 1_000, Currency::Yuan),
    ("美元", 1, Currency::Dollar),
    ("美金", 1, Currency::Dollar),
    ("billionusd", 1_000_000_000, Currency::Dollar),
    ("millionusd", 1_000_000, Currency::Dollar),
    ("billion", 1_000_000_000, Currency::Dollar),
    ("million", 1_000_000, Currency::Dollar),
    ("usd", 1, Currency::Dollar),
    ("cny", 1, Currency::Yuan),
    ("rmb", 1, Currency::Yuan),
    ("人民币", 1, Currency::Yuan),
    ("元", 1, Currency::Yuan),
    ("圆", 1, Currency::Yuan),
];

/// What stands before a figure.
const SIGNS: [(&str, Currency); 9] = [
    ("us$", Currency::Dollar),
    ("usd", Currency::Dollar),
    ("$", Currency::Dollar),
    ("人民币", Currency::Yuan),
    ("rmb", Currency::Yuan),
    ("cny", Currency::Yuan),
    ("cn¥", Currency::Yuan),
    ("¥", Currency::Yuan),
    ("￥", Currency::Yuan),
];

/// The amount that a text states, where it names a currency: `12,850 万元`, `1.2亿美元`, `US$ 3.5 million`,
/// `¥1,000`. `None` for a bare number and for anything else.
pub fn money(text: &str) -> Option<Amount> {
    let plain = plain(text)?;
    let (sign, rest) = split_sign(&plain);
    let (unit, figure) = split_unit(rest);
    let (multiplier, currency) = match (sign, unit) {
        (Some(sign), Some((multiplier, unit))) if sign == unit || multiplier_only(rest) => (multiplier, sign),
        (None, Some((multiplier, unit))) if !multiplier_only(rest) => (multiplier, unit),
        (Some(sign), None) => match figure.char_indices().next_back() {
            Some((at, '万')) => return amount(&figure[..at], 10_000, sign),
            Some((at, '亿')) => return amount(&figure[..at], 100_000_000, sign),
            _ => (1, sign),
        },
        _ => return None,
    };
    amount(figure, multiplier, currency)
}

/// The unit that a heading names, as an amount of 1: `营业总收入（万元）`, `单位：亿美元`.
pub fn unit_of(heading: &str) -> Option<Amount> {
    let plain = plain(heading)?;
    let named = plain.split(['(', ')', ':', '：', '（', '）', ',', '，', '、', '/']).rev();
    named.filter(|part| !part.is_empty()).find_map(|part| {
        let (Some((multiplier, currency)), "") = split_unit(part) else {
            return None;
        };
        Some(Amount { figure: Decimal::ONE, multiplier, currency })
    })
}

/// The amount in the field's unit. `rate` is yuan per dollar, as text, and needed for dollars only.
///
/// # Errors
/// When the field holds no money, a rate is missing or no number above 0, or the result is too large.
pub fn convert(amount: &Amount, unit: Unit, rate: Option<&str>) -> Result<Conversion, ConvertProblem> {
    let one: u64 = match unit {
        Unit::HundredMillionYuan => 100_000_000,
        Unit::TenThousandYuan => 10_000,
        Unit::Percent => return Err(ConvertProblem::NoMoneyField),
    };
    let rate = match amount.currency {
        Currency::Yuan => Decimal::ONE,
        Currency::Dollar => rate_value(rate)?,
    };
    let too_large = ConvertProblem::TooLarge;
    let of_one = Decimal::from(amount.multiplier).checked_div(Decimal::from(one)).ok_or(too_large)?;
    let exact = exact_product(amount.figure, of_one)
        .and_then(|yuan| exact_product(yuan, rate))
        .filter(|exact| number::parse(&exact.normalize().to_string()).is_ok())
        .ok_or(too_large)?;
    Ok(Conversion {
        exact: number::spell(exact, ROUNDED_SCALE),
        rounded: number::spell(number::round(exact, ROUNDED_SCALE), ROUNDED_SCALE),
    })
}

/// A product that lost no digit: a `Decimal` keeps 28 places and rounds what is beyond.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    (product.scale() == a.scale() + b.scale()).then_some(product)
}

fn rate_value(rate: Option<&str>) -> Result<Decimal, ConvertProblem> {
    let rate = rate.map(str::trim).filter(|rate| !rate.is_empty()).ok_or(ConvertProblem::RateNeeded)?;
    match number::parse(rate) {
        Ok(Number::Value(value)) if value > Decimal::ZERO => Ok(value),
        _ => Err(ConvertProblem::BadRate),
    }
}

fn amount(figure: &str, multiplier: u64, currency: Currency) -> Option<Amount> {
    match number::parse(figure) {
        Ok(Number::Value(figure)) => Some(Amount { figure, multiplier, currency }),
        _ => None,
    }
}

/// Half-width, lower case, no white space; `None` for a text too long to be an amount or a heading.
fn plain(text: &str) -> Option<String> {
    const MAX_CHARS: usize = 80;
    if text.chars().nth(MAX_CHARS).is_some() {
        return None;
    }
    let visible = text.chars().filter(|char| !char.is_whitespace());
    Some(visible.map(crate::input::half_width).flat_map(char::to_lowercase).collect())
}

fn split_sign(text: &str) -> (Option<Currency>, &str) {
    let found = SIGNS.iter().find_map(|(sign, currency)| Some((*currency, text.strip_prefix(sign)?)));
    found.map_or((None, text), |(currency, rest)| (Some(currency), rest))
}

fn split_unit(text: &str) -> (Option<(u64, Currency)>, &str) {
    let found = UNITS
        .iter()
        .find_map(|(unit, multiplier, currency)| Some(((*multiplier, *currency), text.strip_suffix(unit)?)));
    found.map_or((None, text), |(unit, rest)| (Some(unit), rest))
}

/// `million` says how many, but not of what.
fn multiplier_only(text: &str) -> bool {
    text.ends_with("million") || text.ends_with("billion")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, u64, Currency)> {
        money(text).map(|amount| (amount.figure.to_string(), amount.multiplier, amount.currency))
    }

    fn in_hundred_millions(text: &str, rate: Option<&str>) -> Result<Conversion, ConvertProblem> {
        convert(&money(text).unwrap(), Unit::HundredMillionYuan, rate)
    }

    #[test]
    fn amounts_are_recognised_with_their_unit() {
        let yuan = Currency::Yuan;
        let dollar = Currency::Dollar;
        for (text, figure, multiplier, currency) in [
            ("12,850 万元", "12850", 10_000, yuan),
            ("１２８．５亿元", "128.5", 100_000_000, yuan),
            ("3000元", "3000", 1, yuan),
            ("人民币 3000 元", "3000", 1, yuan),
            ("¥1,000", "1000", 1, yuan),
            ("￥12万", "12", 10_000, yuan),
            ("RMB 5", "5", 1, yuan),
            ("1.2亿美元", "1.2", 100_000_000, dollar),
            ("850 万美元", "850", 10_000, dollar),
            ("$1,200.50", "1200.5", 1, dollar),
            ("US$ 3.5 million", "3.5", 1_000_000, dollar),
            ("USD 2 billion", "2", 1_000_000_000, dollar),
            ("3.5 million USD", "3.5", 1_000_000, dollar),
            ("-5万元", "-5", 10_000, yuan),
        ] {
            assert_eq!(read(text), Some((figure.to_owned(), multiplier, currency)), "{text}");
        }
    }

    #[test]
    fn what_names_no_currency_is_no_amount() {
        for text in ["128.5", "45%", "3 million", "约3亿元", "亿元", "$", "万", "¥5美元", "", "元元元", "3个"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"9".repeat(10_000_000)), None);
    }

    #[test]
    fn headings_name_units() {
        let unit = |heading| unit_of(heading).map(|amount| (amount.multiplier, amount.currency));
        assert_eq!(unit("营业总收入（万元）"), Some((10_000, Currency::Yuan)));
        assert_eq!(unit("单位：亿美元"), Some((100_000_000, Currency::Dollar)));
        assert_eq!(unit("2023年"), None);
        assert_eq!(unit("公元"), None);
    }

    #[test]
    fn conversion_is_exact_and_rounds_only_beside() {
        let result = in_hundred_millions("1,285,050万元", None).unwrap();
        assert_eq!((result.exact.as_str(), result.rounded.as_str()), ("128.505", "128.51"));
        let result = in_hundred_millions("1250万美元", Some("7.1217")).unwrap();
        assert_eq!((result.exact.as_str(), result.rounded.as_str()), ("0.8902125", "0.89"));
        assert_eq!(in_hundred_millions("3亿元", None).unwrap().exact, "3");
        assert_eq!(in_hundred_millions("0.5万亿元", None).unwrap().exact, "5000");
    }

    #[test]
    fn dollars_need_a_rate_and_overflow_is_said() {
        assert_eq!(in_hundred_millions("5美元", None), Err(ConvertProblem::RateNeeded));
        assert_eq!(in_hundred_millions("5美元", Some(" ")), Err(ConvertProblem::RateNeeded));
        for rate in ["0", "-7", "七", "无"] {
            assert_eq!(in_hundred_millions("5美元", Some(rate)), Err(ConvertProblem::BadRate), "{rate}");
        }
        assert_eq!(in_hundred_millions("99999999999999999999亿元", Some("1")).unwrap().exact, "9".repeat(20));
        assert_eq!(in_hundred_millions("99999999999999999999万亿元", None), Err(ConvertProblem::TooLarge));
        assert_eq!(
            in_hundred_millions("0.1234567890123456789美元", Some("7.123456789")),
            Err(ConvertProblem::TooLarge)
        );
        let amount = money("5万元").unwrap();
        assert_eq!(convert(&amount, Unit::Percent, None), Err(ConvertProblem::NoMoneyField));
    }
}
