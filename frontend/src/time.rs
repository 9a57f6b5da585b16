//! Times and days as people read them.

use form_model::language::Language;
use wasm_bindgen::JsValue;

use crate::text;

/// A time of day on this machine's clock: `10:32`.
pub fn clock(time_ms: i64) -> String {
    let date = local(time_ms);
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// A moment: the time today, else day and time.
pub fn moment(time_ms: i64, language: Language) -> String {
    let (date, now) = (local(time_ms), js_sys::Date::new_0());
    let day = |date: &js_sys::Date| (date.get_full_year(), date.get_month(), date.get_date());
    if day(&date) == day(&now) {
        return clock(time_ms);
    }
    let (month, day) = ((date.get_month() + 1).to_string(), date.get_date().to_string());
    text::DAY_AND_TIME.fill(language, &[("month", &month), ("day", &day), ("time", &clock(time_ms))])
}

/// A moment of any year: `2026-08-15 10:32`.
pub fn full(time_ms: i64) -> String {
    let date = local(time_ms);
    let day = (date.get_full_year(), date.get_month() + 1, date.get_date());
    format!("{:04}-{:02}-{:02} {}", day.0, day.1, day.2, clock(time_ms))
}

/// Since when something lasts: the time today, `昨天 17:05`, else day and time.
pub fn since(time_ms: i64, language: Language) -> String {
    let yesterday = local(js_milliseconds() - DAY_MS);
    let date = local(time_ms);
    let day = |date: &js_sys::Date| (date.get_full_year(), date.get_month(), date.get_date());
    if day(&date) == day(&yesterday) {
        return text::YESTERDAY.fill(language, &[("time", &clock(time_ms))]);
    }
    moment(time_ms, language)
}

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

#[allow(clippy::cast_possible_truncation)] // Milliseconds since 1970 stay far below 2⁵³.
fn js_milliseconds() -> i64 {
    js_sys::Date::now() as i64
}

/// Today by this machine's clock, `YYYY-MM-DD`.
pub fn today() -> String {
    in_days(0)
}

/// The day that many days from today, `YYYY-MM-DD`.
pub fn in_days(days: i64) -> String {
    let date = local(js_milliseconds() + days * DAY_MS);
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

#[allow(clippy::cast_precision_loss)] // Milliseconds since 1970 stay far below 2⁵³.
fn local(time_ms: i64) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(time_ms as f64))
}

/// Days from one day to another, both `YYYY-MM-DD`; negative when the second is past. `None` when one is no day.
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    Some(day_number(to)? - day_number(from)?)
}

/// Days since 1 March of year 0 in the Gregorian calendar, counted in years that begin in March.
fn day_number(day: &str) -> Option<i64> {
    let mut parts = day.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + day,
    )
}

/// How urgent a deadline is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Calm,
    Soon,
    Past,
}

impl Urgency {
    /// The class of words about it.
    pub fn class(self) -> &'static str {
        match self {
            Self::Calm => "",
            Self::Soon => "caution-word",
            Self::Past => "problem-word",
        }
    }
}

/// Days before a deadline from which it is shown as near: two working weeks, the time that papers take through
/// the offices that sign them.
const SOON_DAYS: i64 = 14;

/// How many days are left, in words, with the day, and how urgent that is.
pub fn countdown(today: &str, deadline: &str, language: Language) -> Option<(String, Urgency)> {
    let (words, urgency) = days_left(today, deadline, language)?;
    let day = form_model::date::display(deadline, language);
    Some((text::WITH_DAY.fill(language, &[("words", &words), ("day", &day)]), urgency))
}

/// How many days are left, in words, and how urgent that is.
pub fn days_left(today: &str, deadline: &str, language: Language) -> Option<(String, Urgency)> {
    let days = days_between(today, deadline)?;
    let count = days.abs().to_string();
    Some(match days {
        ..0 => (text::DAYS_PAST.fill(language, &[("count", &count)]), Urgency::Past),
        0 => (text::DUE_TODAY.of(language).to_owned(), Urgency::Soon),
        1..=SOON_DAYS => (text::DAYS_LEFT.fill(language, &[("count", &count)]), Urgency::Soon),
        _ => (text::DAYS_LEFT.fill(language, &[("count", &count)]), Urgency::Calm),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        assert_eq!(days_between("2026-04-13", "2026-08-15"), Some(124));
        assert_eq!(days_between("2028-02-28", "2028-03-01"), Some(2));
        assert_eq!(days_between("2026-02-28", "2026-03-01"), Some(1));
        assert_eq!(days_between("2026-08-16", "2026-08-15"), Some(-1));
        assert_eq!(days_between("2026-08", "2026-08-15"), None);
    }

    #[test]
    fn a_past_deadline_says_by_how_much() {
        let past = countdown("2026-11-24", "2026-08-15", Language::Chinese);
        assert!(past.is_some_and(|(words, urgency)| words.contains("101") && urgency == Urgency::Past));
    }
}
