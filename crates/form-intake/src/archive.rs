//! What a ZIP archive holds and how much it becomes, found out without unpacking it anywhere.
//!
//! Entries are inflated into nothing, one after the other, within one budget for the archive and all archives inside
//! it. DEFLATE makes at most 1,032 bytes of one, so what is beyond the budget is bounded by the compressed sizes,
//! which cannot overlap.

mod entry;
mod fault;
mod meter;

use std::io::{Cursor, Read, Seek};

use zip::ZipArchive;
use zip::read::Config;
use zip::unstable::read::ZipIterable;

use crate::guard::guarded;
use entry::{decoded_name, escapes, is_ours, sink};
pub use fault::ArchiveFault;
use meter::Meter;

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of the archive and of all archives inside it.
    pub entries: usize,
    /// What all entries say that they become, in bytes.
    pub unpacked: u64,
    /// Bytes that are really inflated, to see whether the sizes are true.
    pub inflated: u64,
    /// Archives within archives.
    pub depth: usize,
}

impl Limits {
    /// For a file that is kept: twice the largest file that can be taken in, since papers and tables become more than
    /// photos do; inflating the budget takes about a second.
    pub const FILE: Self = Self { entries: 20_000, unpacked: 8 << 30, inflated: 256 << 20, depth: 3 };
    /// For a workbook that is read into memory: a directory of 20,000 enterprises becomes about 30 MiB.
    pub const WORKBOOK: Self = Self { entries: 2_000, unpacked: 96 << 20, inflated: 96 << 20, depth: 1 };
}

/// Below this size nobody is harmed by any ratio: a blank sheet is packed a thousandfold.
const RATIO_FROM: u64 = 64 << 20;
/// Real papers and tables are packed at most about a hundredfold, a bomb a thousandfold.
const RATIO: u64 = 300;
/// What opening an archive may read: its directory, about 100 bytes an entry.
const DIRECTORY_BYTES: u64 = 16 << 20;
/// An archive inside an archive is looked into when it becomes no more than this, since it is held in memory.
const NESTED_BYTES: u64 = 32 << 20;
/// A part that the caller wants to read; `[Content_Types].xml` has a few KiB.
const PART_BYTES: u64 = 1 << 20;
/// Parts that say what kind of document an archive is.
const TELLING: [&str; 2] = ["[Content_Types].xml", "mimetype"];

/// The part of an Office file in which macros lie.
pub(crate) const MACROS: &str = "vbaproject.bin";

/// What an archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The names of its own entries, folders left out, in the archive's order.
    pub names: Vec<String>,
    /// What its own entries become, in bytes, as they say.
    pub unpacked: u64,
    /// Archives inside it that were not looked into: too large, or of another format.
    pub unread: usize,
    /// The text of `[Content_Types].xml` and `mimetype`, where there are such entries.
    parts: Vec<(String, String)>,
}

impl Contents {
    /// The text of a part that tells the kind of document.
    pub(crate) fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(part, _)| part == name).map(|(_, text)| text.as_str())
    }
}

/// What is left of the limits.
struct Budget {
    limits: Limits,
    entries: usize,
    unpacked: u64,
    inflated: u64,
}

/// Looks through an archive.
///
/// # Errors
/// When it is damaged, holds too much, a program, a path that leads out of its folder, a link, or something under a
/// password.
pub fn weigh(reader: &mut (impl Read + Seek), limits: Limits) -> Result<Contents, ArchiveFault> {
    let mut budget =
        Budget { limits, entries: limits.entries, unpacked: limits.unpacked, inflated: limits.inflated };
    guarded(|| weigh_within(reader, &mut budget, 1)).unwrap_or(Err(ArchiveFault::Damaged))
}

fn weigh_within(
    reader: &mut (impl Read + Seek),
    budget: &mut Budget,
    depth: usize,
) -> Result<Contents, ArchiveFault> {
    let mut archive = open(reader, budget)?;
    let mut contents = Contents::default();
    for index in 0..archive.len() {
        let (name, size) = admit(&mut archive, index, budget, depth)?;
        if let Some((name, size)) = name.zip(size) {
            contents.unpacked = contents.unpacked.saturating_add(size);
            read_entry(&mut archive, index, &name, budget, depth, &mut contents)?;
            contents.names.push(name);
        }
    }
    Ok(contents)
}

/// Opens the directory, after the number of its entries has been looked at.
fn open<'a, R: Read + Seek>(
    reader: &'a mut R,
    budget: &mut Budget,
) -> Result<ZipArchive<Meter<&'a mut R>>, ArchiveFault> {
    let entries = ZipIterable::try_new(Meter::new(&mut *reader, DIRECTORY_BYTES), Config::default())
        .map_err(|_| ArchiveFault::Damaged)?
        .len();
    budget.entries =
        budget.entries.checked_sub(entries).ok_or(ArchiveFault::TooMany { limit: budget.limits.entries })?;
    let meter = Meter::new(reader, DIRECTORY_BYTES);
    let opened = meter.switch();
    let mut archive = ZipArchive::new(meter).map_err(|_| ArchiveFault::Damaged)?;
    if archive.len() != entries {
        // Two entries of one name: which of them counts differs from program to program.
        return Err(ArchiveFault::Damaged);
    }
    opened.lift();
    match archive.has_overlapping_entries() {
        Ok(false) => Ok(archive),
        Ok(true) => Err(ArchiveFault::Bursts),
        Err(_) => Err(ArchiveFault::Damaged),
    }
}

/// Whether an entry may be there at all; its name and the size that it says it has, unless it is a folder.
fn admit<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    budget: &mut Budget,
    depth: usize,
) -> Result<(Option<String>, Option<u64>), ArchiveFault> {
    let entry = archive.by_index_raw(index).map_err(|_| ArchiveFault::Damaged)?;
    let name = decoded_name(entry.name_raw());
    if escapes(&name) || entry.is_symlink() {
        return Err(ArchiveFault::Escapes { name });
    }
    if entry.encrypted() {
        return Err(ArchiveFault::Locked);
    }
    if entry.is_dir() {
        return Ok((None, None));
    }
    // Macros of the document itself are told by its kind, in a sentence of their own.
    let macros = depth > 1 && name.to_lowercase().ends_with(MACROS);
    if macros || crate::kind::is_program_name(&name) {
        return Err(ArchiveFault::Program { name });
    }
    let (size, packed) = (entry.size(), entry.compressed_size());
    budget.unpacked =
        budget.unpacked.checked_sub(size).ok_or(ArchiveFault::TooLarge { limit: budget.limits.unpacked })?;
    if size > RATIO_FROM && size / RATIO > packed {
        return Err(ArchiveFault::Bursts);
    }
    Ok((Some(name), Some(size)))
}

/// Inflates an entry as far as the budget goes, and looks at what it is.
fn read_entry<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    name: &str,
    budget: &mut Budget,
    depth: usize,
    contents: &mut Contents,
) -> Result<(), ArchiveFault> {
    let Ok(mut entry) = archive.by_index(index) else {
        // Packed by a method that is not ours to unpack.
        contents.unread += 1;
        return Ok(());
    };
    let size = entry.size();
    let is_part = TELLING.contains(&name) && size <= PART_BYTES;
    let seen = sink(&mut entry, budget.inflated, is_part)?;
    budget.inflated = budget.inflated.saturating_sub(seen.inflated);
    if crate::kind::program(&seen.head).is_some() {
        return Err(ArchiveFault::Program { name: name.to_owned() });
    }
    if is_part {
        contents.parts.push((name.to_owned(), String::from_utf8_lossy(&seen.head).into_owned()));
    }
    drop(entry);
    if is_ours(&seen.head) {
        return nested(archive, index, size, budget, depth, contents);
    }
    if seen.is_other_archive() {
        contents.unread += 1;
    }
    Ok(())
}

/// Looks into an archive inside the archive.
fn nested<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    size: u64,
    budget: &mut Budget,
    depth: usize,
    contents: &mut Contents,
) -> Result<(), ArchiveFault> {
    if depth >= budget.limits.depth {
        return Err(ArchiveFault::TooDeep { limit: budget.limits.depth });
    }
    if size > NESTED_BYTES.min(budget.inflated) {
        contents.unread += 1;
        return Ok(());
    }
    let mut bytes = Vec::new();
    let entry = archive.by_index(index).map_err(|_| ArchiveFault::Damaged)?;
    entry.take(size).read_to_end(&mut bytes).map_err(|_| ArchiveFault::Damaged)?;
    budget.inflated = budget.inflated.saturating_sub(size);
    match weigh_within(&mut Cursor::new(bytes), budget, depth + 1) {
        Ok(inner) => contents.unread += inner.unread,
        // Only named like one, or cut off: inert, and nobody unpacks it without trying.
        Err(ArchiveFault::Damaged) => contents.unread += 1,
        Err(fault) => return Err(fault),
    }
    Ok(())
}
