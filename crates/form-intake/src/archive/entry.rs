//! One entry of an archive: its name, and what its bytes are.

use std::io::Read;

use encoding_rs::GB18030;

use super::{ArchiveFault, PART_BYTES};

/// By so many bytes the kind of an entry is told.
const HEAD_BYTES: usize = 4 << 10;
/// How much is inflated at a time.
const STEP_BYTES: usize = 64 << 10;
/// Archives that this program does not look into.
const OTHERS: [&[u8]; 5] = [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00"];

/// What was seen of an entry.
pub(super) struct Seen {
    /// Its first bytes; all of them for a part that is wanted whole.
    pub(super) head: Vec<u8>,
    pub(super) inflated: u64,
}

impl Seen {
    pub(super) fn is_other_archive(&self) -> bool {
        OTHERS.iter().any(|magic| self.head.starts_with(magic))
    }
}

/// Whether an entry begins as a ZIP archive does.
pub(super) fn is_ours(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Inflates an entry into nothing, as far as the budget goes and at least its head.
///
/// # Errors
/// When it cannot be inflated, or becomes more than it says: the library's reader sees to that.
pub(super) fn sink(entry: &mut impl Read, budget: u64, whole: bool) -> Result<Seen, ArchiveFault> {
    let keep = if whole { usize::try_from(PART_BYTES).unwrap_or(HEAD_BYTES) } else { HEAD_BYTES };
    let mut seen = Seen { head: Vec::new(), inflated: 0 };
    let mut step = vec![0; STEP_BYTES];
    while seen.head.len() < HEAD_BYTES || seen.inflated < budget {
        let read = entry.read(&mut step).map_err(|_| ArchiveFault::Damaged)?;
        if read == 0 {
            break;
        }
        let room = keep.saturating_sub(seen.head.len()).min(read);
        seen.head.extend_from_slice(&step[..room]);
        seen.inflated += u64::try_from(read).unwrap_or(u64::MAX);
    }
    Ok(seen)
}

/// A name as its maker meant it: UTF-8, else GB18030, as Chinese programs write it without saying so.
pub(super) fn decoded_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// Whether a program that unpacks this name as it stands would write outside of its folder.
pub(super) fn escapes(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let rooted = name.starts_with(['/', '\\']);
    drive || rooted || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}
