//! Automerge keeps a change's time in whole seconds since 1970-01-01 UTC; everything else here counts
//! milliseconds.

const MS_A_SECOND: i64 = 1_000;

/// Milliseconds as a change keeps them.
pub(crate) fn to_change(time_ms: i64) -> i64 {
    time_ms.div_euclid(MS_A_SECOND)
}

/// A change's time in milliseconds; any number may stand in a foreign change.
pub(crate) fn of_change(seconds: i64) -> i64 {
    seconds.saturating_mul(MS_A_SECOND)
}
