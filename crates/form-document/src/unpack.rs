//! How much a document from outside unpacks to, found out before Automerge unpacks it: its columns are run-length
//! coded and deflated, so that a small file can stand for more than a machine can hold.
//!
//! The layout is that of Automerge's binary format: <https://automerge.org/automerge-binary-format-spec/>. What does
//! not follow it is let pass: that is Automerge's to refuse.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::bulk::Reader;
use crate::raw::MAGIC;

/// The most that a document's columns inflate to, in bytes: a million changes, raw, and some.
pub const UNPACKED_MAX_BYTES: u64 = 256 << 20;

/// The most operations in a document, each change's own and those that it replaces counted: a million changes with
/// four each.
pub const DOCUMENT_MAX_OPS: u64 = 4 << 20;

/// Magic and checksum.
const BEFORE_TYPE: u64 = 8;
const HASH_BYTES: u64 = 32;
/// In a column's number, beside its kind: the column is deflated.
const DEFLATED: u64 = 8;

/// Why a document is not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    #[error("more than {UNPACKED_MAX_BYTES} bytes")]
    Bytes,
    #[error("more than {DOCUMENT_MAX_OPS} operations")]
    Ops,
    /// A kind of chunk that nothing exports: changes packed together otherwise than in a document.
    #[error("it holds a bundle of changes, whose size cannot be told")]
    Bundle,
}

/// Checks a document, or a row of chunks.
///
/// # Errors
/// When it unpacks to more than an application ever has.
pub(crate) fn check(file: &[u8]) -> Result<(), TooMuch> {
    check_up_to(file, UNPACKED_MAX_BYTES)
}

fn check_up_to(file: &[u8], limit: u64) -> Result<(), TooMuch> {
    let mut sum = Sum { left: limit, ops: 0 };
    let mut rest = Reader(file);
    while let Some((kind, content)) = chunk(&mut rest) {
        // Of a chunk that breaks off, what was read of it counts; the rest is not read by Automerge either.
        let _ = match kind {
            0 => sum.document(content)?,
            1 => sum.change(content)?,
            2 => {
                let content = sum.inflate(content)?;
                sum.change(&content)?
            }
            _ => return Err(TooMuch::Bundle),
        };
    }
    Ok(())
}

/// The next chunk's type and content; none where something else begins than a chunk.
fn chunk<'a>(rest: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    if !rest.take(BEFORE_TYPE)?.starts_with(&MAGIC) {
        return None;
    }
    let kind = *rest.take(1)?.first()?;
    Some((kind, rest.prefixed()?))
}

/// What was counted so far.
struct Sum {
    /// How many more bytes may be inflated.
    left: u64,
    ops: u64,
}

/// `None` where the layout ends early.
type Counted = Result<Option<()>, TooMuch>;

impl Sum {
    fn document(&mut self, content: &[u8]) -> Counted {
        let Some((columns, data)) = columns(content) else { return Ok(None) };
        let mut data = Reader(data);
        let mut most = 0;
        for (number, length) in columns {
            let Some(column) = data.take(length) else { break };
            let inflated;
            let column = if number & DEFLATED == 0 {
                column
            } else {
                inflated = self.inflate(column)?;
                &inflated
            };
            most = most.max(values(number, column));
        }
        self.add(most).map(Some)
    }

    fn change(&mut self, content: &[u8]) -> Counted {
        let Some((ops, preds)) = Reader(content).ops_and_preds_of_content() else { return Ok(None) };
        self.add(ops.max(preds)).map(Some)
    }

    fn add(&mut self, ops: u64) -> Result<(), TooMuch> {
        self.ops = self.ops.saturating_add(ops);
        if self.ops > DOCUMENT_MAX_OPS { Err(TooMuch::Ops) } else { Ok(()) }
    }

    /// Inflates; damaged data as far as it goes, as Automerge does before it gives up.
    fn inflate(&mut self, packed: &[u8]) -> Result<Vec<u8>, TooMuch> {
        let mut content = Vec::new();
        let _ = DeflateDecoder::new(packed).take(self.left.saturating_add(1)).read_to_end(&mut content);
        self.left = self.left.checked_sub(content.len() as u64).ok_or(TooMuch::Bytes)?;
        Ok(content)
    }
}

/// A column's number and its length, in bytes.
type Column = (u64, u64);

/// The columns of a document chunk, those of the changes before those of the operations; and their data.
fn columns(content: &[u8]) -> Option<(Vec<Column>, &[u8])> {
    let mut reader = Reader(content);
    for _ in 0..reader.unsigned()? {
        reader.prefixed()?; // an actor
    }
    let heads = reader.unsigned()?;
    reader.take(heads.checked_mul(HASH_BYTES)?)?;
    let mut columns = Vec::new();
    for _ in 0..2 {
        for _ in 0..reader.unsigned()? {
            columns.push((reader.unsigned()?, reader.unsigned()?));
        }
    }
    Some((columns, reader.0))
}

/// How many values a column stands for; of groups, how many they group where those are more.
fn values(number: u64, column: &[u8]) -> u64 {
    match number & 7 {
        0 => Reader(column).count(|_| 1).max(Reader(column).count(|value| value)),
        4 => flags(Reader(column)),
        5 => strings(Reader(column)),
        7 => 0,
        _ => Reader(column).count(|_| 1),
    }
}

/// Flags are the lengths of their runs.
fn flags(mut column: Reader<'_>) -> u64 {
    std::iter::from_fn(|| column.unsigned()).fold(0, u64::saturating_add)
}

fn strings(mut column: Reader<'_>) -> u64 {
    let mut sum = 0_u64;
    while let Some(run) = column.signed() {
        let counted = match run {
            0 => column.unsigned(),
            1.. => column.prefixed().map(|_| run.unsigned_abs()),
            _ => {
                // Each takes a byte, so this ends with the bytes.
                let there = (0..run.unsigned_abs()).map_while(|_| column.prefixed()).count();
                Some(there as u64)
            }
        };
        let Some(counted) = counted else { break };
        sum = sum.saturating_add(counted);
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use automerge::transaction::Transactable as _;
    use automerge::{Automerge, ROOT};
    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    /// A limit that a test reaches soon, in bytes.
    const LIMIT: u64 = 1 << 20;

    fn up_to_limit(file: &[u8]) -> Result<(), TooMuch> {
        check_up_to(file, LIMIT)
    }

    fn leb(mut number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let low = u8::try_from(number & 0x7f).unwrap();
            number >>= 7;
            bytes.push(if number == 0 { low } else { low | 0x80 });
            if number == 0 {
                return bytes;
            }
        }
    }

    fn a_chunk(kind: u8, content: &[u8]) -> Vec<u8> {
        [&[0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, kind], &leb(content.len() as u64)[..], content].concat()
    }

    /// A document without actors and heads, of one column of its operations.
    fn document(number: u64, column: &[u8]) -> Vec<u8> {
        let column_meta = [leb(number), leb(column.len() as u64)].concat();
        a_chunk(0, &[&[0, 0, 0, 1], &column_meta[..], column].concat())
    }

    fn deflated(length: u64) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        std::io::copy(&mut std::io::repeat(0).take(length), &mut encoder).unwrap();
        encoder.flush().unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_inflates_without_end_is_not_inflated() {
        let bomb = deflated(LIMIT + 1);
        assert!(bomb.len() < 2_000, "{} bytes", bomb.len());
        assert_eq!(up_to_limit(&document(4 << 4 | 2 | DEFLATED, &bomb)), Err(TooMuch::Bytes));
        assert_eq!(up_to_limit(&a_chunk(2, &bomb)), Err(TooMuch::Bytes));
        let mut damaged = bomb;
        damaged.truncate(damaged.len() - 4);
        assert_eq!(
            up_to_limit(&document(7 << 4 | 7 | DEFLATED, &damaged)),
            Err(TooMuch::Bytes),
            "nor what is damaged"
        );
    }

    #[test]
    fn several_chunks_count_together() {
        let half = document(4 << 4 | 2 | DEFLATED, &deflated(LIMIT / 2 + 1));
        assert_eq!(up_to_limit(&half), Ok(()), "zeros are no runs of anything");
        assert_eq!(up_to_limit(&[half.clone(), half].concat()), Err(TooMuch::Bytes));
    }

    #[test]
    fn runs_without_end_are_not_unpacked() {
        let many = leb(DOCUMENT_MAX_OPS + 1);
        // A run of a number, of a name, of nothing, and of flags.
        assert_eq!(check(&document(4 << 4 | 2, &[&many[..], &[1]].concat())), Err(TooMuch::Ops));
        assert_eq!(check(&document(1 << 4 | 5, &[&many[..], &[1, b'a']].concat())), Err(TooMuch::Ops));
        assert_eq!(check(&document(1 << 4 | 1, &[&[0], &many[..]].concat())), Err(TooMuch::Ops));
        assert_eq!(check(&document(3 << 4 | 4, &many)), Err(TooMuch::Ops));
        // One group of very many.
        assert_eq!(check(&document(8 << 4, &[&[1], &many[..]].concat())), Err(TooMuch::Ops));
        assert_eq!(check(&a_chunk(3, &[])), Err(TooMuch::Bundle));
    }

    #[test]
    fn what_is_no_document_at_all_is_not_called_too_large() {
        assert_eq!(check("root:x:0:0:root:/root:/bin/bash\n".repeat(40).as_bytes()), Ok(()));
    }

    #[test]
    fn a_real_document_and_loose_changes_pass() {
        let mut real = Automerge::new();
        for number in 0..500 {
            real.transact(|tx| tx.put(ROOT, format!("name {number}"), "长".repeat(20))).unwrap();
        }
        let saved = real.save();
        assert_eq!(check(&saved), Ok(()));
        let mut sum = Sum { left: LIMIT, ops: 0 };
        let (_, content) = chunk(&mut Reader(&saved)).unwrap();
        sum.document(content).unwrap().unwrap();
        assert!(sum.left < LIMIT, "its columns are deflated");
        assert_eq!(sum.ops, 500);
        let loose: Vec<u8> =
            real.get_changes(&[]).into_iter().flat_map(|mut change| change.bytes().into_owned()).collect();
        assert_eq!(check(&loose), Ok(()));
        assert_eq!(check(b"nothing of ours"), Ok(()), "that is Automerge's to refuse");
    }
}
