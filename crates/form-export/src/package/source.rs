//! A package as it lies on a disk, whichever way.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use form_document::digest::{Hashing, Sha256};

use super::archive::{self, BadArchive};
use super::fault::PackageFault;
use super::folder;
use super::looking::Looking;
use super::part::{BadName, Part};

/// How much of a file is in memory while it is read: large enough for the disk, small enough to forget.
const CHUNK_BYTES: usize = 256 << 10;

/// The parts, and whoever waits until they are read.
#[derive(Debug)]
pub(super) struct Source<'a> {
    parts: Parts,
    looking: &'a Looking,
}

/// Where the parts lie.
#[derive(Debug)]
enum Parts {
    Folder(BTreeMap<Part, folder::Place>),
    Archive { file: PathBuf, parts: BTreeMap<Part, archive::Place> },
}

impl<'a> Source<'a> {
    /// Opens a folder; what does not belong there is told beside it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn folder(path: &Path, looking: &'a Looking) -> io::Result<(Self, Vec<PackageFault>)> {
        let listing = folder::read(path)?;
        Ok((Self::of(Parts::Folder(listing.parts), looking), listing.faults))
    }

    fn of(parts: Parts, looking: &'a Looking) -> Self {
        let source = Self { parts, looking };
        looking.begin(source.parts().values().sum());
        source
    }

    /// Opens a ZIP.
    ///
    /// # Errors
    /// When it cannot be read; the inner one when it is no package.
    pub(super) fn archive(path: &Path, looking: &'a Looking) -> io::Result<Result<Self, PackageFault>> {
        let fault = match archive::read(&File::open(path)?) {
            Ok(parts) => {
                let parts = Parts::Archive { file: path.to_owned(), parts };
                return Ok(Ok(Self::of(parts, looking)));
            }
            Err(BadArchive::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            Err(BadArchive::Io(_)) => PackageFault::Layout { at: 0 },
            Err(BadArchive::Layout { at }) => PackageFault::Layout { at },
            Err(BadArchive::Name { name, bad: BadName::Trick }) => PackageFault::Trick { name },
            Err(BadArchive::Name { name, bad: BadName::Unknown }) => PackageFault::Extra { name },
            Err(BadArchive::Twice { part }) => PackageFault::Twice { part },
            Err(BadArchive::TooMany) => PackageFault::TooMany,
        };
        Ok(Err(fault))
    }

    /// The parts that are there, with their sizes in bytes.
    pub(super) fn parts(&self) -> BTreeMap<Part, u64> {
        match &self.parts {
            Parts::Folder(parts) => parts.iter().map(|(part, place)| (part.clone(), place.size)).collect(),
            Parts::Archive { parts, .. } => {
                parts.iter().map(|(part, place)| (part.clone(), place.size)).collect()
            }
        }
    }

    /// A part's bytes, which are few.
    ///
    /// # Errors
    /// When they cannot be read, or are not those that the ZIP sums up.
    pub(super) fn bytes(&self, part: &Part) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.each_chunk(part, |chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// A part's hash; of its bytes a chunk is in memory.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub(super) fn hash(&self, part: &Part) -> io::Result<Sha256> {
        let mut hashing = Hashing::new();
        self.each_chunk(part, |chunk| hashing.update(chunk))?;
        Ok(hashing.finish())
    }

    fn each_chunk(&self, part: &Part, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let gone = || io::Error::from(io::ErrorKind::NotFound);
        match &self.parts {
            Parts::Folder(parts) => {
                let place = parts.get(part).ok_or_else(gone)?;
                // One byte more, so that a file that grows is noticed by its hash.
                self.chunks(File::open(&place.path)?.take(place.size.saturating_add(1)), take)
            }
            Parts::Archive { file, parts } => {
                let place = parts.get(part).ok_or_else(gone)?;
                let mut file = File::open(file)?;
                file.seek(SeekFrom::Start(place.offset))?;
                let mut sum = crc32fast::Hasher::new();
                self.chunks(file.take(place.size), |chunk| {
                    sum.update(chunk);
                    take(chunk);
                })?;
                if sum.finalize() == place.crc { Ok(()) } else { Err(damaged()) }
            }
        }
    }

    fn chunks(&self, mut source: impl Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let read = source.read(&mut buffer)?;
            match buffer.get(..read).filter(|chunk| !chunk.is_empty()) {
                Some(chunk) => take(chunk),
                None => return Ok(()),
            }
            self.looking.pass(read)?;
        }
    }
}

/// The ZIP's own sum does not fit: it was damaged on its way.
fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}
