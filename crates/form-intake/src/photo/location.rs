//! A copy of a photo that does not say where it was taken: its pixels byte for byte, its time and orientation.

use std::io::{Cursor, Read, Seek, Write};

use exif::Context;
use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::{Png, PngChunk};
use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::{CHUNK_EXIF, CHUNK_VP8X, CHUNK_XMP, WebP};
use memchr::memmem::find;

use super::{PHOTO_BYTES, PhotoFault, bounded, exif, tiff};
use crate::bytes::part;
use crate::guard::guarded;
use crate::kind::{Kind, by_signature};

/// How EXIF begins in a JPEG's segment (Exif 2.3, 4.7.2).
const EXIF: &[u8] = b"Exif\0\0";
/// Pictures behind the picture (CIPA DC-007), each with metadata of its own.
const MULTI_PICTURE: &[u8] = b"MPF\0";
/// Chunks of a PNG that hold texts: XMP, and EXIF as ImageMagick writes it.
const PNG_TEXTS: [[u8; 4]; 3] = [*b"tEXt", *b"zTXt", *b"iTXt"];
/// The bit that says that a WebP has XMP (RFC 9649, 2.7.1.1).
const WEBP_XMP: u8 = 0b100;
/// How Adobe's metadata begins and ends, where it lies between other bytes.
const XMP: (&[u8], &[u8]) = (b"<x:xmpmeta", b"</x:xmpmeta>");
/// What is left of a place where it was overlooked.
const LEFTOVERS: [&[u8]; 2] = [b"exif:GPS", b"GPSLatitude"];

/// Writes a copy without the place: no GPS, no XMP or IPTC, which may repeat it, and nothing behind the picture,
/// such as a short film. Time and orientation stay; the pixels stay as they are, byte for byte.
///
/// # Errors
/// When the photo cannot be read, the copy cannot be written, or the place cannot be taken out for certain.
pub fn without_location(reader: &mut (impl Read + Seek), writer: &mut impl Write) -> Result<(), PhotoFault> {
    bounded(reader)?;
    let bytes = part(reader, 0, PHOTO_BYTES).map_err(PhotoFault::Unreadable)?;
    let copy = guarded(|| stripped(bytes)).flatten().ok_or(PhotoFault::Stubborn)?;
    if tells_place(&copy)? {
        return Err(PhotoFault::Stubborn);
    }
    writer.write_all(&copy).map_err(PhotoFault::Unreadable)
}

fn stripped(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    match by_signature(&bytes)? {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => png(bytes),
        Kind::WebP => webp(bytes),
        Kind::Heic => heic(bytes),
        Kind::Tiff => tiff::blank_place(&mut bytes).map(|()| bytes),
        Kind::Gif => Some(bytes),
        _ => None,
    }
}

/// Whether a copy still says where it was taken.
fn tells_place(copy: &[u8]) -> Result<bool, PhotoFault> {
    let tags = exif(&mut Cursor::new(copy))?;
    let tagged = tags.is_some_and(|exif| exif.fields().any(|field| field.tag.context() == Context::Gps));
    Ok(tagged || LEFTOVERS.iter().any(|mark| find(copy, mark).is_some()))
}

fn jpeg(bytes: Vec<u8>) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(Bytes::from(bytes)).ok()?;
    let segments = std::mem::take(jpeg.segments_mut());
    *jpeg.segments_mut() = segments.into_iter().filter_map(jpeg_segment).collect();
    let mut copy = jpeg.encoder().bytes().to_vec();
    // Nothing behind the picture: films and further pictures know the place, too.
    let end = jpeg_end(&copy)?;
    copy.truncate(end);
    Some(copy)
}

/// A segment as it goes into the copy, if it does.
fn jpeg_segment(segment: JpegSegment) -> Option<JpegSegment> {
    let contents = segment.contents();
    match segment.marker() {
        markers::APP1 => {
            // Whatever else is in this place is XMP.
            let mut metadata = contents.strip_prefix(EXIF)?.to_vec();
            tiff::blank_place(&mut metadata)?;
            let contents = [EXIF, &metadata].concat();
            Some(JpegSegment::new_with_contents(markers::APP1, Bytes::from(contents)))
        }
        markers::APP2 if contents.starts_with(MULTI_PICTURE) => None,
        markers::APP13 => None,
        _ => Some(segment),
    }
}

/// Behind the end mark of the picture. In its data a mark is what follows `ff` and is neither a stuffed zero nor a
/// restart (T.81, B.1.1.2).
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut in_data = false;
    loop {
        let mark = *bytes.get(at + 1)?;
        if bytes[at] != 0xff || (in_data && matches!(mark, 0 | 0xd0..=0xd7)) || mark == 0xff {
            at += 1;
            continue;
        }
        match mark {
            0xd9 => return Some(at + 2),
            0 | 1 | 0xd0..=0xd8 => at += 2,
            _ => {
                in_data = mark == 0xda || in_data;
                at += 2 + usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
            }
        }
    }
}

fn png(bytes: Vec<u8>) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::from(bytes)).ok()?;
    png.chunks_mut().retain(|chunk| !PNG_TEXTS.contains(&chunk.kind()));
    for chunk in png.chunks_mut() {
        if chunk.kind() == *b"eXIf" {
            let mut metadata = chunk.contents().to_vec();
            tiff::blank_place(&mut metadata)?;
            *chunk = PngChunk::new(chunk.kind(), Bytes::from(metadata));
        }
    }
    Some(png.encoder().bytes().to_vec())
}

fn webp(bytes: Vec<u8>) -> Option<Vec<u8>> {
    let mut webp = WebP::from_bytes(Bytes::from(bytes)).ok()?;
    webp.chunks_mut().retain(|chunk| chunk.id() != CHUNK_XMP);
    for chunk in webp.chunks_mut() {
        let Some(mut data) = chunk.content().data().map(|data| data.to_vec()) else { continue };
        match chunk.id() {
            CHUNK_EXIF => {
                let start = if data.starts_with(EXIF) { EXIF.len() } else { 0 };
                tiff::blank_place(&mut data[start..])?;
            }
            CHUNK_VP8X => *data.first_mut()? &= !WEBP_XMP,
            _ => continue,
        }
        *chunk = RiffChunk::new(chunk.id(), RiffContent::Data(Bytes::from(data)));
    }
    Some(webp.encoder().bytes().to_vec())
}

/// Nothing moves in the file, so that the places of its items stay right.
fn heic(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    blank_films(&mut bytes)?;
    blank_xmp(&mut bytes);
    let metadata = exif(&mut Cursor::new(&bytes)).ok()?;
    if let Some(metadata) = metadata {
        // The item lies in one piece, as every writer lays it; in several it is not found, and the copy refused.
        let at = find(&bytes, metadata.buf())?;
        tiff::blank_place(bytes.get_mut(at..at + metadata.buf().len())?)?;
    }
    Some(bytes)
}

/// Blanks what is neither the picture nor its description: boxes of films at the top of the file.
fn blank_films(bytes: &mut [u8]) -> Option<()> {
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let size = usize::try_from(u32::from_be_bytes(bytes[at..at + 4].try_into().ok()?)).ok()?;
        let size = match size {
            0 => bytes.len() - at,
            1 => usize::try_from(u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?,
            size => size,
        };
        let end = at.checked_add(size).filter(|end| size >= 8 && *end <= bytes.len())?;
        let known: [&[u8]; 5] = [b"ftyp", b"meta", b"mdat", b"free", b"skip"];
        if !known.contains(&&bytes[at + 4..at + 8]) {
            bytes[at + 4..at + 8].copy_from_slice(b"free");
            // A large box has its size in the eight bytes behind.
            let body = at + if bytes[at..at + 4] == [0, 0, 0, 1] { 16 } else { 8 };
            bytes[body.min(end)..end].fill(0);
        }
        at = end;
    }
    Some(())
}

/// Spaces where Adobe's metadata was.
fn blank_xmp(bytes: &mut [u8]) {
    let mut from = 0;
    while let Some(start) = find(&bytes[from..], XMP.0).map(|at| from + at) {
        let end = find(&bytes[start..], XMP.1).map_or(bytes.len(), |at| start + at + XMP.1.len());
        bytes[start..end].fill(b' ');
        from = end;
    }
}
