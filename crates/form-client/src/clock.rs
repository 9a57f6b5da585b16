//! The time of day.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The machine's clock, in milliseconds since 1970-01-01 UTC.
pub fn system() -> i64 {
    Timestamp::now().as_millisecond()
}

/// What stands in the place of a time that no calendar has: any number may stand in a foreign change.
const NO_TIME: &str = "—";

/// Today where this machine stands, `YYYY-MM-DD`.
pub fn local_date(time_ms: i64) -> String {
    written(time_ms, "%Y-%m-%d")
}

/// A time where this machine stands, `YYYY-MM-DD HH:MM:SS`.
pub fn local_time(time_ms: i64) -> String {
    written(time_ms, "%Y-%m-%d %H:%M:%S")
}

fn written(time_ms: i64, format: &str) -> String {
    local(time_ms).map_or_else(|| NO_TIME.to_owned(), |time| time.strftime(format).to_string())
}

fn local(time_ms: i64) -> Option<ZonedDateTime> {
    Some(Timestamp::from_millisecond(time_ms).ok()?.to_zoned_datetime(TimeZone::system()))
}

/// How many days a day (`YYYY-MM-DD`) is ahead where this machine stands, negative when it is past; `None` when it is
/// no day.
pub fn days_until(time_ms: i64, day: &str) -> Option<i64> {
    let day: jiff::civil::Date = day.parse().ok()?;
    Some(local(time_ms)?.date().until(day).ok()?.get_days().into())
}

/// The last millisecond of a day (`YYYY-MM-DD`) where this machine stands; `None` when it is no day.
pub fn end_of_day(day: &str) -> Option<i64> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let next = day.tomorrow().ok()?.to_zoned_datetime(TimeZone::system()).ok()?;
    Some(next.timestamp().as_millisecond().saturating_sub(1))
}
