//! A package as a ZIP (APPNOTE 6.3.10), in one layout only: parts one after the other, stored as they are, no comments, no
//! times, nothing between them. All but the parts' bytes follows from their names, lengths and checksums.
//!
//! A ZIP says everything twice, and programs differ in which they believe; they also skip what they do not know. A reader
//! that goes through from the first byte and knows what each must be leaves nothing in which two readers could see two
//! packages. The price: a package that another program has packed again is to be unpacked and checked as a folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use super::part::{BadName, Part};

/// The most parts: 15 slots of 2,000 files, and twice that.
const PARTS_MAX: usize = 100_000;
/// Longest name, in bytes: a form's path with its folder.
const NAME_MAX_BYTES: usize = 256;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const LOCAL_BYTES: usize = 30;
/// ZIP 4.5, which all programs of the last twenty years read.
const VERSION: u16 = 45;
/// Names are UTF-8 (bit 11).
const FLAGS: u16 = 1 << 11;
/// 1980-01-01, the earliest date that a ZIP can say: it says none.
const DATE: u16 = 1 << 5 | 1;
/// Says that a number stands in 64 bits elsewhere.
const ELSEWHERE: u32 = u32::MAX;

/// A part as it lies in a ZIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of its first byte.
    pub offset: u64,
    /// In bytes.
    pub size: u64,
    /// CRC-32 (ISO-HDLC) of its bytes.
    pub crc: u32,
}

/// Why a ZIP is no package.
#[derive(Debug)]
pub enum BadArchive {
    /// Other bytes stand there than this layout has.
    Layout {
        at: u64,
    },
    Name {
        name: String,
        bad: BadName,
    },
    Twice {
        part: Part,
    },
    TooMany,
    Io(io::Error),
}

impl From<io::Error> for BadArchive {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A part's name and place.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    header: u64,
    size: u64,
    crc: u32,
}

/// Writes a ZIP.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    out: W,
    at: u64,
    entries: Vec<Entry>,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    /// An empty one.
    pub fn new(out: W) -> Self {
        Self { out, at: 0, entries: Vec::new() }
    }

    /// Adds a part: so many bytes, by whoever writes them. Its checksum is put in afterwards.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(
        &mut self,
        name: &str,
        size: u64,
        bytes: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut entry = Entry { name: name.to_owned(), header: self.at, size, crc: 0 };
        let header = local(&entry);
        self.out.write_all(&header)?;
        let mut summed = Summed { inner: &mut self.out, crc: crc32fast::Hasher::new(), written: 0 };
        bytes(&mut summed)?;
        let (crc, written) = (summed.crc.finalize(), summed.written);
        if written != size {
            return Err(io::Error::other("a file has another length than was said"));
        }
        entry.crc = crc;
        let end = entry.header + length(&header) + size;
        self.out.seek(SeekFrom::Start(entry.header))?;
        self.out.write_all(&local(&entry))?;
        self.out.seek(SeekFrom::Start(end))?;
        self.at = end;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory at the end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&directory(&self.entries, self.at))?;
        Ok(self.out)
    }
}

/// Reads where the parts lie. What they hold is not looked at.
///
/// # Errors
/// [`BadArchive`].
pub fn read(file: &File) -> Result<BTreeMap<Part, Place>, BadArchive> {
    let total = file.metadata()?.len();
    let mut input = BufReader::new(file);
    input.seek(SeekFrom::Start(0))?;
    let (mut at, mut entries, mut parts) = (0, Vec::new(), BTreeMap::new());
    while let Some(entry) = next(&mut input, at)? {
        let part =
            Part::read(&entry.name).map_err(|bad| BadArchive::Name { name: entry.name.clone(), bad })?;
        let offset = at + length(&local(&entry));
        let end = offset.checked_add(entry.size).filter(|end| *end <= total);
        at = end.ok_or(BadArchive::Layout { at })?;
        input.seek(SeekFrom::Start(at))?;
        let place = Place { offset, size: entry.size, crc: entry.crc };
        if parts.insert(part.clone(), place).is_some() {
            return Err(BadArchive::Twice { part });
        }
        entries.push(entry);
        if entries.len() > PARTS_MAX {
            return Err(BadArchive::TooMany);
        }
    }
    check_directory(&mut input, at, total, &directory(&entries, at))?;
    Ok(parts)
}

/// The next local header; `None` where the directory begins.
fn next(input: &mut impl Read, at: u64) -> Result<Option<Entry>, BadArchive> {
    let bad = || BadArchive::Layout { at };
    let mut fixed = [0; LOCAL_BYTES];
    let read = read_up_to(input, &mut fixed)?;
    let signature = number(&fixed, 0);
    if read < LOCAL_BYTES || signature != LOCAL {
        return Ok(None);
    }
    let name_length = usize::from(short(&fixed, 26));
    if name_length > NAME_MAX_BYTES {
        return Err(bad());
    }
    let mut rest = vec![0; name_length + usize::from(short(&fixed, 28))];
    if read_up_to(input, &mut rest)? < rest.len() {
        return Err(bad());
    }
    let name = rest.get(..name_length).and_then(|name| std::str::from_utf8(name).ok()).ok_or_else(bad)?;
    let size = match number(&fixed, 18) {
        ELSEWHERE => rest.get(name_length + 4..name_length + 12).and_then(long).ok_or_else(bad)?,
        size => u64::from(size),
    };
    let entry = Entry { name: name.to_owned(), header: at, size, crc: number(&fixed, 14) };
    // Whatever else a header can say, it must say this.
    if local(&entry) == [&fixed[..], &rest].concat() { Ok(Some(entry)) } else { Err(bad()) }
}

fn check_directory(
    input: &mut (impl Read + Seek),
    at: u64,
    total: u64,
    expected: &[u8],
) -> Result<(), BadArchive> {
    if total.checked_sub(at) != Some(length(expected)) {
        return Err(BadArchive::Layout { at });
    }
    input.seek(SeekFrom::Start(at))?;
    let mut found = vec![0; expected.len()];
    input.read_exact(&mut found)?;
    match found.iter().zip(expected).position(|(found, expected)| found != expected) {
        Some(place) => Err(BadArchive::Layout { at: at + u64::try_from(place).unwrap_or_default() }),
        None => Ok(()),
    }
}

fn local(entry: &Entry) -> Vec<u8> {
    let extra = elsewhere(&[entry.size, entry.size]);
    let mut header = LOCAL.to_le_bytes().to_vec();
    common(&mut header, entry, &extra);
    header.extend_from_slice(entry.name.as_bytes());
    header.extend_from_slice(&extra);
    header
}

/// What both headers of a part say, from the version that is needed to the lengths of name and extra field.
fn common(header: &mut Vec<u8>, entry: &Entry, extra: &[u8]) {
    // Version, flags, method (stored), time, date.
    for value in [VERSION, FLAGS, 0, 0, DATE] {
        header.extend_from_slice(&value.to_le_bytes());
    }
    for value in [entry.crc, capped(entry.size), capped(entry.size)] {
        header.extend_from_slice(&value.to_le_bytes());
    }
    for value in [entry.name.len(), extra.len()] {
        header.extend_from_slice(&u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes());
    }
}

fn directory(entries: &[Entry], at: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let extra = elsewhere(&[entry.size, entry.size, entry.header]);
        out.extend_from_slice(&CENTRAL.to_le_bytes());
        out.extend_from_slice(&VERSION.to_le_bytes());
        common(&mut out, entry, &extra);
        // No comment, disk 0, no attributes.
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&capped(entry.header).to_le_bytes());
        out.extend_from_slice(entry.name.as_bytes());
        out.extend_from_slice(&extra);
    }
    end(&mut out, entries.len(), at);
    out
}

/// The records at the end; those of 64 bits only where a number asks for them.
fn end(out: &mut Vec<u8>, count: usize, at: u64) {
    let (size, count) = (length(out), u64::try_from(count).unwrap_or(u64::MAX));
    let short_count = u16::try_from(count).unwrap_or(u16::MAX);
    if short_count == u16::MAX || capped(at) == ELSEWHERE || capped(size) == ELSEWHERE {
        let place = at + size;
        out.extend_from_slice(&END_64.to_le_bytes());
        // How much of this record follows.
        out.extend_from_slice(&44_u64.to_le_bytes());
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
        for value in [count, count, size, at] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&LOCATOR_64.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&place.to_le_bytes());
        out.extend_from_slice(&1_u32.to_le_bytes());
    }
    out.extend_from_slice(&END.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&short_count.to_le_bytes());
    out.extend_from_slice(&short_count.to_le_bytes());
    out.extend_from_slice(&capped(size).to_le_bytes());
    out.extend_from_slice(&capped(at).to_le_bytes());
    out.extend_from_slice(&[0; 2]);
}

/// The extra field with those numbers that 32 bits do not hold (APPNOTE, section 4.5.3); empty for none.
fn elsewhere(values: &[u64]) -> Vec<u8> {
    let large: Vec<u8> = values
        .iter()
        .filter(|value| capped(**value) == ELSEWHERE)
        .flat_map(|value| value.to_le_bytes())
        .collect();
    if large.is_empty() {
        return large;
    }
    let length = u16::try_from(large.len()).unwrap_or_default();
    [&[1, 0][..], &length.to_le_bytes(), &large].concat()
}

fn capped(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(ELSEWHERE)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

/// Fills as much as there is.
fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Counts and sums up what goes through.
struct Summed<'a, W> {
    inner: &'a mut W,
    crc: crc32fast::Hasher,
    written: u64,
}

impl<W: Write> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.crc.update(bytes.get(..written).unwrap_or_default());
        self.written += u64::try_from(written).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
