//! The log in tiles (C2SP tlog-tiles): 256 hashes of one level, or 256 entries, each tile always the same.

use std::fmt;

use form_document::transparency::{Leaf, stored_hash_index};

use super::core::Core;
use crate::error::{ErrorCode, HubError};
use crate::log_copy::tile_of;

/// How many hashes or entries a whole tile has.
const WIDTH: u64 = 1 << HEIGHT;
/// How many levels of the tree a tile spans.
const HEIGHT: u8 = 8;
/// The highest level of tiles: eight of them span 2⁶⁴ entries.
const LEVEL_MAX: u8 = 7;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilePath {
    /// `None` for entries.
    level: Option<u8>,
    number: u64,
    /// How many hashes or entries.
    width: u64,
}

impl TilePath {
    /// Reads what follows `tile/`: a level or `entries`, the number in groups of three digits (`x001/x234/067`), and
    /// `.p/` with a width for a tile that is not whole. One spelling only.
    pub fn read(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let level = match level {
            "entries" => None,
            digits => Some(u8::try_from(plain(digits)?).ok()?),
        };
        if level.is_some_and(|level| level > LEVEL_MAX) {
            return None;
        }
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain(width).filter(|width| (1..WIDTH).contains(width))?),
            None => (rest, WIDTH),
        };
        let tile = Self { level, number: read_number(number)?, width };
        (write_number(tile.number) == number).then_some(tile)
    }
}

impl TilePath {
    /// How many entries a whole tile has.
    pub const ENTRIES: usize = 1 << HEIGHT;

    /// The tiles that hold the entries of a log of that size, in order; the last may not be whole.
    pub fn of_entries(size: u64) -> impl Iterator<Item = Self> {
        let tile = move |number: u64| Self {
            level: None,
            number,
            width: WIDTH.min(size.saturating_sub(number.saturating_mul(WIDTH))),
        };
        (0..size.div_ceil(WIDTH)).map(tile)
    }

    /// How many hashes or entries it has.
    #[allow(clippy::len_without_is_empty, reason = "no tile is empty")]
    pub fn len(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            None => f.write_str("entries/")?,
            Some(level) => write!(f, "{level}/")?,
        }
        f.write_str(&write_number(self.number))?;
        if self.width == WIDTH { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

fn plain(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

fn read_number(text: &str) -> Option<u64> {
    let mut number: u64 = 0;
    let groups: Vec<&str> = text.split('/').collect();
    let (last, more) = groups.split_last()?;
    let more = more.iter().map(|group| group.strip_prefix('x')).collect::<Option<Vec<_>>>()?;
    for group in more.iter().chain([last]) {
        let value: u64 = (group.len() == 3).then(|| group.parse().ok()).flatten()?;
        number = number.checked_mul(1_000)?.checked_add(value)?;
    }
    Some(number)
}

fn write_number(mut number: u64) -> String {
    let mut text = format!("{:03}", number % 1_000);
    while number >= 1_000 {
        number /= 1_000;
        text = format!("x{:03}/{text}", number % 1_000);
    }
    text
}

impl Core {
    /// A tile's bytes.
    ///
    /// # Errors
    /// When the log has no such tile yet, or the store fails.
    pub fn tile(&self, path: TilePath) -> Result<Vec<u8>, HubError> {
        let TilePath { level, number, width } = path;
        let height = level.unwrap_or_default().saturating_mul(HEIGHT);
        let there = self.storage.seal_size()?.checked_shr(u32::from(height)).unwrap_or_default();
        let first = number
            .checked_mul(WIDTH)
            .filter(|first| first.checked_add(width).is_some_and(|end| end <= there));
        let none = || HubError::new(ErrorCode::NotFound, "the log has no such tile yet");
        let first = first.ok_or_else(none)?;
        let Some(_) = level else { return self.entries(first, width) };
        let places: Vec<u64> = (first..first + width).map(|n| stored_hash_index(height, n)).collect();
        Ok(self.storage.seal_hashes(&places)?.into_iter().flat_map(|hash| hash.0).collect())
    }

    /// Entries, each behind its length in two bytes.
    fn entries(&self, first: u64, width: u64) -> Result<Vec<u8>, HubError> {
        let entries = self.storage.seal_range(first, width)?;
        Ok(tile_of(&entries.iter().map(|entry| entry.leaf).collect::<Vec<Leaf>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_address() {
        let tile = |level, number, width| Some(TilePath { level, number, width });
        assert_eq!(TilePath::read("0/000"), tile(Some(0), 0, 256));
        assert_eq!(TilePath::read("entries/x001/x234/067.p/12"), tile(None, 1_234_067, 12));
        assert_eq!(TilePath::read("7/x999/999"), tile(Some(7), 999_999, 256));
        for path in ["0/000", "entries/x001/x234/067.p/12", "7/x999/999"] {
            assert_eq!(TilePath::read(path).unwrap().to_string(), path);
        }
        let all: Vec<String> = TilePath::of_entries(513).map(|tile| tile.to_string()).collect();
        assert_eq!(all, ["entries/000", "entries/001", "entries/002.p/1"]);
        for other in [
            "8/000",
            "00/000",
            "0/0",
            "0/x000/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000/",
            "x/000",
            "0/1000",
            "",
        ] {
            assert_eq!(TilePath::read(other), None, "{other}");
        }
    }
}
