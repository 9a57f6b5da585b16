//! How much of a file one request carries. What is on its way when a line breaks is sent again, so a piece is a small
//! part of what has come through since it last broke: a clean line soon gets long pieces, a bad one short ones, and what
//! is sent twice stays about a hundredth of all, whatever the line.

use std::sync::atomic::{AtomicU64, Ordering};

/// The shortest piece, in bytes: with it a line with 50 ms to the hub still carries 10 MB a second in each lane.
const PIECE_MIN_BYTES: u64 = 512 << 10;
/// The longest piece, in bytes: after each the hub waits for its disk, of which longer ones would save nothing more.
const PIECE_MAX_BYTES: u64 = 8 << 20;
/// A piece is this part of what has come through: with three lanes a break costs about a hundredth of that.
const PART: u64 = 256;

/// What has come through since the line last broke, over all lanes.
#[derive(Debug, Default)]
pub(super) struct Pace {
    came_through: AtomicU64,
}

impl Pace {
    /// How long the next piece may be, in bytes.
    pub(super) fn piece(&self) -> u64 {
        (self.came_through.load(Ordering::Relaxed) / PART).clamp(PIECE_MIN_BYTES, PIECE_MAX_BYTES)
    }

    /// So many bytes have come through.
    pub(super) fn came(&self, bytes: u64) {
        self.came_through.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The line has broken.
    pub(super) fn broke(&self) {
        self.came_through.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_break_may_cost_is_a_small_part_of_what_came_before_it() {
        let pace = Pace::default();
        let (mut sent, lanes) = (0, 3);
        while sent < 4 << 30 {
            let at_risk = lanes * pace.piece();
            assert!(at_risk <= (lanes * PIECE_MIN_BYTES).max(sent / 80), "{at_risk} of {sent}");
            let piece = pace.piece();
            pace.came(piece);
            sent += piece;
        }
        assert_eq!(pace.piece(), PIECE_MAX_BYTES, "a clean line gets long pieces");
        pace.broke();
        assert_eq!(pace.piece(), PIECE_MIN_BYTES);
    }
}
