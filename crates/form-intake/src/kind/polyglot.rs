//! Files that are two things at once.

use std::io::{self, Read, Seek};

use aho_corasick::AhoCorasick;

use super::{Foreign, Kind, Notice, Sample};

/// So much of a file is searched; a photo has less, and a longer PDF is seen at its head.
const SEARCHED_BYTES: u64 = 64 << 20;
/// The record at the end of a ZIP archive without its comment (APPNOTE 4.3.16).
const ZIP_END: usize = 22;
/// What no picture has by chance: seven random bytes repeat such a mark once in 70 PB.
const IN_PICTURES: [(&str, Foreign); 10] = [
    ("%PDF-1.", Foreign::Pdf),
    ("%PDF-2.", Foreign::Pdf),
    ("<script", Foreign::Html),
    ("<iframe", Foreign::Html),
    ("<!doctype html", Foreign::Html),
    ("<html>", Foreign::Html),
    ("<html ", Foreign::Html),
    ("<svg xmlns", Foreign::Html),
    ("<?php\n", Foreign::Html),
    ("<?php ", Foreign::Html),
];
/// Marks in a PDF of what acts when it is opened or carries other files (ISO 32000-1, 7.6, 7.11.4, 12.6.4).
const IN_PDF: [(&str, Notice); 4] = [
    ("/Encrypt", Notice::Restricted),
    ("/JavaScript", Notice::Active),
    ("/Launch", Notice::Active),
    ("/EmbeddedFile", Notice::Active),
];

/// What else a file is.
///
/// # Errors
/// When it cannot be read.
pub(super) fn foreign(
    reader: &mut (impl Read + Seek),
    kind: Kind,
    sample: &Sample<'_>,
) -> io::Result<Vec<Notice>> {
    let mut found = Vec::new();
    if kind.is_photo() {
        let marks = IN_PICTURES.map(|(mark, foreign)| (mark, Notice::Holds(foreign)));
        found = search(reader, &marks)?;
    } else if kind == Kind::Pdf {
        found = search(reader, &IN_PDF)?;
        if !sample.head.starts_with(b"%PDF-") {
            found.extend(search(
                &mut io::Cursor::new(&sample.head[..sample.head.len().min(1024)]),
                &PAGE_MARKS,
            )?);
        }
    } else if matches!(kind, Kind::Csv | Kind::Text) {
        found = search(&mut io::Cursor::new(sample.head), &PAGE_MARKS)?;
    }
    let packed = matches!(kind, Kind::Zip | Kind::Ofd | Kind::Docx | Kind::Xlsx | Kind::Pptx);
    if !packed && ends_as_zip(sample.tail) {
        found.push(Notice::Holds(Foreign::Zip));
    }
    Ok(found)
}

/// Marks of a page in what is a text or comes before a PDF.
const PAGE_MARKS: [(&str, Notice); 3] = [
    ("<script", Notice::Holds(Foreign::Html)),
    ("<iframe", Notice::Holds(Foreign::Html)),
    ("<html", Notice::Holds(Foreign::Html)),
];

/// Each notice whose mark stands somewhere, once, in the order of the marks.
fn search(reader: &mut (impl Read + Seek), marks: &[(&str, Notice)]) -> io::Result<Vec<Notice>> {
    reader.rewind()?;
    let patterns = marks.iter().map(|(mark, _)| mark);
    let searcher = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns);
    let searcher = searcher.map_err(io::Error::other)?;
    let mut hit = vec![false; marks.len()];
    for found in searcher.stream_find_iter(reader.by_ref().take(SEARCHED_BYTES)) {
        hit[found?.pattern().as_usize()] = true;
    }
    let mut notices: Vec<Notice> = Vec::new();
    for ((_, notice), _) in marks.iter().zip(hit).filter(|(_, hit)| *hit) {
        if !notices.contains(notice) {
            notices.push(notice.clone());
        }
    }
    Ok(notices)
}

/// Whether the end is that of a ZIP archive: the record, and a comment as long as it says.
fn ends_as_zip(tail: &[u8]) -> bool {
    tail.windows(ZIP_END).enumerate().any(|(at, record)| {
        record.starts_with(b"PK\x05\x06")
            && usize::from(u16::from_le_bytes([record[20], record[21]])) == tail.len() - at - ZIP_END
    })
}
