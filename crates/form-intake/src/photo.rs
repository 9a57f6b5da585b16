//! Photos: what they say about themselves, smaller copies, and a copy that does not say where it was taken.

mod fault;
mod heic;
mod location;
mod picture;
mod place;
mod tiff;

use std::io::{BufReader, Read, Seek};

use exif::{Exif, In, Tag};
use jiff::civil;

use crate::bytes::{length, part};
use crate::guard::guarded;
use crate::kind::{Kind, by_signature};
pub use fault::PhotoFault;
pub use location::without_location;
pub use picture::{downscaled, thumbnail, view};

/// The largest file that is looked at as a photo: the largest sensors' JPEGs have about 60 MiB.
pub const PHOTO_BYTES: u64 = 128 << 20;
/// The longest edge of a thumbnail, in pixels: an A6 card at the density of a good screen.
pub const THUMBNAIL_PIXELS: u32 = 480;

/// By so many bytes a photo names its kind.
const HEAD_BYTES: u64 = 4 << 10;

/// What a photo says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// As the photo is shown, its orientation applied; in pixels.
    pub width: u32,
    pub height: u32,
    /// How the pixels are to be turned, 1 to 8 (Exif 2.3, 4.6.4); 1 where nothing says so, and for HEIC, whose
    /// decoders turn the pixels themselves.
    pub orientation: u8,
    /// `2026-06-30 14:05`, by the camera's clock.
    pub taken: Option<String>,
    /// `31.2304,121.4737`: degrees of latitude and longitude, south and west negative.
    pub place: Option<String>,
}

/// What a photo says about itself. Faulty facts are left out.
///
/// # Errors
/// When it cannot be read, is too large, or is no photo.
pub fn facts(reader: &mut (impl Read + Seek)) -> Result<Facts, PhotoFault> {
    bounded(reader)?;
    let size = guarded(|| imagesize::reader_size(BufReader::new(reader.by_ref())));
    let size = size.and_then(Result::ok).ok_or(PhotoFault::NoPhoto)?;
    let pixels = |edge: usize| u32::try_from(edge).map_err(|_| PhotoFault::NoPhoto);
    let (width, height) = (pixels(size.width)?, pixels(size.height)?);
    let exif = exif(reader)?;
    let head = part(reader, 0, HEAD_BYTES).map_err(PhotoFault::Unreadable)?;
    let orientation = turn(by_signature(&head), exif.as_ref());
    // 5 to 8 are turned by a quarter.
    let (width, height) = if orientation >= 5 { (height, width) } else { (width, height) };
    let taken = exif.as_ref().and_then(taken);
    let place = exif.as_ref().and_then(place::place);
    Ok(Facts { width, height, orientation, taken, place })
}

/// # Errors
/// When it cannot be read or is too large for a photo.
fn bounded(reader: &mut impl Seek) -> Result<u64, PhotoFault> {
    let size = length(reader).map_err(PhotoFault::Unreadable)?;
    if size > PHOTO_BYTES { Err(PhotoFault::TooLarge) } else { Ok(size) }
}

/// The metadata, as far as it can be read. Reads from the start.
fn exif(reader: &mut (impl Read + Seek)) -> Result<Option<Exif>, PhotoFault> {
    reader.rewind().map_err(PhotoFault::Unreadable)?;
    let mut source = exif::Reader::new();
    source.continue_on_error(true);
    let read = guarded(|| {
        let found = source.read_from_container(&mut BufReader::new(reader.by_ref()));
        found.or_else(|error| error.distill_partial_result(|_| ())).ok()
    });
    Ok(read.flatten())
}

/// How the pixels are to be turned. A HEIC file says that in its container; its metadata only repeats it, or is wrong
/// (ISO/IEC 23008-12, annex A.2.1).
fn turn(kind: Option<Kind>, exif: Option<&Exif>) -> u8 {
    if kind == Some(Kind::Heic) {
        return 1;
    }
    let field = exif.and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY));
    let value = field.and_then(|field| field.value.get_uint(0)).and_then(|value| u8::try_from(value).ok());
    value.filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// When the shutter was pressed; else when it became a file, else when that was last changed.
fn taken(exif: &Exif) -> Option<String> {
    let text = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        exif::Value::Ascii(lines) => exif::DateTime::from_ascii(lines.first()?).ok(),
        _ => None,
    };
    let tags = [Tag::DateTimeOriginal, Tag::DateTimeDigitized, Tag::DateTime];
    tags.into_iter().filter_map(text).find_map(|time| minute(&time))
}

/// `None` when the calendar has no such minute: cameras whose clock was never set say `0000:00:00`.
fn minute(time: &exif::DateTime) -> Option<String> {
    let [month, day, hour, minute, second] =
        [time.month, time.day, time.hour, time.minute, time.second].map(|part| i8::try_from(part).ok());
    let year = i16::try_from(time.year).ok().filter(|year| *year > 0)?;
    let time = civil::DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M").to_string())
}
