//! What photos say about themselves, and what copies keep of it.

use std::io::Cursor;

use form_intake::photo::{
    Facts, PhotoFault, THUMBNAIL_PIXELS, downscaled, facts, thumbnail, view, without_location,
};
use image::{DynamicImage, ImageFormat, RgbImage};
use img_parts::jpeg::Jpeg;
use img_parts::{Bytes, ImageEXIF};

use crate::made;

const TAKEN: &str = "2026-06-30 14:05";
/// 14.5 megapixels, red above and blue below, with a small picture; by libheif 1.15 and x265 3.5.
const LARGE_HEIC: &[u8] = include_bytes!("large.heic");
const PLACE: &str = "31.2304,121.4737";

fn told(bytes: &[u8]) -> Facts {
    facts(&mut Cursor::new(bytes)).unwrap()
}

fn small(bytes: &[u8]) -> RgbImage {
    let jpeg = thumbnail(&mut Cursor::new(bytes)).unwrap();
    assert!(jpeg.starts_with(&[0xff, 0xd8]));
    image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
}

fn stripped(bytes: &[u8]) -> Vec<u8> {
    let mut copy = Vec::new();
    without_location(&mut Cursor::new(bytes), &mut copy).unwrap();
    copy
}

fn pixels(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether a pixel in the middle of that edge is red rather than blue.
fn red_at(picture: &RgbImage, edge: char) -> bool {
    let (width, height) = picture.dimensions();
    let (x, y) = match edge {
        'n' => (width / 2, 2),
        's' => (width / 2, height - 3),
        'w' => (2, height / 2),
        _ => (width - 3, height / 2),
    };
    let [red, _, blue] = picture.get_pixel(x, y).0;
    assert!(red.abs_diff(blue) > 60, "{edge}: {red} {blue}");
    red > blue
}

#[test]
fn a_photo_tells_time_place_and_how_it_is_shown() {
    let turned =
        Facts { width: 40, height: 60, orientation: 6, taken: Some(TAKEN.into()), place: Some(PLACE.into()) };
    assert_eq!(told(&made::jpeg(60, 40, 6)), turned);
    let upright = Facts { width: 60, height: 40, orientation: 1, ..turned };
    for bytes in [made::jpeg(60, 40, 1), made::png(60, 40), made::webp(60, 40)] {
        assert_eq!(told(&bytes), upright);
    }
    let silent = Facts { taken: None, place: None, ..upright };
    assert_eq!(told(&made::jpeg_of(&made::picture(60, 40), 80)), silent);
    assert_eq!(told(&made::in_format(&made::picture(60, 40), ImageFormat::Gif)), silent);
}

#[test]
fn a_heic_photo_tells_the_same() {
    let facts = told(made::HEIC);
    assert_eq!(facts.taken.as_deref(), Some(TAKEN));
    assert_eq!(facts.place.as_deref(), Some(PLACE));
    assert_eq!((facts.width, facts.height, facts.orientation), (64, 96, 1), "its container turns it");
}

#[test]
fn senseless_facts_are_left_out() {
    for (from, to) in
        [(b"2026:06:30 14:05:59", b"0000:00:00 00:00:00"), (b"2026:06:30 14:05:59", b"2026:13:41 99:99:99")]
    {
        let mut bytes = made::jpeg(60, 40, 9);
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        bytes[at..at + to.len()].copy_from_slice(to);
        let facts = told(&bytes);
        assert_eq!(facts.orientation, 1, "9 is no orientation");
        assert_eq!(facts.taken.as_deref(), Some("2026-07-01 09:00"), "the next best time");
    }
}

#[test]
fn a_thumbnail_is_small_and_stands_upright_whichever_way_the_camera_was_held() {
    // Which edge of the shown picture is red, for each of the eight orientations.
    let red_edges = ['n', 'n', 's', 's', 'w', 'e', 'e', 'w'];
    for (orientation, edge) in (1..).zip(red_edges) {
        let picture = small(&made::jpeg(1200, 800, orientation));
        let shown = if orientation < 5 { (480, 320) } else { (320, 480) };
        assert_eq!(picture.dimensions(), shown, "orientation {orientation}");
        assert!(red_at(&picture, edge), "orientation {orientation}: red is at {edge}");
    }
    assert_eq!(small(&made::jpeg(60, 40, 1)).dimensions(), (60, 40), "a small photo is not blown up");
}

#[test]
fn every_format_has_a_thumbnail() {
    let picture = made::picture(900, 600);
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Tiff] {
        let small = small(&made::in_format(&picture, format));
        assert_eq!(small.dimensions(), (THUMBNAIL_PIXELS, 320), "{format:?}");
        assert!(red_at(&small, 'n') && !red_at(&small, 's'), "{format:?}");
    }
    let heic = small(made::HEIC);
    assert_eq!(heic.dimensions(), (64, 96), "turned once, not twice");
    assert!(red_at(&heic, 'e') && !red_at(&heic, 'w'));
}

#[test]
fn a_heic_photo_of_many_pixels_is_shown_by_the_small_picture_that_it_brings() {
    assert_eq!((told(LARGE_HEIC).width, told(LARGE_HEIC).height), (4400, 3300));
    let small = small(LARGE_HEIC);
    assert_eq!(small.dimensions(), (240, 180));
    assert!(red_at(&small, 'n') && !red_at(&small, 's'));
}

#[test]
fn a_photo_to_be_looked_at_is_upright_and_no_larger_than_asked_for() {
    for photo in [made::jpeg(1200, 800, 6), made::HEIC.to_vec()] {
        let jpeg = view(&mut Cursor::new(&photo), 600).unwrap();
        let picture = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap().into_rgb8();
        assert!(
            picture.height() <= 600 && picture.width() * 3 == picture.height() * 2,
            "{:?}",
            picture.dimensions()
        );
        assert!(red_at(&picture, 'e'));
    }
}

#[test]
fn transparent_pictures_stand_on_white() {
    let clear = DynamicImage::from(image::RgbaImage::from_pixel(20, 20, image::Rgba([0, 0, 0, 0])));
    let mut bytes = Cursor::new(Vec::new());
    clear.write_to(&mut bytes, ImageFormat::Png).unwrap();
    assert!(small(bytes.get_ref()).get_pixel(10, 10).0.iter().all(|channel| *channel > 250));
}

#[test]
fn a_copy_without_the_place_has_the_same_pixels_time_and_orientation() {
    let photo = made::jpeg(600, 400, 6);
    let copy = stripped(&photo);
    let facts = told(&copy);
    assert_eq!((facts.place, facts.taken.as_deref(), facts.orientation), (None, Some(TAKEN), 6));
    for trace in [b"GPS".as_slice(), b"31,13.824N", &[0, 0, 0x13, 0x50]] {
        assert!(!contains(&copy, trace), "{trace:?}");
    }
    assert!(contains(&copy, b"behind the place"), "what lies behind the place in the metadata stays");
    let data = |bytes: &[u8]| {
        let start = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        let end = start + bytes[start..].windows(2).position(|pair| pair == [0xff, 0xd9]).unwrap();
        bytes[start..end + 2].to_vec()
    };
    assert_eq!(data(&copy), data(&photo), "byte for byte");
    assert!(copy.ends_with(&data(&copy)), "nothing behind the picture");
}

#[test]
fn each_format_loses_its_place_and_keeps_its_pixels() {
    for photo in [made::png(60, 40), made::webp(60, 40)] {
        assert_eq!(told(&photo).place.as_deref(), Some(PLACE));
        let copy = stripped(&photo);
        assert_eq!((told(&copy).place, told(&copy).taken.as_deref()), (None, Some(TAKEN)));
        assert_eq!(pixels(&copy), pixels(&photo));
    }
    let copy = stripped(made::HEIC);
    assert_eq!((told(&copy).place, told(&copy).taken.as_deref()), (None, Some(TAKEN)));
    assert_eq!(copy.len(), made::HEIC.len(), "nothing moves in a HEIC file");
    assert_eq!(small(&copy), small(made::HEIC));
    let tiff = made::in_format(&made::picture(60, 40), ImageFormat::Tiff);
    assert_eq!(pixels(&stripped(&tiff)), pixels(&tiff));
}

#[test]
fn a_photo_that_hides_its_place_elsewhere_is_refused_rather_than_copied() {
    let mut gif = made::in_format(&made::picture(60, 40), ImageFormat::Gif);
    gif.extend(b"<rdf exif:GPSLatitude='31'/>");
    let mut copy = Vec::new();
    let refused = without_location(&mut Cursor::new(&gif), &mut copy);
    assert!(matches!(refused, Err(PhotoFault::Stubborn)), "{refused:?}");
    assert!(copy.is_empty(), "nothing was written");
}

#[test]
fn a_smaller_copy_keeps_what_the_photo_says() {
    let photo = made::jpeg(3000, 2000, 6);
    let copy = downscaled(&mut Cursor::new(&photo), 1600).unwrap().unwrap();
    let facts = told(&copy);
    assert_eq!((facts.width, facts.height, facts.orientation), (1067, 1600, 6));
    assert_eq!((facts.taken.as_deref(), facts.place.as_deref()), (Some(TAKEN), Some(PLACE)));
    assert!(copy.len() < photo.len());
    let metadata = Jpeg::from_bytes(Bytes::from(copy)).unwrap().exif();
    assert!(metadata.is_some());
    assert_eq!(downscaled(&mut Cursor::new(&photo), 3000).unwrap(), None, "no larger than that already");
    let png = downscaled(&mut Cursor::new(made::png(900, 600)), 300).unwrap().unwrap();
    assert_eq!((told(&png).width, told(&png).taken.as_deref()), (300, Some(TAKEN)));
}

#[test]
fn a_photo_that_claims_too_many_pixels_is_refused_before_it_is_decoded() {
    let mut png = made::in_format(&made::picture(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    // The checksum of the header, so that nothing else is wrong with it.
    let crc = flate2_crc(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let refused = thumbnail(&mut Cursor::new(&png));
    assert!(matches!(refused, Err(PhotoFault::TooManyPixels)), "{refused:?}");
    assert!(matches!(thumbnail(&mut Cursor::new(b"no photo")), Err(PhotoFault::NoPhoto)));
}

/// CRC-32 as PNG has it (ISO 3309).
fn flate2_crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
