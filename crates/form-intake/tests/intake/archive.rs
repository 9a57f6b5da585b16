//! Archives are weighed before anybody unpacks them.

use std::io::{Cursor, Write};

use form_intake::archive::{ArchiveFault, Contents, Limits, weigh};
use form_intake::kind::{Kind, Notice, inspect};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::made;

fn weighed(bytes: &[u8]) -> Result<Contents, ArchiveFault> {
    weigh(&mut Cursor::new(bytes), Limits::FILE)
}

fn zeros(mebibytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("zeros.txt", SimpleFileOptions::default()).unwrap();
    (0..mebibytes).for_each(|_| writer.write_all(&[0; 1 << 20]).unwrap());
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_archive_tells_what_it_holds() {
    let contents = weighed(&made::zip(&[("照片/1.jpg", b"abc"), ("说明.txt", b"de")])).unwrap();
    assert_eq!(contents.names, ["照片/1.jpg", "说明.txt"]);
    assert_eq!((contents.unpacked, contents.unread), (5, 0));
}

#[test]
fn a_bomb_does_not_go_off() {
    assert_eq!(weighed(&zeros(100)), Err(ArchiveFault::Bursts), "a thousandfold");
    let hidden = made::zip(&[("a.zip", &made::zip(&[("b.zip", &zeros(100))]))]);
    assert_eq!(weighed(&hidden), Err(ArchiveFault::Bursts), "within archives");
    let limits = Limits { unpacked: 10, ..Limits::FILE };
    let large = weigh(&mut Cursor::new(made::zip(&[("a", &[1; 11])])), limits);
    assert_eq!(large, Err(ArchiveFault::TooLarge { limit: 10 }));
    let many = weigh(&mut Cursor::new(made::zip(&[("a", b""), ("b", b"")])), Limits { entries: 1, ..limits });
    assert_eq!(many, Err(ArchiveFault::TooMany { limit: 1 }));
}

#[test]
fn entries_that_become_more_than_they_say_are_noticed() {
    let mut bytes = zeros(1);
    // The size that the archive's directory states, and the entry's own header.
    for mark in [b"PK\x01\x02", b"PK\x03\x04"] {
        let at = bytes.windows(4).position(|window| window == mark).unwrap();
        let size = at + if mark == b"PK\x01\x02" { 24 } else { 22 };
        bytes[size..size + 4].copy_from_slice(&9_u32.to_le_bytes());
    }
    assert_eq!(weighed(&bytes), Err(ArchiveFault::Damaged));
}

#[test]
fn archives_in_archives_end_somewhere() {
    let mut bytes = made::zip(&[("a.txt", b"x")]);
    for depth in 1..=Limits::FILE.depth {
        assert!(weighed(&bytes).is_ok(), "{depth} deep");
        bytes = made::zip(&[("inner.zip", &bytes)]);
    }
    assert_eq!(weighed(&bytes), Err(ArchiveFault::TooDeep { limit: Limits::FILE.depth }));
}

#[test]
fn paths_that_lead_out_and_programs_are_refused() {
    for name in ["../a.txt", "a/../../b.txt", "/etc/passwd", "C:\\a.txt", "..\\a.txt"] {
        assert!(matches!(weighed(&made::zip(&[(name, b"x")])), Err(ArchiveFault::Escapes { .. })), "{name}");
    }
    let mut windows = b"MZ".to_vec();
    windows.resize(300, 0);
    let inner = made::zip(&[("a.txt", &windows)]);
    for entries in [[("setup.exe", b"x".as_slice())], [("photo.jpg", &windows)], [("a.zip", &inner)]] {
        assert!(
            matches!(weighed(&made::zip(&entries)), Err(ArchiveFault::Program { .. })),
            "{}",
            entries[0].0
        );
    }
}

#[test]
fn pictures_in_documents_are_no_pages_and_macros_in_archives_are_found() {
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice();
    let document = made::office("wordprocessingml.document", &[("word/media/image1.svg", drawing)]);
    assert!(weighed(&document).is_ok());
    let macros = made::office("wordprocessingml.document", &[("word/vbaProject.bin", b"x")]);
    assert!(weighed(&macros).is_ok(), "its kind says it in a better sentence");
    let hidden = made::zip(&[("a.docx", &macros)]);
    assert!(matches!(weighed(&hidden), Err(ArchiveFault::Program { .. })));
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("a", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert!(matches!(weighed(&bytes), Err(ArchiveFault::Escapes { .. })));
}

#[test]
fn an_archive_with_a_password_is_refused() {
    let mut bytes = made::zip(&[("a.txt", b"x")]);
    for (mark, flags) in [(b"PK\x01\x02", 8), (b"PK\x03\x04", 6)] {
        let at = bytes.windows(4).position(|window| window == mark).unwrap();
        bytes[at + flags] |= 1;
    }
    assert_eq!(weighed(&bytes), Err(ArchiveFault::Locked));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut bytes = made::zip(&[("a.txt", b"x"), ("b.txt", b"x")]);
    let at = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    // The second entry's place becomes the first one's.
    bytes[at + 42..at + 46].fill(0);
    assert_eq!(weighed(&bytes), Err(ArchiveFault::Bursts));
}

#[test]
fn names_in_the_old_encoding_of_chinese_windows_are_read() {
    let name = encoding_rs::GB18030.encode("名录.txt").0.into_owned();
    let mut bytes = made::zip(&[("abcd.txt", b"x")]);
    while let Some(at) = bytes.windows(8).position(|window| window == b"abcd.txt") {
        bytes[at..at + 8].copy_from_slice(&name);
    }
    assert_eq!(weighed(&bytes).unwrap().names, ["名录.txt"]);
}

#[test]
fn archives_of_other_formats_inside_are_told() {
    let bytes = made::zip(&[("a.rar", b"Rar!\x1a\x07\x01\0...")]);
    let inspected = inspect(&mut Cursor::new(&bytes), "a.zip").unwrap();
    assert_eq!((inspected.kind, inspected.notices), (Kind::Zip, vec![Notice::Unread { count: 1 }]));
}

#[test]
fn a_directory_that_claims_billions_of_entries_takes_no_memory() {
    // The record of the end in its 64-bit form, claiming as many entries and bytes as can be written.
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(1 << 20, 0);
    let record = bytes.len();
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    [u64::MAX / 2, u64::MAX / 2, u64::MAX / 4, 0].iter().for_each(|claim| bytes.extend(claim.to_le_bytes()));
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(u64::try_from(record).unwrap().to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    let weighed = weighed(&bytes);
    assert!(matches!(weighed, Err(ArchiveFault::Damaged | ArchiveFault::TooMany { .. })), "{weighed:?}");
}
