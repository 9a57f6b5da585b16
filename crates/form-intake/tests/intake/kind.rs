//! The kind is told by content; programs, scripts and what nobody can open stay outside.

use std::io::Cursor;

use form_intake::Sentence;
use form_intake::kind::{FILE_BYTES, Foreign, Inspected, Kind, Notice, Program, Refused, inspect};
use form_model::language::Language;
use image::ImageFormat;

use crate::made;

fn look(bytes: &[u8], name: &str) -> Result<Inspected, Refused> {
    inspect(&mut Cursor::new(bytes), name)
}

fn each_kind() -> Vec<(Kind, Vec<u8>)> {
    let picture = made::picture(32, 24);
    vec![
        (Kind::Jpeg, made::jpeg_of(&picture, 80)),
        (Kind::Png, made::png(32, 24)),
        (Kind::Heic, made::HEIC.to_vec()),
        (Kind::WebP, made::webp(32, 24)),
        (Kind::Gif, made::in_format(&picture, ImageFormat::Gif)),
        (Kind::Tiff, made::in_format(&picture, ImageFormat::Tiff)),
        (Kind::Pdf, made::pdf(&["1 0 0"])),
        (Kind::Ofd, made::zip(&[("OFD.xml", b"<ofd:OFD/>")])),
        (Kind::Docx, made::office("wordprocessingml.document", &[])),
        (Kind::Xlsx, made::workbook()),
        (Kind::Pptx, made::office("presentationml.presentation", &[])),
        (Kind::Doc, made::compound(&["/WordDocument"])),
        (Kind::Xls, made::compound(&["/Workbook"])),
        (Kind::Ppt, made::compound(&["/PowerPoint Document"])),
        (Kind::Zip, made::zip(&[("照片/1.jpg", &made::jpeg_of(&picture, 80))])),
        (Kind::Csv, "企业名称,营业收入\n甲公司,1\n".as_bytes().to_vec()),
        (Kind::Text, "现场记录：一切正常。\n".as_bytes().to_vec()),
    ]
}

#[test]
fn every_kind_is_told_by_its_content() {
    for (kind, bytes) in each_kind() {
        let name = format!("材料.{}", kind.extensions()[0]);
        let inspected = look(&bytes, &name).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        assert_eq!((inspected.kind, inspected.name), (kind, name));
        assert_eq!(inspected.notices, [], "{kind:?}");
        assert_eq!(Kind::from_mime(kind.mime()), Some(kind));
    }
    assert_eq!(each_kind().len(), Kind::ALL.len());
}

#[test]
fn a_wrong_ending_is_told_and_the_right_one_proposed() {
    for (kind, bytes) in each_kind().into_iter().filter(|(kind, _)| !matches!(kind, Kind::Csv | Kind::Text)) {
        let found = if kind == Kind::Pdf { "jpg" } else { "pdf" };
        let inspected = look(&bytes, &format!("a.{found}")).unwrap();
        assert_eq!(inspected.name, format!("a.{}", kind.extensions()[0]));
        assert_eq!(inspected.notices, [Notice::WrongExtension { found: found.to_owned(), kind }]);
        assert_eq!(look(&bytes, "现场").unwrap().name, format!("现场.{}", kind.extensions()[0]));
    }
    let photo = made::jpeg_of(&made::picture(8, 8), 80);
    assert_eq!(look(&photo, "photo.exe").unwrap().name, "photo.jpg");
    assert_eq!(look(&photo, "1.现场").unwrap().name, "1.现场.jpg");
    assert_eq!(look(&photo, "photo.JPEG").unwrap().notices, []);
}

#[test]
fn a_name_with_folders_or_turned_letters_becomes_safe_and_that_is_told() {
    let photo = made::jpeg_of(&made::picture(8, 8), 80);
    let inspected = look(&photo, "..\\..\\Start Menu\\a\u{202e}gpj.jpg").unwrap();
    assert_eq!(inspected.name, "agpj.jpg");
    assert_eq!(inspected.notices, [Notice::Renamed]);
}

#[test]
fn programs_are_refused_whatever_their_name() {
    let mut windows = b"MZ\x90\0\x03\0\0\0".to_vec();
    windows.resize(512, 0);
    let shortcut = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F".to_vec();
    for (bytes, program) in [
        (windows, Program::Windows),
        (b"\x7fELF\x02\x01\x01\0\0\0".to_vec(), Program::Linux),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01".to_vec(), Program::Mac),
        (b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec(), Program::Bytecode),
        (b"\0asm\x01\0\0\0".to_vec(), Program::Bytecode),
        (shortcut, Program::Shortcut),
        (b"#!/bin/sh\nrm -rf ~\n".to_vec(), Program::Script),
        (b"@echo off\r\ndel c:\\".to_vec(), Program::Script),
        (b"[InternetShortcut]\nURL=file:///x".to_vec(), Program::Script),
        (b"<!DOCTYPE html><p>".to_vec(), Program::WebPage),
        (b"\xef\xbb\xbf \n<HTML><body>".to_vec(), Program::WebPage),
        (b"<?xml version='1.0'?><svg xmlns='x'/>".to_vec(), Program::WebPage),
        (b"<hta:application id=x>".to_vec(), Program::WebPage),
        (made::zip(&[("META-INF/MANIFEST.MF", b"Main-Class: x")]), Program::Bytecode),
    ] {
        for name in ["photo.jpg", "a.txt", "a", "a.pdf"] {
            let found = look(&bytes, name);
            assert!(
                matches!(&found, Err(Refused::Program(found)) if *found == program),
                "{program:?} {name}: {found:?}"
            );
        }
    }
    let page = look(b"just words", "a.html");
    assert!(matches!(page, Err(Refused::Program(Program::WebPage))));
    let script = look(b"alert(1)", "a.js");
    assert!(
        matches!(script, Err(Refused::Program(Program::Script))),
        "a script without a mark goes by its name"
    );
}

#[test]
fn an_installer_is_no_old_office_file() {
    let mut file = cfb::CompoundFile::open(Cursor::new(made::compound(&["/x"]))).unwrap();
    file.set_storage_clsid("/", "000c1084-0000-0000-c000-000000000046".parse().unwrap()).unwrap();
    let bytes = file.into_inner().into_inner();
    assert!(matches!(look(&bytes, "a.doc"), Err(Refused::Program(Program::Installer))));
}

#[test]
fn macros_and_passwords_are_refused() {
    for bytes in [
        made::office("wordprocessingml.document", &[("word/vbaProject.bin", b"x")]),
        made::office("spreadsheetml.sheet", &[("xl/macrosheets/sheet1.xml", b"<x/>")]),
        made::zip(&[("[Content_Types].xml", b"application/vnd.ms-word.document.macroEnabled.main+xml")]),
        made::compound(&["/WordDocument", "/Macros/VBA/dir"]),
        made::compound(&["/Workbook", "/_VBA_PROJECT_CUR/VBA/dir"]),
    ] {
        assert!(matches!(look(&bytes, "a.docx"), Err(Refused::Macros)), "{:?}", look(&bytes, "a.docx"));
    }
    assert!(matches!(look(&made::compound(&["/EncryptedPackage"]), "a.docx"), Err(Refused::Locked)));
}

#[test]
fn a_file_that_is_two_things_is_told() {
    let photo = made::jpeg_of(&made::picture(64, 64), 80);
    let with = |more: &[u8]| [photo.as_slice(), more].concat();
    let archive = made::zip(&[("a.txt", b"x")]);
    for (bytes, foreign) in [
        (with(&made::pdf(&["1 0 0"])), Foreign::Pdf),
        (with(b"<ScRiPt>alert(1)</script>"), Foreign::Html),
        (with(&archive), Foreign::Zip),
    ] {
        let inspected = look(&bytes, "a.jpg").unwrap();
        assert_eq!((inspected.kind, inspected.notices), (Kind::Jpeg, vec![Notice::Holds(foreign)]));
    }
    let pdf = [made::pdf(&["1 0 0"]), archive].concat();
    assert_eq!(look(&pdf, "a.pdf").unwrap().notices, [Notice::Holds(Foreign::Zip)]);
    let late = [b"\0\x01\x02 <html> ".as_slice(), &made::pdf(&["1 0 0"])].concat();
    assert_eq!(look(&late, "a.pdf").unwrap().notices, [Notice::Holds(Foreign::Html)]);
    let table = "名称,备注\n甲,<script>x</script>\n";
    assert_eq!(look(table.as_bytes(), "a.csv").unwrap().notices, [Notice::Holds(Foreign::Html)]);
}

#[test]
fn a_pdf_that_acts_or_is_locked_is_told() {
    let acting =
        made::pdf_of(
            &["<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>".to_owned()],
        );
    assert_eq!(look(&acting, "a.pdf").unwrap().notices, [Notice::Active]);
    let locked = made::pdf_of(&["<< /Type /Catalog /Encrypt 2 0 R >>".to_owned()]);
    assert_eq!(look(&locked, "a.pdf").unwrap().notices, [Notice::Restricted]);
}

/// Zeros without end, as a sparse file is.
struct Zeros(u64, u64);

impl std::io::Read for Zeros {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.0.saturating_sub(self.1)).unwrap();
        let read = buffer.len().min(left);
        buffer[..read].fill(0);
        self.1 += u64::try_from(read).unwrap();
        Ok(read)
    }
}

impl std::io::Seek for Zeros {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.1 = match to {
            std::io::SeekFrom::Start(at) => at,
            std::io::SeekFrom::End(by) => self.0.checked_add_signed(by).unwrap(),
            std::io::SeekFrom::Current(by) => self.1.checked_add_signed(by).unwrap(),
        };
        Ok(self.1)
    }
}

#[test]
fn nothing_and_too_much_are_refused_without_being_read() {
    assert!(matches!(look(b"", "a.jpg"), Err(Refused::Empty)));
    assert!(matches!(inspect(&mut Zeros(FILE_BYTES, 0), "a.jpg"), Err(Refused::Unknown)));
    assert!(matches!(inspect(&mut Zeros(FILE_BYTES + 1, 0), "a.jpg"), Err(Refused::TooLarge)));
}

#[test]
fn what_is_known_and_not_taken_is_named() {
    for (bytes, part) in [
        (b"Rar!\x1a\x07\x01\0".to_vec(), "rar"),
        (b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "7z"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec(), "mp4"),
        (b"{\\rtf1 x}".to_vec(), "RTF"),
        (made::zip(&[("mimetype", b"application/vnd.oasis.opendocument.text")]), "opendocument"),
    ] {
        let sentence = look(&bytes, "a.bin").unwrap_err().sentence(Language::Chinese);
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(matches!(look(&[0, 1, 2, 3, 200], "a.jpg"), Err(Refused::Unknown)));
}

#[test]
fn texts_are_told_in_each_encoding_that_offices_use() {
    let text = "企业名称\t营业收入\n甲公司\t1\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    for bytes in [text.as_bytes().to_vec(), utf16, gb] {
        assert_eq!(look(&bytes, "a.csv").unwrap().kind, Kind::Csv);
        assert_eq!(look(&bytes, "a.txt").unwrap().kind, Kind::Text);
        assert_eq!(look(&bytes, "a").unwrap().kind, Kind::Csv, "columns make a table");
    }
    // The head may end within a character.
    let long = "汉".repeat(40_000);
    assert_eq!(look(long.as_bytes(), "a.txt").unwrap().kind, Kind::Text);
}
