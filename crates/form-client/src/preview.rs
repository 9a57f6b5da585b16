//! Small and large pictures of files, made once and kept beside them. Made one at a time: a picture of a large photo
//! takes memory, and a person looks at one after the other. Pages of a PDF are drawn by a process of this program's
//! own, which is ended when a crafted file asks for too much: `main` calls [`serve_if_asked`] first.

use std::fs::{self, File};
use std::io::{Cursor, Read as _, Seek as _, Write as _};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use form_intake::page::{self, apart};
use form_intake::photo;

use crate::blob::BlobFolder;

pub use form_intake::page::apart::serve_if_asked;

/// How large a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For a card.
    Small,
    /// To be looked at.
    Large,
}

impl Size {
    /// Reads a size from an address.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Small, Self::Large].into_iter().find(|size| size.name() == text)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
}

/// The longer side of a large picture, in pixels: most of an office screen.
const LARGE_PIXELS: u32 = 1_600;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

impl Picture {
    fn of(bytes: Vec<u8>) -> Self {
        // Whatever is shown as it is, a web view tells by its content.
        let png = bytes.starts_with(b"\x89PNG");
        Self { media_type: if png { "image/png" } else { "image/jpeg" }, bytes }
    }
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The picture of a file that is here; `None` where none can be made.
pub fn picture(blobs: &BlobFolder, sha256: &str, size: Size) -> Option<Picture> {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = blobs.preview(sha256, size.name());
    if let Ok(bytes) = fs::read(&kept) {
        return Some(Picture::of(bytes));
    }
    let mut file = File::open(blobs.path(sha256)).ok()?;
    let bytes = make(&mut file, size)?;
    // Without a place to keep it, it is made again the next time.
    let _ = keep(&kept, &bytes);
    Some(Picture::of(bytes))
}

/// A picture of whatever it is, if there can be one.
fn make(file: &mut File, size: Size) -> Option<Vec<u8>> {
    let photo = match size {
        Size::Small => photo::thumbnail(file),
        Size::Large => photo::view(file, LARGE_PIXELS),
    };
    if let Ok(photo) = photo {
        return Some(photo);
    }
    let bytes = read(file, page::PDF_BYTES as u64).filter(|bytes| bytes.starts_with(b"%PDF"))?;
    let page = apart::preview(&mut Command::new(std::env::current_exe().ok()?), &bytes, 0).ok()?;
    match size {
        Size::Small => photo::thumbnail(&mut Cursor::new(page)).ok(),
        Size::Large => Some(page),
    }
}

fn read(file: &mut File, most: u64) -> Option<Vec<u8>> {
    file.rewind().ok()?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

fn keep(place: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    part.write_all(bytes)?;
    part.persist(place)?;
    Ok(())
}
