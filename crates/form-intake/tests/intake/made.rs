//! Files, made as the programs make them that people use.

use std::io::{Cursor, Write};

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Red above, blue below; brighter to the right, so that every turn shows.
pub fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let bright = u8::try_from(127 + x * 128 / width).unwrap();
        if y * 2 < height { Rgb([bright, 0, 0]) } else { Rgb([0, 0, bright]) }
    })
}

fn ascii(tag: Tag, text: &str) -> Field {
    Field { tag, ifd_num: In::PRIMARY, value: Value::Ascii(vec![text.as_bytes().to_vec()]) }
}

fn rationals(tag: Tag, parts: [(u32, u32); 3]) -> Field {
    let parts = parts.map(|(num, denom)| Rational { num, denom }).to_vec();
    Field { tag, ifd_num: In::PRIMARY, value: Value::Rational(parts) }
}

/// Metadata as a phone writes it: 30 June 2026 14:05, in Shanghai, 31.2304 N 121.4737 E.
pub fn metadata(orientation: u16) -> Vec<u8> {
    let fields = [
        ascii(Tag::Make, "Huiqian"),
        Field { tag: Tag::Orientation, ifd_num: In::PRIMARY, value: Value::Short(vec![orientation]) },
        ascii(Tag::DateTime, "2026:07:01 09:00:00"),
        ascii(Tag::DateTimeOriginal, "2026:06:30 14:05:59"),
        ascii(Tag::GPSLatitudeRef, "N"),
        rationals(Tag::GPSLatitude, [(31, 1), (13, 1), (4944, 100)]),
        ascii(Tag::GPSLongitudeRef, "E"),
        rationals(Tag::GPSLongitude, [(121, 1), (28, 1), (2532, 100)]),
        ascii(Tag::UserComment, "behind the place"),
    ];
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut bytes = Cursor::new(Vec::new());
    writer.write(&mut bytes, false).unwrap();
    bytes.into_inner()
}

pub fn jpeg_of(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).unwrap();
    bytes
}

/// A phone's photo: metadata, Adobe's metadata with the place, a second picture behind the first.
pub fn jpeg(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    let mut jpeg = Jpeg::from_bytes(Bytes::from(jpeg_of(&picture(width, height), 90))).unwrap();
    jpeg.set_exif(Some(Bytes::from(metadata(orientation))));
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude='31,13.824N'/></x:xmpmeta>";
    jpeg.segments_mut().insert(1, JpegSegment::new_with_contents(markers::APP1, Bytes::from_static(xmp)));
    let mut bytes = jpeg.encoder().bytes().to_vec();
    let mut behind = Jpeg::from_bytes(Bytes::from(jpeg_of(&picture(16, 16), 90))).unwrap();
    behind.set_exif(Some(Bytes::from(metadata(1))));
    bytes.extend(behind.encoder().bytes());
    bytes
}

pub fn in_format(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = Png::from_bytes(Bytes::from(in_format(&picture(width, height), ImageFormat::Png))).unwrap();
    png.set_exif(Some(Bytes::from(metadata(1))));
    png.encoder().bytes().to_vec()
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut webp =
        WebP::from_bytes(Bytes::from(in_format(&picture(width, height), ImageFormat::WebP))).unwrap();
    webp.set_exif(Some(Bytes::from(metadata(1))));
    webp.encoder().bytes().to_vec()
}

/// A photo of 96 × 64 pixels, red above and blue below, which the container turns by a quarter to the right; its
/// metadata says the same. Made by libheif 1.15 and x265 3.5 of [`picture`] and [`metadata`], `irot` put in by hand.
pub const HEIC: &[u8] = include_bytes!("small.heic");

/// A PDF of one page of A4 for each colour (`1 0 0` is red), filled with it from half its height down.
pub fn pdf(colours: &[&str]) -> Vec<u8> {
    let kids: Vec<_> = (0..colours.len()).map(|page| format!("{} 0 R", 3 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), colours.len()),
    ];
    for (page, colour) in colours.iter().enumerate() {
        let contents = format!("{colour} rg 0 0 595 421 re f");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << >> >>",
            4 + 2 * page
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{contents}\nendstream", contents.len()));
    }
    pdf_of(&objects)
}

/// A PDF of these objects, the first being the catalogue.
pub fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        writeln!(bytes, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let start = bytes.len();
    writeln!(bytes, "xref\n0 {}\n0000000000 65535 f ", places.len() + 1).unwrap();
    places.iter().for_each(|place| writeln!(bytes, "{place:010} 00000 n ").unwrap());
    let size = places.len() + 1;
    write!(bytes, "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").unwrap();
    bytes
}

pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A document of the new Office with nothing but what names its kind.
pub fn office(main: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let types = format!(
        "<Types><Override PartName=\"/main.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.{main}.main+xml\"/></Types>"
    );
    let mut entries: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", types.as_bytes()), ("main.xml", b"<x/>")];
    entries.extend(more);
    zip(&entries)
}

pub fn workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet().write(0, 0, "企业名称").unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A compound file with these streams.
pub fn compound(streams: &[&str]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for path in streams {
        let folder = std::path::Path::new(path).parent().unwrap();
        file.create_storage_all(folder).unwrap();
        file.create_stream(path).unwrap().write_all(&[7; 600]).unwrap();
    }
    file.into_inner().into_inner()
}
