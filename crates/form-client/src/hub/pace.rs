//! How much of a file one request carries. The hub keeps what comes of a piece that breaks off, so a break costs what the
//! line and the hub's memory hold; where they hold much, it costs the pieces that are under way. After each piece the
//! hub waits for its disk, and nothing is sent in its lane. So a clean line soon gets long pieces, and a bad one short
//! ones.

use std::sync::atomic::{AtomicU64, Ordering};

/// The shortest piece, in bytes: with it a line with 50 ms to the hub still carries 20 MB a second in each lane.
const PIECE_MIN_BYTES: u64 = 1 << 20;
/// The longest piece, in bytes: the hub makes what has come durable that often anyway.
const PIECE_MAX_BYTES: u64 = 16 << 20;
/// A piece is this part of what has come through since the line last broke.
const PART: u64 = 16;
/// A rest of a file goes along when it is no longer than this many pieces: a short one more would cost the hub as much
/// as a long one.
const REST: u64 = 2;

/// What has come through since the line last broke, over all lanes.
#[derive(Debug, Default)]
pub(super) struct Pace {
    came_through: AtomicU64,
}

impl Pace {
    /// How long the next piece of a file is of which so many bytes are left.
    pub(super) fn piece(&self, left: u64) -> u64 {
        let piece = self.came_through.load(Ordering::Relaxed) / PART;
        let piece = piece.clamp(PIECE_MIN_BYTES, PIECE_MAX_BYTES);
        if left <= REST * piece { left } else { piece }
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

    /// The pieces in which a file goes.
    fn pieces(pace: &Pace, size: u64) -> Vec<u64> {
        let (mut left, mut pieces) = (size, Vec::new());
        while left > 0 {
            let piece = pace.piece(left);
            pace.came(piece);
            pieces.push(piece);
            left -= piece;
        }
        pieces
    }

    #[test]
    fn a_clean_line_gets_long_pieces_and_one_that_breaks_short_ones() {
        let (pace, photo, scan) = (Pace::default(), 3 << 20, 9 << 20);
        assert_eq!(pieces(&pace, photo), [1 << 20, 2 << 20], "and no short rest");
        for _ in 0..40 {
            pieces(&pace, photo);
        }
        assert_eq!(pieces(&pace, scan), [scan]);
        let film = pieces(&pace, 1 << 30);
        assert!(film.iter().all(|piece| *piece <= REST * PIECE_MAX_BYTES) && film.len() < 100, "{film:?}");
        pace.broke();
        assert_eq!(pace.piece(scan), PIECE_MIN_BYTES);
    }
}
