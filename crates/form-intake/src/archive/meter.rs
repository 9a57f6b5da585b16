//! A reader that stops when it has read more than it should have to.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Reads no more than so many bytes, wherever they lie.
pub(super) struct Meter<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

/// Lifts a meter's limit while something else owns the meter.
pub(super) struct Switch(Rc<Cell<u64>>);

impl Switch {
    /// From now on as much is read as is asked for.
    pub(super) fn lift(&self) {
        self.0.set(u64::MAX);
    }
}

impl<R> Meter<R> {
    pub(super) fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: Rc::new(Cell::new(limit)) }
    }

    pub(super) fn switch(&self) -> Switch {
        Switch(Rc::clone(&self.left))
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if self.left.get() != u64::MAX {
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            let left = self.left.get().checked_sub(read);
            self.left.set(left.ok_or_else(|| io::Error::other("the archive's directory is too large"))?);
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Meter<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
