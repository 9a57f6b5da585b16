//! Calendar dates as people write them, kept as `YYYY-MM-DD` or `YYYY-MM`. Reads no clock.

use std::fmt;

use crate::language::Language;

/// Years outside are slips of the finger: the zone of an application was founded, and its papers are
/// dated, within living memory.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2199;

/// Longest text that can be a date: `二〇二六年十二月三十一日` and some space.
const MAX_DATE_CHARS: usize = 32;

/// A day, or a month where the day is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: Option<u8>,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    #[error("this is not a date")]
    NotADate,
    #[error("the calendar has no such day")]
    NoSuchDay,
}

impl Date {
    /// A date of the calendar; `None` when there is no such day.
    pub fn new(year: u16, month: u8, day: Option<u8>) -> Option<Self> {
        let valid = YEARS.contains(&year)
            && (1..=12).contains(&month)
            && day.is_none_or(|day| (1..=days_in(year, month)).contains(&day));
        valid.then_some(Self { year, month, day })
    }

    /// Whether the day is given.
    pub fn has_day(self) -> bool {
        self.day.is_some()
    }

    /// As people write it: `2026年4月13日`, `13 April 2026`.
    pub fn display(self, language: Language) -> String {
        let Self { year, month, day } = self;
        match (language, day) {
            (Language::Chinese, Some(day)) => format!("{year}年{month}月{day}日"),
            (Language::Chinese, None) => format!("{year}年{month}月"),
            (Language::English, Some(day)) => format!("{day} {} {year}", month_name(month)),
            (Language::English, None) => format!("{} {year}", month_name(month)),
        }
    }
}

/// `2026-04-13` or `2026-04` (ISO 8601).
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

/// Reads a date: `2026年4月1日`, `2026-04-01`, `2026.4.1`, `2026/4/1`, `20260401`, full-width digits,
/// `二〇二六年四月一日`, each also without the day (but `202604`).
///
/// # Errors
/// When the text is no date, or the calendar has no such day.
pub fn parse(text: &str) -> Result<Date, DateProblem> {
    if text.chars().nth(MAX_DATE_CHARS).is_some() {
        return Err(DateProblem::NotADate);
    }
    let plain: String =
        text.chars().filter(|char| !char.is_whitespace()).map(crate::input::half_width).collect();
    let numbers = numbers(&plain).ok_or(DateProblem::NotADate)?;
    let date = match numbers[..] {
        [year, month] => Date::new(year, small(month)?, None),
        [year, month, day] => Date::new(year, small(month)?, Some(small(day)?)),
        _ => return Err(DateProblem::NotADate),
    };
    date.ok_or(DateProblem::NoSuchDay)
}

/// How a stored date is shown; any other text comes back as it is.
pub fn display(text: &str, language: Language) -> String {
    parse(text).map_or_else(|_| text.to_owned(), |date| date.display(language))
}

fn small(number: u16) -> Result<u8, DateProblem> {
    u8::try_from(number).map_err(|_| DateProblem::NoSuchDay)
}

/// Year, month and perhaps day.
fn numbers(text: &str) -> Option<Vec<u16>> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return [&text[..4], &text[4..6], &text[6..]].iter().map(|part| part.parse().ok()).collect();
    }
    if let Some((year, rest)) = text.split_once('年') {
        let (month, rest) = rest.split_once('月')?;
        let mut numbers = vec![number(year, 4)?, number(month, 2)?];
        if !rest.is_empty() {
            numbers.push(number(rest.strip_suffix(['日', '号']).unwrap_or(rest), 2)?);
        }
        return Some(numbers);
    }
    let separator = text.chars().find(|char| matches!(char, '-' | '.' | '/'))?;
    let mut parts = text.split(separator);
    let mut numbers = vec![number(parts.next()?, 4)?];
    for part in parts {
        numbers.push(number(part, 2)?);
    }
    Some(numbers)
}

/// A number of so many digits at the most (a year: exactly four), in ASCII or Chinese.
fn number(text: &str, digits: usize) -> Option<u16> {
    let length = text.chars().count();
    let fits = if digits == 4 { length == 4 } else { (1..=3).contains(&length) };
    if !fits {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return if length <= digits { text.parse().ok() } else { None };
    }
    if let Some((tens, ones)) = text.split_once('十') {
        let tens = if tens.is_empty() { 1 } else { chinese_digit(tens)? };
        let ones = if ones.is_empty() { 0 } else { chinese_digit(ones)? };
        return Some(tens * 10 + ones);
    }
    if length > digits {
        return None;
    }
    text.chars().try_fold(0, |sum, char| Some(sum * 10 + chinese_digit(char.encode_utf8(&mut [0; 4]))?))
}

fn chinese_digit(text: &str) -> Option<u16> {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let text = if text == "零" || text == "○" { "〇" } else { text };
    let value = DIGITS.iter().position(|digit| *digit == text)?;
    u16::try_from(value).ok()
}

/// The days of a month of the Gregorian calendar.
fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> Result<String, DateProblem> {
        parse(text).map(|date| date.to_string())
    }

    #[test]
    fn spellings_of_one_day_are_stored_alike() {
        for typed in [
            "2026年4月1日",
            "2026-04-01",
            "2026.4.1",
            "2026/4/1",
            "20260401",
            "２０２６年４月１日",
            "2026 年 4 月 1 号",
            "二〇二六年四月一日",
            "2026．04．01",
            "2026－4－1",
        ] {
            assert_eq!(stored(typed).unwrap(), "2026-04-01", "{typed}");
        }
        for typed in ["2026年4月", "2026/4", "2026.04", "2026-04", "二〇二六年四月"] {
            assert_eq!(stored(typed).unwrap(), "2026-04", "{typed}");
        }
        assert_eq!(stored("二〇二六年十二月三十一日").unwrap(), "2026-12-31");
        assert_eq!(stored("2026年十月二十日").unwrap(), "2026-10-20");
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!(stored("2024-02-29").unwrap(), "2024-02-29");
        assert_eq!(stored("2000-02-29").unwrap(), "2000-02-29");
        for typed in
            ["2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-0-1", "1066-10-14", "2026-4-99"]
        {
            assert_eq!(stored(typed), Err(DateProblem::NoSuchDay), "{typed}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for typed in [
            "",
            "明天",
            "4月1日",
            "2026",
            "26-4-1",
            "1/4/2026",
            "2026-4-1-1",
            "2026年4",
            "202604",
            "2026--1",
            "十十年一月",
        ] {
            assert_eq!(stored(typed), Err(DateProblem::NotADate), "{typed}");
        }
        assert_eq!(stored(&"2026-".repeat(100_000)), Err(DateProblem::NotADate));
    }

    #[test]
    fn display_speaks_the_language() {
        assert_eq!(display("2026-04-01", Language::Chinese), "2026年4月1日");
        assert_eq!(display("2026-04", Language::English), "April 2026");
        assert_eq!(display("2026-04-01", Language::English), "1 April 2026");
        assert_eq!(display("soon", Language::English), "soon");
    }
}
