//! Pages drawn and workbooks read in a process of their own. This program is that process, too.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Cursor, Read, Write};
use std::process::{Command, ExitCode};
use std::time::Instant;

use form_intake::apart::serve_if_asked;
use form_intake::directory::{self, DirectoryFault};
use form_intake::page::PageFault;
use form_intake::page::apart::{count, preview};

#[path = "intake/made.rs"]
#[allow(dead_code, reason = "other tests make other files")]
mod made;

fn this() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

fn a_page_drawn_apart_is_the_page() {
    let pdf = made::pdf(&["1 0 0", "0 0 1"]);
    assert_eq!(count(&mut this(), &pdf), Ok(2));
    let apart = preview(&mut this(), &pdf, 1).unwrap();
    assert_eq!(apart, form_intake::page::preview(pdf.clone(), 1).unwrap());
    assert_eq!(preview(&mut this(), &pdf, 2), Err(PageFault::NoPage));
    assert_eq!(preview(&mut this(), b"no PDF", 0), Err(PageFault::NoPdf));
}

/// A PDF whose only page has this stream as its contents, packed by `flate`.
fn packed_page(dictionary: &str, packed: &[u8]) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << >> >>",
    ];
    // No table of places: a reader of damaged files finds the objects by their words.
    let mut bytes = b"%PDF-1.7\n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        writeln!(bytes, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    write!(bytes, "4 0 obj\n<< {dictionary} /Length {} >>\nstream\n", packed.len()).unwrap();
    bytes.extend(packed);
    bytes.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    bytes
}

fn flate(pieces: usize, piece: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    (0..pieces).for_each(|_| packer.write_all(piece).unwrap());
    packer.finish().unwrap()
}

fn a_page_that_asks_for_all_memory_ends_its_own_process_only() {
    let bomb = packed_page("/Filter /FlateDecode", &flate(1_000, &[b' '; 1 << 20]));
    assert!(bomb.len() < 4 << 20, "a gigabyte in {} bytes", bomb.len());
    let drawn = preview(&mut this(), &bomb, 0);
    assert_eq!(drawn, Err(PageFault::Crashed));
}

fn a_page_that_takes_for_ever_is_given_up() {
    let start = Instant::now();
    let line = b"0 0 99 99 re 0 99 99 0 re f* 1 1 97 97 re W n ";
    let slow = packed_page("/Filter /FlateDecode", &flate(400_000, line));
    let drawn = preview(&mut this(), &slow, 0);
    // Whichever is first: this process' patience, or the system's limit of the other one.
    assert!(matches!(drawn, Err(PageFault::Slow | PageFault::Crashed)), "{:?}", drawn.map(|png| png.len()));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

fn a_directory_read_apart_is_the_directory() {
    let bytes = made::workbook();
    let apart = directory::apart::read(&mut this(), &mut Cursor::new(&bytes), "a.xlsx").unwrap();
    assert_eq!(apart, directory::read(&mut Cursor::new(&bytes), "a.xlsx").unwrap());
    assert_eq!(apart[0].cell(0, 0), "企业名称");
}

/// An archive of texts with its texts changed.
fn rewritten(bytes: &[u8], change: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        entries.push((change(&name, text), name));
    }
    let entries: Vec<_> = entries.iter().map(|(text, name)| (name.as_str(), text.as_bytes())).collect();
    made::zip(&entries)
}

fn a_workbook_that_claims_billions_of_texts_ends_its_own_process_only() {
    let bytes = rewritten(&made::workbook(), |name, text| {
        let claim = "uniqueCount=\"100000000000\"";
        if name.ends_with("sharedStrings.xml") { text.replace("uniqueCount=\"1\"", claim) } else { text }
    });
    let read = directory::apart::read(&mut this(), &mut Cursor::new(&bytes), "a.xlsx");
    assert!(matches!(read, Err(DirectoryFault::Damaged)), "{read:?}");
    // The extent that a sheet of the old format claims (MS-XLS 2.4.90).
    let sheet_at: u32 = 48;
    let mut stream = vec![0x09, 0x08, 16, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    stream.extend([0x85, 0, 9, 0]);
    stream.extend(sheet_at.to_le_bytes());
    stream.extend([0, 0, 1, 0, b'A']);
    stream.extend([0x0a, 0, 0, 0]);
    stream.resize(usize::try_from(sheet_at).unwrap(), 0);
    stream.extend([0x09, 0x08, 16, 0, 0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    stream.extend([0, 0x02, 14, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0xff, 0, 0, 0]);
    stream.extend([0x0a, 0, 0, 0]);
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    let bytes = file.into_inner().into_inner();
    let read = directory::apart::read(&mut this(), &mut Cursor::new(&bytes), "a.xls");
    assert!(matches!(read, Err(DirectoryFault::Damaged | DirectoryFault::TooMany)), "{read:?}");
}

fn main() -> ExitCode {
    if let Some(code) = serve_if_asked() {
        return code;
    }
    let tests: [(&str, fn()); 5] = [
        ("a_page_drawn_apart_is_the_page", a_page_drawn_apart_is_the_page),
        (
            "a_page_that_asks_for_all_memory_ends_its_own_process_only",
            a_page_that_asks_for_all_memory_ends_its_own_process_only,
        ),
        ("a_page_that_takes_for_ever_is_given_up", a_page_that_takes_for_ever_is_given_up),
        ("a_directory_read_apart_is_the_directory", a_directory_read_apart_is_the_directory),
        (
            "a_workbook_that_claims_billions_of_texts_ends_its_own_process_only",
            a_workbook_that_claims_billions_of_texts_ends_its_own_process_only,
        ),
    ];
    // What a test runner asks of a test program: to list its tests, and to run the named one.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let asked = |word: &str| words.iter().any(|given| given == word);
    if asked("--list") {
        for (name, _) in tests.iter().filter(|_| !asked("--ignored")) {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let named = |(name, _): &&(&str, fn())| words.iter().all(|word| word.starts_with('-') || word == name);
    for (name, test) in tests.iter().filter(named) {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}
