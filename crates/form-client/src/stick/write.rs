//! Writing an exchange file.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;

use form_document::bundle::{FILES_MAGIC, FileHead};
use form_model::error::{ErrorCode, UserError};
use form_model::evidence::EvidenceFile;
use form_model::hex;
use ring::digest::{Context, SHA256};

use crate::blob::{BlobFolder, CHUNK_BYTES};
use crate::file;

/// An exchange file that is to be written. It needs the desk no more, so the desk does other work meanwhile.
#[derive(Debug)]
pub struct StickToWrite {
    /// Magic and content, compressed.
    pub(crate) content: Vec<u8>,
    pub(crate) files: Vec<EvidenceFile>,
    pub(crate) blobs: BlobFolder,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The exchange file's length.
    pub bytes: u64,
    pub files: u64,
    /// Files that were chosen and turned out not to be what was kept here; each was set aside.
    pub left_out: Vec<EvidenceFile>,
}

impl Written {
    /// What a person is to hear of it.
    pub fn notices(&self) -> Vec<UserError> {
        let damaged = |file: &EvidenceFile| UserError::new(ErrorCode::BlobDamaged).with("file", &file.name);
        self.left_out.iter().map(damaged).collect()
    }
}

/// Why writing stopped.
enum Stop {
    /// The file at that place of the list is not what was kept.
    Damaged(usize),
    Failed(UserError),
}

impl From<UserError> for Stop {
    fn from(error: UserError) -> Self {
        Self::Failed(error)
    }
}

impl StickToWrite {
    /// How many files go along.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// How long it gets, in bytes.
    pub fn bytes(&self) -> u64 {
        let heads = if self.files.is_empty() {
            0
        } else {
            FILES_MAGIC.len() + size_of::<u32>() + self.files.len() * FileHead::BYTES
        };
        let files: u64 = self.files.iter().map(|file| file.size).sum();
        (self.content.len() + heads) as u64 + files
    }

    /// Changes alone, without a file.
    pub fn into_content(self) -> Vec<u8> {
        self.content
    }

    /// Writes it, whole or not at all. A file whose copy here is damaged is left out, and the rest goes along.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnusable`] naming the exchange file, when there is no room or it cannot be written.
    pub fn write(mut self, path: &Path) -> Result<Written, UserError> {
        self.need_room(path)?;
        let mut left_out = Vec::new();
        loop {
            match file::replace(path, |target| self.write_to(target, path)) {
                Ok(()) => {
                    return Ok(Written { bytes: self.bytes(), files: self.files.len() as u64, left_out });
                }
                // The list stands before the files, so it is written anew.
                Err(Stop::Damaged(at)) => left_out.push(self.files.remove(at)),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
    }

    /// Whether the stick has room; told before minutes are spent on copying.
    fn need_room(&self, path: &Path) -> Result<(), UserError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // Where that cannot be told, writing tells.
        let Ok(free) = fs4::available_space(folder.unwrap_or(Path::new("."))) else { return Ok(()) };
        let needed = self.bytes();
        if needed <= free {
            return Ok(());
        }
        let (needed, free) = (needed.div_ceil(1 << 20), free >> 20);
        let why = (
            format!("空间不足，需要 {needed} MB，现余 {free} MB，请换一个U盘或少带一些佐证材料"),
            format!(
                "{needed} MB are needed and {free} MB are free; take another stick or less evidence along"
            ),
        );
        Err(file::failed(path, &why))
    }

    fn write_to(&self, target: &mut File, path: &Path) -> Result<(), Stop> {
        let failed = |error: io::Error| Stop::Failed(file::failed(path, &error));
        target.write_all(&self.content).map_err(failed)?;
        if self.files.is_empty() {
            return Ok(());
        }
        target.write_all(&self.heads()?).map_err(failed)?;
        for (at, file) in self.files.iter().enumerate() {
            if !self.copy(file, target).map_err(failed)? {
                // Where it cannot be moved, it is found damaged again the next time.
                let _ = self.blobs.set_damaged_aside(&file.sha256);
                return Err(Stop::Damaged(at));
            }
        }
        Ok(())
    }

    fn heads(&self) -> Result<Vec<u8>, UserError> {
        let count = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let mut heads = [FILES_MAGIC.as_slice(), &count.to_be_bytes()].concat();
        for file in &self.files {
            let missing = || UserError::new(ErrorCode::BlobMissing).with("file", &file.name);
            let sha256 = hex::decode(&file.sha256).ok_or_else(missing)?;
            heads.extend(FileHead { sha256, size: file.size }.to_bytes());
        }
        Ok(heads)
    }

    /// Copies one file; whether it is what was kept.
    fn copy(&self, file: &EvidenceFile, target: &mut impl Write) -> io::Result<bool> {
        let mut source = match File::open(self.blobs.path(&file.sha256)) {
            Ok(source) => source.take(file.size),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let (mut hash, mut chunk) = (Context::new(&SHA256), vec![0; CHUNK_BYTES]);
        loop {
            let read = source.read(&mut chunk)?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            target.write_all(bytes)?;
        }
        Ok(source.limit() == 0 && hex::encode(hash.finish().as_ref()) == file.sha256)
    }
}
