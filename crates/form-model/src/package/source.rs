//! The package's TOML files, parsed with the positions of everything in them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeTable;

use super::fault::{Fault, FaultKind, Place};
use super::files::PackageFiles;
use super::table_reader::TableReader;

/// All files that could be parsed, and the faults found so far anywhere in the package.
pub(super) struct Sources<'f> {
    files: BTreeMap<&'f str, Source<'f>>,
    faults: RefCell<Vec<Fault>>,
    all_parsed: Cell<bool>,
}

/// A parsed file.
pub(super) struct Source<'f> {
    path: &'f str,
    lines: Lines,
    table: DeTable<'f>,
}

/// Where each line after the first begins, in bytes.
struct Lines(Vec<usize>);

impl<'f> Sources<'f> {
    /// Parses every `.toml` file; others are left to the check for unexpected files.
    pub(super) fn parse(files: &'f PackageFiles) -> Self {
        let mut sources =
            Self { files: BTreeMap::new(), faults: RefCell::new(Vec::new()), all_parsed: Cell::new(true) };
        for (path, bytes) in files.iter() {
            if path.ends_with(".toml") {
                sources.parse_file(path, bytes);
            } else {
                sources.report(start_of(path), FaultKind::UnexpectedFile);
            }
        }
        sources
    }

    fn parse_file(&mut self, path: &'f str, bytes: &'f [u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.all_parsed.set(false);
            return self.report(start_of(path), FaultKind::NotText);
        };
        let lines = Lines::of(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            self.all_parsed.set(false);
            let line = error.span().map_or(1, |span| lines.at(&span));
            let detail = error.message().trim_end_matches('.').replace('\n', ", ");
            self.report(Place { file: path.to_owned(), line }, FaultKind::Syntax { detail });
        }
        // What could be recovered of a broken file would only make noise.
        if errors.is_empty() {
            let table = table.into_inner();
            self.files.insert(path, Source { path, lines, table });
        }
    }

    /// A reader of that file's top level, if the file is there.
    pub(super) fn open(&self, path: &str) -> Option<TableReader<'_>> {
        let source = self.files.get(path)?;
        Some(TableReader::new(self, source, &source.table, 1))
    }

    /// The paths of all parsed files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().copied()
    }

    /// Whether no file had a fault of notation.
    pub(super) fn all_parsed(&self) -> bool {
        self.all_parsed.get()
    }

    /// Records a fault.
    pub(super) fn report(&self, place: Place, kind: FaultKind) {
        self.faults.borrow_mut().push(Fault { place, kind });
    }

    /// All faults, by file and line, each once.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = self.faults.borrow().clone();
        faults.sort();
        faults.dedup();
        faults
    }
}

impl Source<'_> {
    /// The place of a piece of this file.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        Place { file: self.path.to_owned(), line: self.lines.at(span) }
    }

    pub(super) fn path(&self) -> &str {
        self.path
    }
}

/// The beginning of a file.
pub(super) fn start_of(path: &str) -> Place {
    Place { file: path.to_owned(), line: 1 }
}

impl Lines {
    fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(breaks.map(|(at, _)| at + 1).collect())
    }

    /// The line, from 1, in which a span begins.
    fn at(&self, span: &Range<usize>) -> u32 {
        let before = self.0.partition_point(|start| *start <= span.start);
        u32::try_from(before).map_or(u32::MAX, |before| before.saturating_add(1))
    }
}
