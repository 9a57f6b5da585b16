//! The part of a file that a request asks for (RFC 9110, section 14.2).

use crate::blob::Part;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    Whole,
    Part(Part),
    /// A part that the file does not have.
    Nowhere,
}

/// Reads `Range`. What is not understood, and more than one part, asks for the whole, as the standard lets a server
/// take it. `length` is the file's, in bytes, and not 0.
pub(super) fn asked_range(header: Option<&str>, length: u64) -> Range {
    let Some(range) = header.and_then(|header| header.strip_prefix("bytes=")) else { return Range::Whole };
    let Some((first, last)) = range.trim().split_once('-') else { return Range::Whole };
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    match (first, last) {
        ("", last) if plain(last) => match number(last).min(length) {
            0 => Range::Nowhere,
            suffix => Range::Part(Part { start: length - suffix, end: length }),
        },
        (first, "") if plain(first) => part(number(first), length, length),
        (first, last) if plain(first) && plain(last) => {
            let (start, last) = (number(first), number(last));
            if last < start { Range::Whole } else { part(start, last.saturating_add(1), length) }
        }
        _ => Range::Whole,
    }
}

fn part(start: u64, end: u64, length: u64) -> Range {
    if start >= length { Range::Nowhere } else { Range::Part(Part { start, end: end.min(length) }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_read_and_all_else_asks_for_the_whole() {
        let of = |header: &str| asked_range(Some(header), 10);
        let part = |start, end| Range::Part(Part { start, end });
        for (header, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=4-", part(4, 10)),
            ("bytes=4-99", part(4, 10)),
            ("bytes=-3", part(7, 10)),
            ("bytes=-99", part(0, 10)),
            ("bytes=9-18446744073709551615", part(9, 10)),
            ("bytes=10-", Range::Nowhere),
            ("bytes=99999999999999999999-", Range::Nowhere),
            ("bytes=-0", Range::Nowhere),
            ("bytes=5-4", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("bytes=-", Range::Whole),
            ("bytes=+1-2", Range::Whole),
            ("lines=1-2", Range::Whole),
        ] {
            assert_eq!(of(header), expected, "{header}");
        }
        assert_eq!(asked_range(None, 10), Range::Whole);
    }
}
