//! The pixels of a HEIC photo, or of the small picture beside it.

use std::io::{Read, Seek};

use heic_rs::DecodeOptions;
use heic_rs::context::Context;
use heic_rs::meta::iref::{RefKind, sources};
use image::{DynamicImage, RgbImage};
use memchr::memmem::find;

use super::{PHOTO_BYTES, PhotoFault, THUMBNAIL_PIXELS};
use crate::bytes::part;

/// Of a HEIC file planes, pixels and turned pixels are held, about 9 bytes a pixel: up to here, which is what most
/// phones make, a thumbnail is made of the photo itself.
const HEIC_PIXELS: u64 = 13 << 20;
/// Larger ones bring a small picture, of which the thumbnail is made; where it is missing, and for a smaller copy,
/// this is decoded at most: 24 megapixels, which newer phones make, take 220 MB for a second or two.
const HEIC_MOST_PIXELS: u64 = 26 << 20;

/// The pixels, upright already: the container says how they are turned, and the decoder does it.
pub(super) fn picture(reader: &mut (impl Read + Seek), needed: u32) -> Result<DynamicImage, PhotoFault> {
    let mut bytes = part(reader, 0, PHOTO_BYTES).map_err(PhotoFault::Unreadable)?;
    if pixels(&bytes)? > HEIC_PIXELS && needed <= THUMBNAIL_PIXELS {
        // Where there is none, the photo itself is decoded, if it is not too large.
        let _ = choose_small(&mut bytes);
    }
    if pixels(&bytes)? > HEIC_MOST_PIXELS {
        return Err(PhotoFault::TooManyPixels);
    }
    let options = DecodeOptions::default().with_max_pixels(Some(HEIC_MOST_PIXELS)).with_alpha(false);
    let picture = heic_rs::decode(&bytes, &options.with_threads(Some(1))).map_err(|_| PhotoFault::NoPhoto)?;
    let picture = RgbImage::from_raw(picture.width, picture.height, picture.data);
    picture.map(Into::into).ok_or(PhotoFault::NoPhoto)
}

fn pixels(bytes: &[u8]) -> Result<u64, PhotoFault> {
    let info = heic_rs::probe(bytes).map_err(|_| PhotoFault::NoPhoto)?;
    Ok(u64::from(info.width) * u64::from(info.height))
}

/// Makes the small picture the one that is shown (`pitm`, ISO/IEC 14496-12, 8.11.4); `None` when there is none.
fn choose_small(bytes: &mut [u8]) -> Option<()> {
    let meta = Context::open(bytes).ok()?.meta;
    let (shown, small) = (meta.primary, *sources(&meta.refs, meta.primary, RefKind::Thmb).first()?);
    let place = find(bytes, b"pitm")?;
    let id = place.checked_add(8)?;
    if bytes.get(place + 4)? == &0 {
        let field = bytes.get_mut(id..id + 2)?;
        (field == u16::try_from(shown).ok()?.to_be_bytes()).then_some(())?;
        field.copy_from_slice(&u16::try_from(small).ok()?.to_be_bytes());
    } else {
        let field = bytes.get_mut(id..id + 4)?;
        (field == shown.to_be_bytes()).then_some(())?;
        field.copy_from_slice(&small.to_be_bytes());
    }
    Some(())
}
