//! Small and large pictures of files, made once and kept beside them. A few are made at a time: each takes memory, and a
//! page that takes long is not to hold up a photo. Pages of a PDF are drawn by a process of this program's own, which is
//! ended when a crafted file asks for too much: `main` calls [`serve_if_asked`] first.
//!
//! Nothing is drawn of a file that is not what it was, also where a picture of it was made before.

mod turn;

use std::fs::{self, File};
use std::io::{Cursor, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::Command;

use form_intake::page::{self, apart};
use form_intake::photo;

use crate::blob::{BlobFolder, Soundness};
use turn::Turns;

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

/// How many photos are decoded at once: each takes up to 200 MB for a moment, and so many processors a small machine has.
const PHOTOS_AT_ONCE: usize = 2;

/// How many PDFs are drawn at once, each by a process of its own.
const PAGES_AT_ONCE: usize = 2;

static PHOTOS: Turns = Turns::new(PHOTOS_AT_ONCE);
static PAGES: Turns = Turns::new(PAGES_AT_ONCE);

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

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPicture {
    /// None can be made of such a file, or it has no such page.
    None,
    /// The file is not here, or cannot be read now.
    Missing,
    /// The file is not what was kept; it was set aside, so that a sound copy can come.
    Damaged,
}

/// The picture of a file that is here. `page` counts from 0; only PDFs have more than that one.
///
/// # Errors
/// Why there is none.
pub fn picture(blobs: &BlobFolder, sha256: &str, size: Size, page: u32) -> Result<Picture, NoPicture> {
    sound(blobs, sha256)?;
    let name = if page == 0 { size.name().to_owned() } else { format!("{}-{page}", size.name()) };
    kept_or_made(blobs, sha256, &name, |file| make(file, size, page)).map(Picture::of)
}

/// How many pages a PDF has that is here.
///
/// # Errors
/// Why that cannot be told.
pub fn pages(blobs: &BlobFolder, sha256: &str) -> Result<u32, NoPicture> {
    sound(blobs, sha256)?;
    let told = kept_or_made(blobs, sha256, "pages", |file| {
        let pages = apart::count(&mut this_program()?, &pdf(file)?).ok()?;
        Some(pages.to_string().into_bytes())
    })?;
    String::from_utf8(told).ok().and_then(|told| told.parse().ok()).ok_or(NoPicture::None)
}

/// Whether the file is what was kept.
fn sound(blobs: &BlobFolder, sha256: &str) -> Result<(), NoPicture> {
    match blobs.soundness(sha256) {
        Ok(Soundness::Sound) => Ok(()),
        Ok(Soundness::Damaged) => {
            // Where it cannot be moved, it is found damaged again the next time.
            let _ = blobs.set_damaged_aside(sha256);
            Err(NoPicture::Damaged)
        }
        Ok(Soundness::Missing) | Err(_) => Err(NoPicture::Missing),
    }
}

/// What was made of a file, from its place or made now; by one at a time, so that nothing is made twice.
fn kept_or_made(
    blobs: &BlobFolder,
    sha256: &str,
    what: &str,
    make: impl FnOnce(&mut File) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, NoPicture> {
    let place = blobs.preview(sha256, what);
    if let Ok(bytes) = fs::read(&place) {
        return Ok(bytes);
    }
    let mut file = File::open(blobs.path(sha256)).map_err(|_| NoPicture::Missing)?;
    let turns = if is_pdf(&mut file) { &PAGES } else { &PHOTOS };
    let _turn = turns.wait(&place);
    // Somebody else may have made it meanwhile.
    if let Ok(bytes) = fs::read(&place) {
        return Ok(bytes);
    }
    let bytes = make(&mut file).ok_or(NoPicture::None)?;
    // Without a place to keep it, it is made again the next time.
    let _ = keep(&place, &bytes);
    Ok(bytes)
}

/// A picture of whatever it is, if there can be one.
fn make(file: &mut File, size: Size, page: u32) -> Option<Vec<u8>> {
    if is_pdf(file) {
        let page = usize::try_from(page).ok()?;
        let page = apart::preview(&mut this_program()?, &pdf(file)?, page).ok()?;
        return match size {
            Size::Small => photo::thumbnail(&mut Cursor::new(page)).ok(),
            Size::Large => Some(page),
        };
    }
    let photo = match size {
        _ if page > 0 => return None,
        Size::Small => photo::thumbnail(file),
        Size::Large => photo::view(file, LARGE_PIXELS),
    };
    photo.ok()
}

fn this_program() -> Option<Command> {
    Some(Command::new(std::env::current_exe().ok()?))
}

const PDF_MARK: &[u8] = b"%PDF";

fn is_pdf(file: &mut File) -> bool {
    let mut head = [0; PDF_MARK.len()];
    let read = file.rewind().and_then(|()| file.read_exact(&mut head));
    read.is_ok() && file.rewind().is_ok() && head == PDF_MARK
}

/// A PDF's bytes, where they are few enough to be drawn.
fn pdf(file: &mut File) -> Option<Vec<u8>> {
    let most = u64::try_from(page::PDF_BYTES).ok()?;
    file.rewind().ok()?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most && bytes.starts_with(PDF_MARK)).then_some(bytes)
}

fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    part.write_all(bytes)?;
    part.persist(place)?;
    Ok(())
}
