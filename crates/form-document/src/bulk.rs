//! How much a change unpacks to. Its columns are run-length coded, so that a few bytes can stand for more
//! operations than a machine can hold; they are counted before Automerge unpacks them.
//!
//! The layout is that of Automerge's binary format, "change chunks":
//! <https://automerge.org/automerge-binary-format-spec/>.

/// The most operations, and the most replaced operations, in one change: a whole prose text of 100,000
/// characters taken out and another put in, with room to spare.
pub const CHANGE_MAX_OPS: u64 = 250_000;

/// Magic, checksum and type.
const HEADER_BYTES: usize = 9;
const HASH_BYTES: u64 = 32;
/// Column 4, integers: each operation's action; as many as there are operations.
const ACTIONS: u64 = 4 << 4 | 2;
/// Column 7, groups: how many operations each one replaces.
const PREDS: u64 = 7 << 4;

/// Whether the change has few enough operations. True for what is no change chunk: that is Automerge's to
/// refuse.
pub(crate) fn is_small(chunk: &[u8]) -> bool {
    weight(chunk) <= CHANGE_MAX_OPS
}

/// How many operations the change has, or replaces where those are more; 0 for what is no change chunk.
pub fn weight(chunk: &[u8]) -> u64 {
    Reader(chunk).ops_and_preds().map_or(0, |(ops, preds)| ops.max(preds))
}

/// The bytes not read yet.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    fn ops_and_preds(mut self) -> Option<(u64, u64)> {
        self.take(u64::try_from(HEADER_BYTES).ok()?)?;
        self.unsigned()?; // the chunk's length
        self.ops_and_preds_of_content()
    }

    /// The same for a change chunk's content, which follows its header.
    pub(crate) fn ops_and_preds_of_content(mut self) -> Option<(u64, u64)> {
        let deps = self.unsigned()?;
        self.take(deps.checked_mul(HASH_BYTES)?)?;
        self.prefixed()?; // actor
        self.unsigned()?; // seq
        self.unsigned()?; // start of operations
        self.signed()?; // time
        self.prefixed()?; // message
        for _ in 0..self.unsigned()? {
            self.prefixed()?; // another actor
        }
        let mut columns = Vec::new();
        for _ in 0..self.unsigned()? {
            columns.push((self.unsigned()?, self.unsigned()?));
        }
        let (mut ops, mut preds) = (0_u64, 0_u64);
        for (kind, length) in columns {
            let column = Reader(self.take(length)?);
            match kind {
                ACTIONS => ops = ops.saturating_add(column.count(|_| 1)),
                PREDS => preds = preds.saturating_add(column.count(|value| value)),
                _ => {}
            }
        }
        Some((ops, preds))
    }

    /// The sum of a weight over the values of a run-length coded column. A damaged column counts up to the
    /// damage, where Automerge stops as well.
    pub(crate) fn count(mut self, weight: impl Fn(u64) -> u64) -> u64 {
        let mut sum = 0_u64;
        while let Some(run) = self.signed() {
            let counted = match run {
                0 => self.unsigned(),
                1.. => self.unsigned().map(|value| run.unsigned_abs().saturating_mul(weight(value))),
                _ => self.literal(run.unsigned_abs(), &weight),
            };
            let Some(counted) = counted else { break };
            sum = sum.saturating_add(counted);
        }
        sum
    }

    fn literal(&mut self, length: u64, weight: impl Fn(u64) -> u64) -> Option<u64> {
        let mut sum = 0_u64;
        // Each value takes a byte, so the loop ends with the bytes.
        for _ in 0..length {
            match self.unsigned() {
                Some(value) => sum = sum.saturating_add(weight(value)),
                None => return Some(sum),
            }
        }
        Some(sum)
    }

    pub(crate) fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn prefixed(&mut self) -> Option<&'a [u8]> {
        let length = self.unsigned()?;
        self.take(length)
    }

    /// LEB128.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        Some(self.leb()?.0)
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let (bits, width) = self.leb()?;
        let unused = 64_u32.saturating_sub(width);
        Some((bits << unused).cast_signed() >> unused)
    }

    /// The bits and how many there are.
    fn leb(&mut self) -> Option<(u64, u32)> {
        let (mut bits, mut width) = (0, 0);
        loop {
            let byte = *self.take(1)?.first()?;
            bits |= u64::from(byte & 0x7f).checked_shl(width).unwrap_or(0);
            width += 7;
            if byte & 0x80 == 0 {
                return Some((bits, width));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{Automerge, ObjType, ROOT};

    use super::*;

    #[test]
    fn runs_count_by_their_length() {
        let count = |bytes: &[u8]| Reader(bytes).count(|_| 1);
        assert_eq!(count(&[3, 1]), 3, "three times 1");
        assert_eq!(count(&[0x7d, 1, 2, 3]), 3, "three different values");
        assert_eq!(count(&[0, 5]), 5, "five without a value");
        assert_eq!(count(&[3, 1, 0x7e, 4, 5, 0, 2]), 7);
        assert_eq!(Reader(&[3, 2]).count(|value| value), 6);
        let endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1];
        assert_eq!(count(&endless), i64::MAX.unsigned_abs());
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[3]), 0, "damaged");
    }

    #[test]
    fn a_real_changes_operations_are_counted_right() {
        let mut document = Automerge::new();
        let mut tx = document.transaction();
        let text = tx.put_object(ROOT, "text", ObjType::Text).unwrap();
        tx.splice_text(&text, 0, 0, "合作区发展").unwrap();
        tx.splice_text(&text, 1, 3, "").unwrap();
        tx.commit_with(CommitOptions::default().with_time(1_786_000_000_000).with_message("m"));
        let change = document.get_last_local_change().unwrap();
        assert_eq!(Reader(change.raw_bytes()).ops_and_preds(), Some((1 + 5 + 3, 3)));
    }

    #[test]
    fn a_change_that_unpacks_without_end_is_not_small() {
        // No deps, no actor, seq 1, start 1, time 0, no message, no other actors, one column: actions.
        let endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 1];
        let mut chunk = vec![0; HEADER_BYTES];
        chunk.extend([0, 0, 0, 1, 1, 0, 0, 0, 1, 66, 11]);
        chunk.extend(endless);
        assert!(!is_small(&chunk));
        assert!(is_small(b""));
    }
}
