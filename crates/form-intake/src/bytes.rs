//! Reading no more of a file than was meant to be read.

use std::io::{self, Read, Seek, SeekFrom};

/// The length of what a reader can read; it then stands at the start.
pub(crate) fn length(reader: &mut impl Seek) -> io::Result<u64> {
    let length = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    Ok(length)
}

/// Up to so many bytes from that place on.
pub(crate) fn part(reader: &mut (impl Read + Seek), from: u64, most: u64) -> io::Result<Vec<u8>> {
    reader.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    reader.by_ref().take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
