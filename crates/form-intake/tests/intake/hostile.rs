//! Bytes of chance and files with changed bytes: nothing panics, nothing runs away.
//!
//! A failure prints its seed; `HUIQIAN_INTAKE_SEED` plays one seed again, `HUIQIAN_SEEDS` runs more of them.

use std::io::Cursor;
use std::time::{Duration, Instant};

use fastrand::Rng;
use form_intake::name::{NAME_BYTES, safe_name};
use form_intake::{archive, directory, kind, page, photo};
use form_model::directory::DirectoryTotals;
use image::ImageFormat;

use crate::made;

/// Seeds of a normal run.
const SEEDS: u64 = 150;
/// What no single file may take, in the debug profile on a busy machine; a hang is what is looked for.
const PATIENCE: Duration = Duration::from_secs(60);

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("HUIQIAN_INTAKE_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("HUIQIAN_SEEDS").unwrap_or(SEEDS)).collect(),
    }
}

/// Prints the seed when a test dies.
struct Seed(u64, &'static str);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: HUIQIAN_INTAKE_SEED={}", self.1, self.0);
        }
    }
}

fn originals() -> Vec<Vec<u8>> {
    let picture = made::picture(48, 32);
    let mut rows = String::from("企业名称,信用代码,企业规模,2025年营业收入\n");
    (0..20).for_each(|row| rows += &format!("企业{row},91350100M000100Y43,小型,{row}.5\n"));
    vec![
        made::jpeg(48, 32, 6),
        made::png(48, 32),
        made::webp(48, 32),
        made::in_format(&picture, ImageFormat::Gif),
        made::in_format(&picture, ImageFormat::Tiff),
        made::HEIC.to_vec(),
        made::pdf(&["1 0 0"]),
        made::workbook(),
        made::office("wordprocessingml.document", &[("word/document.xml", b"<w:document/>")]),
        made::zip(&[("a.txt", b"text"), ("b.zip", &made::zip(&[("c.txt", b"text")]))]),
        made::compound(&["/Workbook"]),
        made::compound(&["/WordDocument"]),
        rows.clone().into_bytes(),
        encoding_rs::GB18030.encode(&rows).0.into_owned(),
    ]
}

/// Changes, cuts, doubles or blows up a few places.
fn mutated(random: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(1..=6) {
        let at = random.usize(0..bytes.len());
        let end = (at + random.usize(1..=16)).min(bytes.len());
        match random.u8(0..7) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => bytes[at] = random.u8(..),
            2 => bytes[at..end].fill(0xff),
            3 => bytes[at..end].fill(0),
            4 => bytes.truncate(at.max(1)),
            5 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                bytes.drain(at..end);
                if bytes.is_empty() {
                    bytes.push(0);
                }
            }
        }
    }
    bytes
}

/// Puts a file through everything that the desk does with one.
fn through(bytes: &[u8], name: &str) {
    let start = Instant::now();
    let mut reader = Cursor::new(bytes);
    if let Ok(inspected) = kind::inspect(&mut reader, name) {
        assert!(!inspected.name.is_empty() && inspected.name.len() <= NAME_BYTES);
        assert!(
            inspected.kind.extensions().contains(&form_intake::name::extension(&inspected.name).as_str())
        );
    }
    let _ = archive::weigh(&mut reader, archive::Limits::FILE);
    let _ = photo::facts(&mut reader);
    if let Ok(small) = photo::thumbnail(&mut reader) {
        let small = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
        assert!(small.width().max(small.height()) <= photo::THUMBNAIL_PIXELS);
    }
    let _ = photo::downscaled(&mut reader, 16);
    let mut copy = Vec::new();
    if photo::without_location(&mut reader, &mut copy).is_ok() {
        assert_eq!(photo::facts(&mut Cursor::new(&copy)).ok().and_then(|facts| facts.place), None);
    }
    if let Ok(sheets) = directory::read(&mut reader, name)
        && let Ok((index, mapping)) = directory::propose(&sheets, &[2023, 2024, 2025])
    {
        let report = directory::read_rows(&sheets[index], &mapping);
        let totals = directory::totals(&report, &mapping);
        assert_eq!(DirectoryTotals::read(totals.stored().as_text()), Some(totals));
    }
    if bytes.starts_with(b"%PDF-") {
        let bytes = bytes.to_vec();
        let draw = std::thread::Builder::new().stack_size(64 << 20).spawn(|| page::preview(bytes, 0));
        let _ = draw.unwrap().join().expect("drawing does not panic");
    }
    let _ = photo::view(&mut reader, 64);
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
}

#[test]
fn changed_files_never_panic_or_hang() {
    let originals = originals();
    let names = ["a.jpg", "b.xlsx", "名录.csv", "d"];
    for seed in seeds() {
        let _seed = Seed(seed, "changed files");
        let mut random = Rng::with_seed(seed);
        for original in &originals {
            through(&mutated(&mut random, original), names[random.usize(0..names.len())]);
        }
    }
}

#[test]
fn bytes_of_chance_never_panic_whatever_they_begin_with() {
    let originals = originals();
    for seed in seeds() {
        let _seed = Seed(seed, "bytes of chance");
        let mut random = Rng::with_seed(seed);
        let mut bytes: Vec<u8> = (0..random.usize(1..3_000)).map(|_| random.u8(..)).collect();
        through(&bytes, "a.jpg");
        let original = &originals[random.usize(0..originals.len())];
        let head = random.usize(0..original.len()).min(64);
        bytes.splice(0..0, original[..head].iter().copied());
        through(&bytes, "a.csv");
    }
}

#[test]
fn names_of_chance_become_safe_once_and_for_all() {
    let pieces = [
        "/",
        "\\",
        "..",
        ".",
        " ",
        "con",
        "NUL",
        "\0",
        "\u{202e}",
        "汉",
        "é",
        "👨‍👩‍👧",
        ":",
        "?",
        "jpg",
        "~",
        "COM1",
        "\n",
    ];
    for seed in seeds() {
        let _seed = Seed(seed, "names");
        let mut random = Rng::with_seed(seed);
        for _ in 0..100 {
            let name: String =
                (0..random.usize(0..200)).map(|_| pieces[random.usize(0..pieces.len())]).collect();
            let safe = safe_name(&name);
            assert!(!safe.is_empty() && safe.len() <= NAME_BYTES, "{name:?}");
            assert_eq!(safe_name(&safe), safe, "{name:?}");
            assert!(!safe.contains(['/', '\\', ':', '\0', '\n', '\u{202e}']), "{name:?}");
            assert!(!safe.starts_with(['.', ' ']) && !safe.ends_with(['.', ' ']), "{name:?}: {safe:?}");
        }
    }
}
