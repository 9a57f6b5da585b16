//! Taking files out of an exchange file. Each counts when its hash was compared; where the stick is pulled out, what has
//! come waits for the next time.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::path::Path;

use form_model::command::BroughtFiles;
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;

use crate::blob::{BlobFolder, CHUNK_BYTES, Soundness, failed};
use crate::cause::because;

/// The files that an exchange file brings and this desk is to have. It needs the desk no more, so the desk does other
/// work meanwhile.
#[derive(Debug)]
pub struct StickFiles<S = io::BufReader<File>> {
    pub(crate) source: S,
    /// What sentences call the exchange file.
    pub(crate) stick: String,
    /// Each with the place of its bytes.
    pub(crate) wanted: Vec<(EvidenceFile, u64)>,
    pub(crate) blobs: BlobFolder,
    pub(crate) brought: BroughtFiles,
}

/// Why taking stopped.
enum Stop {
    /// The exchange file cannot be read on.
    Stick(io::Error),
    /// This desk cannot keep the file, or no further one.
    Desk(UserError),
}

impl<S: Read + Seek> StickFiles<S> {
    /// Whether there is anything to take.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// What is known before they are taken.
    pub fn expected(&self) -> BroughtFiles {
        BroughtFiles { coming: self.wanted.len() as u64, ..self.brought.clone() }
    }

    /// Takes them, one after the other; `arrived` hears each hash. A bad one does not hold up the others.
    pub fn take(mut self, arrived: &mut dyn FnMut(&str)) -> BroughtFiles {
        let blobs = self.blobs.clone();
        let _one = blobs.one_stick();
        let wanted = std::mem::take(&mut self.wanted);
        let all = wanted.len();
        for (at, (file, place)) in wanted.into_iter().enumerate() {
            match self.one(&file, place) {
                Ok(true) => {
                    self.brought.kept += 1;
                    arrived(&file.sha256);
                }
                Ok(false) => self.brought.here += 1,
                Err(Stop::Desk(error)) if error.code == ErrorCode::BlobDamaged => {
                    self.brought.trouble.push(error);
                }
                Err(Stop::Desk(error)) => {
                    self.brought.trouble.push(error);
                    break;
                }
                Err(Stop::Stick(error)) => {
                    let cut = UserError::new(ErrorCode::StickCut).with("file", &self.stick);
                    let cut = cut.with("left", all - at);
                    self.brought.trouble.push(because(cut, &error));
                    break;
                }
            }
        }
        self.brought
    }

    /// Whether the file was not here before.
    fn one(&mut self, file: &EvidenceFile, place: u64) -> Result<bool, Stop> {
        let unusable = |error: io::Error| Stop::Desk(failed(&file.name, &error));
        match self.blobs.soundness(&file.sha256).map_err(unusable)? {
            Soundness::Sound => return Ok(false),
            Soundness::Damaged => self.blobs.set_damaged_aside(&file.sha256).map_err(unusable)?,
            Soundness::Missing => {}
        }
        let partial = self.blobs.partial_of_stick(&file.sha256).map_err(unusable)?;
        let begun = partial.metadata().map_or(0, |meta| meta.len());
        if begun > file.size {
            std::fs::remove_file(&partial).map_err(unusable)?;
        }
        self.copy(file, place, &partial)?;
        match self.blobs.adopt(&partial, &file.sha256, &file.name) {
            // What had come before may have been of another, faulty exchange file; it was removed.
            Err(error) if error.code == ErrorCode::BlobDamaged && begun > 0 => {
                self.copy(file, place, &partial)?;
                self.blobs.adopt(&partial, &file.sha256, &file.name).map_err(Stop::Desk)?;
            }
            adopted => adopted.map_err(Stop::Desk)?,
        }
        Ok(true)
    }

    /// Goes on with what has come of a file, until all of it has.
    fn copy(&mut self, file: &EvidenceFile, place: u64, partial: &Path) -> Result<(), Stop> {
        let unusable = |error: io::Error| Stop::Desk(failed(&file.name, &error));
        let mut target = OpenOptions::new().create(true).append(true).open(partial).map_err(unusable)?;
        let mut got = target.metadata().map_err(unusable)?.len();
        let mut room = self.blobs.reserve(file.size.saturating_sub(got), &file.name).map_err(Stop::Desk)?;
        self.source.seek(SeekFrom::Start(place.saturating_add(got))).map_err(Stop::Stick)?;
        let mut chunk = vec![0; CHUNK_BYTES];
        while got < file.size {
            let most = usize::try_from(file.size - got).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            let read = self.source.read(&mut chunk[..most]).map_err(Stop::Stick)?;
            if read == 0 {
                return Err(Stop::Stick(io::ErrorKind::UnexpectedEof.into()));
            }
            target.write_all(&chunk[..read]).map_err(|error| {
                let full = error.kind() == io::ErrorKind::StorageFull;
                Stop::Desk(if full { self.blobs.overtaken(&file.name) } else { failed(&file.name, &error) })
            })?;
            got += read as u64;
            room.written(read as u64);
        }
        Ok(())
    }
}
