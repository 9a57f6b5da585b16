//! A photo's pixels, no more of them than are needed.

use std::io::{BufReader, Read, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use img_parts::jpeg::Jpeg;
use img_parts::{Bytes, ImageEXIF, ImageICC};
use jpeg_decoder::{CodingProcess, Decoder, PixelFormat};

use super::{HEAD_BYTES, PhotoFault, THUMBNAIL_PIXELS, bounded, exif, heic, tiff, turn};
use crate::bytes::part;
use crate::guard::guarded;
use crate::kind::{Kind, by_signature};

/// What decoding may hold in memory at once. A camera's JPEG of any size needs far less, since it is shrunk while it
/// is decoded; other formats are held whole, and 24 megapixels of RGBA fit.
const DECODED_BYTES: u64 = 96 << 20;
/// Good enough to tell what a picture shows, at 20 to 40 KB.
const THUMBNAIL_QUALITY: u8 = 75;
/// A copy that is to be read by people: no artefacts that they would see.
const COPY_QUALITY: u8 = 88;

/// A small JPEG of the photo, upright, its longest edge at most [`THUMBNAIL_PIXELS`].
///
/// # Errors
/// When the photo cannot be read or decoded, or has too many pixels.
pub fn thumbnail(reader: &mut (impl Read + Seek)) -> Result<Vec<u8>, PhotoFault> {
    upright(reader, THUMBNAIL_PIXELS, THUMBNAIL_QUALITY)
}

/// A JPEG of the photo to be looked at, upright, its longest edge at most so many pixels, whatever format the photo has:
/// no web view shows HEIC or TIFF. It says nothing about itself.
///
/// # Errors
/// When the photo cannot be read or decoded, or has too many pixels.
pub fn view(reader: &mut (impl Read + Seek), longest: u32) -> Result<Vec<u8>, PhotoFault> {
    upright(reader, longest, COPY_QUALITY)
}

fn upright(reader: &mut (impl Read + Seek), longest: u32, quality: u8) -> Result<Vec<u8>, PhotoFault> {
    bounded(reader)?;
    let (kind, turn) = look(reader)?;
    let mut picture = decoded(reader, kind, longest)?;
    if picture.width().max(picture.height()) > longest {
        picture = picture.thumbnail(longest, longest);
    }
    picture.apply_orientation(turn);
    encoded(&picture, quality)
}

/// A JPEG of the photo whose longest edge has so many pixels, with the photo's own metadata: time, place and
/// orientation; `None` when the photo has no more pixels than that.
///
/// # Errors
/// When the photo cannot be read or decoded, or has too many pixels.
pub fn downscaled(reader: &mut (impl Read + Seek), longest: u32) -> Result<Option<Vec<u8>>, PhotoFault> {
    let facts = super::facts(reader)?;
    if facts.width.max(facts.height) <= longest {
        return Ok(None);
    }
    let (kind, _) = look(reader)?;
    let picture = decoded(reader, kind, longest)?;
    let small = picture.thumbnail(longest, longest);
    drop(picture);
    let copy = encoded(&small, COPY_QUALITY)?;
    with_metadata(reader, kind, copy).map(Some)
}

/// The kind, and how the pixels are to be turned.
fn look(reader: &mut (impl Read + Seek)) -> Result<(Kind, Orientation), PhotoFault> {
    let head = part(reader, 0, HEAD_BYTES).map_err(PhotoFault::Unreadable)?;
    let kind = by_signature(&head).filter(|kind| kind.is_photo()).ok_or(PhotoFault::NoPhoto)?;
    let turn = turn(Some(kind), exif(reader)?.as_ref());
    reader.rewind().map_err(PhotoFault::Unreadable)?;
    Ok((kind, Orientation::from_exif(turn).unwrap_or(Orientation::NoTransforms)))
}

/// The pixels, where the format allows no more than about twice as many as are needed along each edge.
fn decoded(reader: &mut (impl Read + Seek), kind: Kind, needed: u32) -> Result<DynamicImage, PhotoFault> {
    let picture = guarded(|| match kind {
        Kind::Jpeg => jpeg(reader, needed),
        Kind::Heic => heic::picture(reader, needed),
        _ => other(reader),
    });
    picture.unwrap_or(Err(PhotoFault::NoPhoto))
}

/// Decodes a JPEG straight into an eighth, a quarter or half of its size.
fn jpeg(reader: &mut (impl Read + Seek), needed: u32) -> Result<DynamicImage, PhotoFault> {
    let mut decoder = Decoder::new(BufReader::new(reader.by_ref()));
    decoder.set_max_decoding_buffer_size(usize::try_from(DECODED_BYTES).unwrap_or(usize::MAX));
    decoder.read_info().map_err(|_| PhotoFault::NoPhoto)?;
    let info = decoder.info().ok_or(PhotoFault::NoPhoto)?;
    let pixels = u64::from(info.width) * u64::from(info.height);
    let channels = if matches!(info.pixel_format, PixelFormat::CMYK32) { 4 } else { 3 };
    // A progressive photo keeps the coefficients of all channels, two bytes each, until its last byte.
    let whole = match info.coding_process {
        CodingProcess::DctSequential => 0,
        CodingProcess::DctProgressive | CodingProcess::Lossless => pixels * channels * 2,
    };
    if whole > DECODED_BYTES {
        return Err(PhotoFault::TooManyPixels);
    }
    let (width, height) = fitted(info.width, info.height, needed);
    let (width, height) = decoder.scale(width, height).map_err(|_| PhotoFault::NoPhoto)?;
    if u64::from(width) * u64::from(height) * channels * 2 + whole > 2 * DECODED_BYTES {
        return Err(PhotoFault::TooManyPixels);
    }
    let bytes = decoder.decode().map_err(|_| PhotoFault::NoPhoto)?;
    raster(bytes, info.pixel_format, u32::from(width), u32::from(height)).ok_or(PhotoFault::NoPhoto)
}

/// The edges shrunk until the longer one is as long as needed.
fn fitted(width: u16, height: u16, needed: u32) -> (u16, u16) {
    let longest = u32::from(width.max(height)).max(1);
    let fit = |edge: u16| u16::try_from((u32::from(edge) * needed.min(longest)).div_ceil(longest));
    (fit(width).unwrap_or(width), fit(height).unwrap_or(height))
}

fn raster(bytes: Vec<u8>, format: PixelFormat, width: u32, height: u32) -> Option<DynamicImage> {
    match format {
        PixelFormat::L8 => image::GrayImage::from_raw(width, height, bytes).map(Into::into),
        PixelFormat::RGB24 => RgbImage::from_raw(width, height, bytes).map(Into::into),
        PixelFormat::L16 => {
            let wide = bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
            image::ImageBuffer::from_raw(width, height, wide).map(DynamicImage::ImageLuma16)
        }
        PixelFormat::CMYK32 => {
            // Inks are stored as what is left of the paper's white.
            let light = |ink: u8, black: u8| {
                let product = u16::from(255 - ink) * u16::from(255 - black) / 255;
                u8::try_from(product).unwrap_or(u8::MAX)
            };
            let pixels = bytes.chunks_exact(4).flat_map(|inks| [0, 1, 2].map(|at| light(inks[at], inks[3])));
            RgbImage::from_raw(width, height, pixels.collect()).map(Into::into)
        }
    }
}

/// Formats that are held whole.
fn other(reader: &mut (impl Read + Seek)) -> Result<DynamicImage, PhotoFault> {
    let source = ImageReader::new(BufReader::new(reader.by_ref())).with_guessed_format();
    let mut decoder =
        source.map_err(PhotoFault::Unreadable)?.into_decoder().map_err(|_| PhotoFault::NoPhoto)?;
    if decoder.total_bytes() > DECODED_BYTES {
        return Err(PhotoFault::TooManyPixels);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(2 * DECODED_BYTES);
    decoder.set_limits(limits).map_err(|_| PhotoFault::TooManyPixels)?;
    DynamicImage::from_decoder(decoder).map_err(|_| PhotoFault::NoPhoto)
}

/// As JPEG, on white where the picture is transparent.
fn encoded(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, PhotoFault> {
    let flat = if picture.color().has_alpha() { on_white(picture) } else { picture.to_rgb8() };
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    flat.write_with_encoder(encoder).map_err(|_| PhotoFault::NoPhoto)?;
    Ok(bytes)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0.map(u16::from);
        let over =
            |channel: u16| u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        image::Rgb([red, green, blue].map(over))
    })
}

/// Puts the photo's metadata and colour profile into the copy. Of a TIFF it is the whole file, so it stays behind.
fn with_metadata(reader: &mut (impl Read + Seek), kind: Kind, copy: Vec<u8>) -> Result<Vec<u8>, PhotoFault> {
    let metadata = exif(reader)?.filter(|_| kind != Kind::Tiff).map(|exif| exif.buf().to_vec());
    let Ok(mut jpeg) = Jpeg::from_bytes(Bytes::from(copy)) else { return Err(PhotoFault::NoPhoto) };
    if let Some(mut metadata) = metadata {
        if kind == Kind::Heic {
            tiff::set_upright(&mut metadata);
        }
        jpeg.set_exif(Some(Bytes::from(metadata)));
    }
    if kind == Kind::Jpeg {
        let original = part(reader, 0, super::PHOTO_BYTES).map_err(PhotoFault::Unreadable)?;
        jpeg.set_icc_profile(
            Jpeg::from_bytes(Bytes::from(original)).ok().and_then(|jpeg| jpeg.icc_profile()),
        );
    }
    Ok(jpeg.encoder().bytes().to_vec())
}
