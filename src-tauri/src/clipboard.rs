//! The clipboard, read by the shell: which files it names, as a file manager copies them, whose paths do not reach the
//! page; and its picture, where a web view (WebKitGTK) does not hand that to the page.

use std::io::Cursor;
use std::path::PathBuf;

use arboard::{Clipboard, Error, ImageData};
use form_model::error::{ErrorCode, UserError};
use image::{ImageFormat, RgbaImage};

/// What there is to be pasted as evidence.
pub enum Content {
    Files(Vec<PathBuf>),
    /// As PNG.
    Picture(Vec<u8>),
}

/// Reads it. Takes time for a picture.
///
/// # Errors
/// [`ErrorCode::NothingToPaste`] when there is neither file nor picture; why it cannot be read.
pub fn read() -> Result<Content, UserError> {
    let mut clipboard = Clipboard::new().map_err(|error| unread(&error))?;
    match clipboard.get().file_list() {
        Ok(files) if !files.is_empty() => return Ok(Content::Files(files)),
        Ok(_) | Err(Error::ContentNotAvailable | Error::ConversionFailure) => {}
        Err(error) => return Err(unread(&error)),
    }
    let picture = clipboard.get_image().map_err(|error| unread(&error))?;
    png(picture).map(Content::Picture).ok_or_else(|| UserError::new(ErrorCode::NothingToPaste))
}

fn png(picture: ImageData<'_>) -> Option<Vec<u8>> {
    let (width, height) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let pixels = RgbaImage::from_raw(width, height, picture.bytes.into_owned())?;
    let mut png = Cursor::new(Vec::new());
    pixels.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

fn unread(error: &Error) -> UserError {
    match error {
        Error::ContentNotAvailable | Error::ConversionFailure => UserError::new(ErrorCode::NothingToPaste),
        error => UserError::new(ErrorCode::FileUnusable).with("file", "clipboard").with("cause", error),
    }
}
