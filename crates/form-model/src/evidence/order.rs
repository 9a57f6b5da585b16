//! Where a file stands among others: between two places there is always another, so moving one file writes one
//! answer, and two desks that move two files do not meet.
//!
//! A place is a fraction between 0 and 1, written as its digits behind the point, in base 36, without trailing
//! zeros: in the order of texts. (The crates for this panic on places that only a stranger would send.)

use super::{Attribute, Entry};
use crate::answer::AnswerValue;
use crate::id::AnswerId;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE: usize = DIGITS.len();

/// Longest place, in digits. Putting files always between the same two adds a digit every fifth time; a slot's
/// 2,000 files stay below this also then.
pub(super) const PLACE_MAX_DIGITS: usize = 512;

/// Whether a text is a place.
pub(super) fn is_place(text: &str) -> bool {
    let digits = text.bytes().all(|byte| DIGITS.contains(&byte));
    !text.is_empty() && text.len() <= PLACE_MAX_DIGITS && !text.ends_with('0') && digits
}

/// What to store so that these files stand behind the first `at` of the others, in this order. Each file is given by
/// the answer that holds its place. Others that leave no room, as after two desks put theirs at one place unaware of
/// each other, move along.
pub fn placed(others: &[Entry], at: usize, files: &[AnswerId]) -> Vec<(AnswerId, Option<AnswerValue>)> {
    let (before, after) = others.split_at(at.min(others.len()));
    let low = before.last().map_or("", |entry| entry.order.as_str());
    let room = after.iter().position(|entry| entry.order.as_str() > low).unwrap_or(after.len());
    let (crowd, rest) = after.split_at(room);
    let high = rest.first().map(|entry| entry.order.as_str());
    let answers = files.iter().cloned().chain(crowd.iter().map(|entry| entry.answer(Attribute::Order)));
    let answers: Vec<_> = answers.collect();
    let places = spread(low, high, answers.len());
    answers.into_iter().zip(places).map(|(answer, place)| (answer, Some(AnswerValue::Text(place)))).collect()
}

/// So many places between two, in order. `low` empty: from the start; `high` `None`: to the end.
fn spread(low: &str, high: Option<&str>, count: usize) -> Vec<String> {
    let Some(high) = high else {
        let mut last = low.to_owned();
        let next = |_| {
            last = behind(&last);
            last.clone()
        };
        return (0..count).map(next).collect();
    };
    if count == 0 {
        return Vec::new();
    }
    // In halves, so that the places stay short.
    let middle = between(low, high);
    let left = count / 2;
    let mut places = spread(low, Some(&middle), left);
    places.push(middle.clone());
    places.extend(spread(&middle, Some(high), count - left - 1));
    places
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or_default()
}

fn digit(value: usize) -> char {
    DIGITS.get(value).copied().map_or('0', char::from)
}

/// A place behind a place: its first digit that can grow, grown by one.
fn behind(place: &str) -> String {
    let grows = place.bytes().position(|digit| value(digit) + 1 < BASE);
    match grows {
        // The middle of all places.
        None if place.is_empty() => digit(BASE / 2).to_string(),
        None => format!("{place}1"),
        Some(at) => {
            let (kept, rest) = place.split_at(at);
            format!("{kept}{}", digit(rest.bytes().next().map_or(0, value) + 1))
        }
    }
}

/// A place between two, about halfway. `low` must be less than `high`.
fn between(low: &str, high: &str) -> String {
    let (mut lows, mut place) = (low.bytes(), String::new());
    // Once a digit was left below that of `high`, everything behind it is free.
    let mut highs = Some(high.bytes());
    loop {
        let from = lows.next().map_or(0, value);
        let to = match &mut highs {
            Some(highs) => highs.next().map_or(0, value),
            None => BASE,
        };
        if to > from + 1 {
            place.push(digit(from.midpoint(to)));
            return place;
        }
        place.push(digit(from));
        if to > from {
            highs = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_between(low: &str, place: &str, high: Option<&str>) {
        assert!(is_place(place), "{place:?}");
        assert!(low < place && high.is_none_or(|high| place < high), "{low:?} {place:?} {high:?}");
    }

    #[test]
    fn there_is_always_a_place_between_two() {
        for (low, high) in
            [("", "1"), ("", "01"), ("i", "j"), ("i", "i1"), ("hz", "i"), ("zz", "zz001"), ("", "z")]
        {
            is_between(low, &between(low, high), Some(high));
        }
        for low in ["", "z", "zz", "i", "zi", "0001"] {
            is_between(low, &behind(low), None);
        }
    }

    #[test]
    fn places_stay_short_whatever_people_do() {
        let mut last = String::new();
        for _ in 0..crate::evidence::FILES_PER_SLOT_MAX {
            last = behind(&last);
        }
        assert!(last.len() <= PLACE_MAX_DIGITS / 4, "{}", last.len());
        let (low, mut high) = (String::from("i"), String::from("j"));
        for _ in 0..crate::evidence::FILES_PER_SLOT_MAX {
            let middle = between(&low, &high);
            is_between(&low, &middle, Some(&high));
            high = middle;
        }
        assert!(high.len() <= PLACE_MAX_DIGITS, "{}", high.len());
    }

    #[test]
    fn many_files_between_two_get_places_in_order() {
        let places = spread("i", Some("i1"), 100);
        assert_eq!(places.len(), 100);
        let mut last = "i".to_owned();
        for place in &places {
            is_between(&last, place, Some("i1"));
            last.clone_from(place);
        }
    }

    #[test]
    fn what_is_no_place_is_known() {
        for bad in ["", "0", "i0", "I", "é", "i ", &"1".repeat(PLACE_MAX_DIGITS + 1)] {
            assert!(!is_place(bad), "{bad:?}");
        }
    }
}
