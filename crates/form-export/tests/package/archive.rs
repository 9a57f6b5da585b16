//! ZIPs with tricks, and what other programs make of ours.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use form_export::package::archive::ArchiveWriter;

use crate::sample::{Sample, fault, faults, replace, verified};

/// A ZIP in our layout, of whatever parts.
fn packed(sample: &Sample, parts: &[(&str, &[u8])]) -> PathBuf {
    let place = sample.place("packed.zip");
    let mut archive = ArchiveWriter::new(File::create(&place).unwrap());
    for (name, bytes) in parts {
        archive.add(name, bytes.len() as u64, |out| out.write_all(bytes)).unwrap();
    }
    archive.finish().unwrap();
    place
}

fn with(parts: &[(String, Vec<u8>)], more: &[(&str, &[u8])], sample: &Sample) -> PathBuf {
    let own = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    packed(sample, &own.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn duplicates_tricks_and_extra_parts_are_refused() {
    let sample = Sample::new();
    let parts: Vec<_> = sample.parts().into_iter().collect();
    assert!(verified(&with(&parts, &[], &sample)).good, "in any order");
    let twice = with(&parts, &[("manifest.json", &sample.payload)], &sample);
    assert_eq!(faults(&twice), fault("duplicate_file", "manifest.json"));
    for name in ["../receipt.json", "/etc/passwd", "form/../../x", "C:\\x", "evidence\\x", "form//x", "x/"] {
        let place = with(&parts, &[(name, b"")], &sample);
        assert_eq!(faults(&place), fault("bad_name", name));
    }
    assert_eq!(faults(&with(&parts, &[("notes.txt", b"")], &sample)), fault("extra_file", "notes.txt"));
    let name = sample.files.keys().next().map(|sha256| format!("evidence/{sha256}")).unwrap();
    let fewer: Vec<_> = parts.iter().filter(|(part, _)| *part != name).cloned().collect();
    assert_eq!(faults(&with(&fewer, &[], &sample)), fault("missing_file", &name));
    assert_eq!(faults(&with(&fewer, &[(&name, b"other")], &sample)), fault("wrong_size", &name));
    let same_size = vec![b'x'; sample.files.values().next().unwrap().len()];
    assert_eq!(faults(&with(&fewer, &[(&name, &same_size)], &sample)), fault("altered_file", &name));
}

#[test]
fn sizes_that_are_not_so_are_refused_without_reading_that_much() {
    let sample = Sample::new();
    let place = sample.archive();
    let bytes = fs::read(&place).unwrap();
    // The size in the first local header.
    for size in [0_u32, 1, u32::MAX - 1, u32::MAX] {
        let mut lying = bytes.clone();
        for at in [18, 22] {
            lying[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
        replace(&place, &lying);
        assert_eq!(faults(&place)[0].0, "archive_layout", "{size}");
    }
}

#[test]
fn a_receipt_larger_than_any_is_not_read() {
    let sample = Sample::new();
    let package = sample.folder();
    let file = File::options().write(true).open(package.join("receipt.json")).unwrap();
    // It takes no room on the disk.
    file.set_len(8 << 30).unwrap();
    assert_eq!(faults(&package), fault("too_large", "receipt.json"));
    assert_eq!(faults(&package.join("receipt.json")), fault("too_large", "receipt.json"));
}

#[test]
fn another_program_reads_our_zip_and_what_it_packs_is_to_be_unpacked_first() {
    let sample = Sample::new();
    let mut archive = zip::ZipArchive::new(File::open(sample.archive()).unwrap()).unwrap();
    let parts = sample.parts();
    assert_eq!(archive.len(), parts.len());
    for (name, bytes) in &parts {
        let mut read = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(&read, bytes, "{name}");
    }
    let foreign = sample.place("foreign.zip");
    repack(&foreign, &parts.into_iter().collect::<Vec<_>>());
    let told = faults(&foreign);
    assert_eq!(told[0].0, "archive_layout", "{told:?}");
}

fn repack(place: &Path, parts: &[(String, Vec<u8>)]) {
    let mut archive = zip::ZipWriter::new(File::create(place).unwrap());
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn parts_beyond_four_gigabytes_are_found_here_and_by_another_program() {
    const LARGE: u64 = (4 << 30) + (64 << 20);
    let sample = Sample::new();
    let place = sample.place("large.zip");
    let mut archive = ArchiveWriter::new(Holes(File::create(&place).unwrap()));
    archive
        .add("README.txt", LARGE, |out| {
            let zeros = vec![0; 64 << 20];
            (0..LARGE / zeros.len() as u64).try_for_each(|_| out.write_all(&zeros))
        })
        .unwrap();
    archive.add("receipt.json", 1, |out| out.write_all(b"x")).unwrap();
    archive.finish().unwrap();
    let parts = form_export::package::archive::read(&File::open(&place).unwrap()).unwrap();
    let sizes: Vec<_> = parts.iter().map(|(part, place)| (part.to_string(), place.size)).collect();
    assert_eq!(sizes, [("README.txt".to_owned(), LARGE), ("receipt.json".to_owned(), 1)]);
    let mut foreign = zip::ZipArchive::new(File::open(&place).unwrap()).unwrap();
    let mut read = String::new();
    foreign.by_name("receipt.json").unwrap().read_to_string(&mut read).unwrap();
    assert_eq!(read, "x");
    assert_eq!(foreign.by_name("README.txt").unwrap().size(), LARGE);
}

/// A file in which zeros take no room.
struct Holes(File);

impl std::io::Write for Holes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() < 1 << 20 {
            return self.0.write(bytes);
        }
        let length = i64::try_from(bytes.len()).unwrap();
        self.0.seek(SeekFrom::Current(length))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl std::io::Seek for Holes {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}
