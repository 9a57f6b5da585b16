//! Reading a TOML table key by key: each value with its place, each fault reported, no key overlooked.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{FaultKind, Place};
use super::source::{Source, Sources};

/// What a value should have been, in Chinese and English.
pub(super) type Expected = (&'static str, &'static str);

pub(super) const TEXT: Expected = ("带引号的文字，例如 \"abc\"", "a text in quotes, such as \"abc\"");
const FLAG: Expected = (" true 或 false", "true or false");
const WHOLE: Expected =
    ("不带引号的非负整数，例如 3", "a whole number of 0 or more without quotes, such as 3");
const DECIMAL: Expected =
    ("整数，或带引号的小数，例如 \"0.5\"", "a whole number, or a decimal in quotes, such as \"0.5\"");
const TEXTS: Expected =
    ("带引号的文字的列表，例如 [\"a\", \"b\"]", "a list of texts in quotes, such as [\"a\", \"b\"]");
const TABLE: Expected = ("表，例如 { … }", "a table, such as { … }");
const LIST: Expected = ("列表，例如 [ … ]", "a list, such as [ … ]");

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// One table being read. [`Self::finish`] reports the keys that nobody asked for.
pub(super) struct TableReader<'s> {
    sources: &'s Sources<'s>,
    source: &'s Source<'s>,
    table: &'s DeTable<'s>,
    line: u32,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// One element of a list.
pub(super) enum Element<'s> {
    Text(Located<String>),
    Table(TableReader<'s>),
    List(Vec<Element<'s>>, Place),
}

impl<'s> TableReader<'s> {
    pub(super) fn new(
        sources: &'s Sources<'s>,
        source: &'s Source<'s>,
        table: &'s DeTable<'s>,
        line: u32,
    ) -> Self {
        Self { sources, source, table, line, asked: RefCell::default() }
    }

    /// Where the table begins.
    pub(super) fn place(&self) -> Place {
        Place { file: self.source.path().to_owned(), line: self.line }
    }

    /// Where a key's value stands; the table's place when there is none.
    pub(super) fn place_of(&self, key: &str) -> Place {
        self.lookup(key).map_or_else(|| self.place(), |value| self.source.place(&value.span()))
    }

    /// Records a fault.
    pub(super) fn report(&self, place: Place, kind: FaultKind) {
        self.sources.report(place, kind);
    }

    /// Whether the key is there; does not count as asked for.
    pub(super) fn has(&self, key: &str) -> bool {
        self.lookup(key).is_some()
    }

    fn lookup(&self, key: &str) -> Option<&'s Spanned<DeValue<'s>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn value(&self, key: &'static str) -> Option<&'s Spanned<DeValue<'s>>> {
        self.asked.borrow_mut().insert(key);
        self.lookup(key)
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: Expected) {
        let kind = FaultKind::WrongValue { key: key.to_owned(), expected };
        self.report(self.source.place(&value.span()), kind);
    }

    /// A text, if the key is there.
    pub(super) fn text(&self, key: &'static str) -> Option<Located<String>> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong(key, value, TEXT);
        }
        let place = self.source.place(&value.span());
        text.map(|text| Located { value: text.to_owned(), place })
    }

    /// Reports a key that is not there; whether it is.
    pub(super) fn need(&self, key: &'static str) -> bool {
        let found = self.value(key).is_some();
        if !found {
            self.report(self.place(), FaultKind::MissingKey { key: key.to_owned() });
        }
        found
    }

    /// Records that the value of a key is not what it should be.
    pub(super) fn report_wrong(&self, key: &str, expected: Expected) {
        self.report(self.place_of(key), FaultKind::WrongValue { key: key.to_owned(), expected });
    }

    /// A text that must be there.
    pub(super) fn needed_text(&self, key: &'static str) -> Option<Located<String>> {
        self.need(key).then(|| self.text(key)).flatten()
    }

    /// One of the given words, which must be there.
    pub(super) fn needed_word(&self, key: &'static str, known: &[&str]) -> Option<Located<String>> {
        self.need(key).then(|| self.word(key, known)).flatten()
    }

    /// One of the given words.
    pub(super) fn word(&self, key: &'static str, known: &[&str]) -> Option<Located<String>> {
        let found = self.text(key)?;
        if known.contains(&found.value.as_str()) {
            return Some(found);
        }
        self.report(
            found.place,
            FaultKind::UnknownWord {
                key: key.to_owned(),
                word: found.value,
                known: known.iter().map(|word| (*word).to_owned()).collect(),
            },
        );
        None
    }

    /// `true` or `false`; the default when the key is absent.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else {
            return default;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(key, value, FLAG);
            default
        })
    }

    /// A whole number from 0, if the key is there.
    pub(super) fn whole(&self, key: &'static str) -> Option<u32> {
        let value = self.value(key)?;
        let number = whole(value.get_ref());
        if number.is_none() {
            self.wrong(key, value, WHOLE);
        }
        number
    }

    /// A list of whole numbers; empty when absent.
    pub(super) fn wholes(&self, key: &'static str) -> Vec<u32> {
        self.each(key, LIST, WHOLE, |item| whole(item.get_ref()))
    }

    /// An exact decimal: a whole number, or a text in decimal notation (TOML's own decimals are binary
    /// floats).
    pub(super) fn decimal(&self, key: &'static str) -> Option<Decimal> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(digits) => digits.as_str().parse().ok(),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(key, value, DECIMAL);
        }
        number
    }

    /// A list of texts; empty when absent.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Located<String>> {
        self.each(key, TEXTS, TEXTS, |item| {
            let text = item.get_ref().as_str()?;
            Some(Located { value: text.to_owned(), place: self.source.place(&item.span()) })
        })
    }

    /// A table, if the key is there.
    pub(super) fn table(&self, key: &'static str) -> Option<TableReader<'s>> {
        let value = self.value(key)?;
        let table = self.inner(value);
        if table.is_none() {
            self.wrong(key, value, TABLE);
        }
        table
    }

    /// The tables of a list, as `[[key]]` or `key = [{ … }]`; empty when absent.
    pub(super) fn tables(&self, key: &'static str) -> Vec<TableReader<'s>> {
        self.each(key, LIST, TABLE, |item| self.inner(item))
    }

    /// The elements of a mixed list; empty when absent.
    pub(super) fn elements(&self, key: &'static str) -> Vec<Element<'s>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        if value.get_ref().as_array().is_none() {
            self.wrong(key, value, LIST);
        }
        self.list(key, value)
    }

    fn list(&self, key: &str, value: &'s Spanned<DeValue<'s>>) -> Vec<Element<'s>> {
        let list = value.get_ref().as_array().map(|list| list.iter()).into_iter().flatten();
        list.filter_map(|item| {
            let place = self.source.place(&item.span());
            let element = match item.get_ref() {
                DeValue::String(text) => Some(Element::Text(Located { value: text.to_string(), place })),
                DeValue::Array(_) => Some(Element::List(self.list(key, item), place)),
                _ => self.inner(item).map(Element::Table),
            };
            if element.is_none() {
                self.wrong(key, item, TABLE);
            }
            element
        })
        .collect()
    }

    /// What `read` makes of each item of a list; reports what is no list, and each item that it makes nothing
    /// of. Empty when absent.
    fn each<T>(
        &self,
        key: &'static str,
        list: Expected,
        item: Expected,
        read: impl Fn(&'s Spanned<DeValue<'s>>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(key, value, list);
            return Vec::new();
        };
        let each = items.iter().filter_map(|found| {
            let made = read(found);
            if made.is_none() {
                self.wrong(key, found, item);
            }
            made
        });
        each.collect()
    }

    /// Every text of the table and of the tables in it, by the keys joined with dots.
    pub(super) fn flattened(&self) -> Vec<(String, Located<String>)> {
        let mut texts = Vec::new();
        self.flatten_into("", self.table, &mut texts);
        texts
    }

    fn flatten_into(&self, prefix: &str, table: &'s DeTable<'s>, texts: &mut Vec<(String, Located<String>)>) {
        for (name, value) in table {
            let key = match prefix {
                "" => name.get_ref().to_string(),
                _ => format!("{prefix}.{}", name.get_ref()),
            };
            match value.get_ref() {
                DeValue::Table(inner) => self.flatten_into(&key, inner, texts),
                DeValue::String(text) => {
                    let place = self.source.place(&name.span());
                    texts.push((key, Located { value: text.to_string(), place }));
                }
                _ => self.wrong(&key, value, TEXT),
            }
        }
    }

    fn inner(&self, value: &'s Spanned<DeValue<'s>>) -> Option<TableReader<'s>> {
        let table = value.get_ref().as_table()?;
        // A `[[table]]` spans from its header; an inline table from its brace.
        let line = self.source.place(&value.span()).line;
        Some(TableReader::new(self.sources, self.source, table, line))
    }

    /// Reports every key that was never asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (name, _) in self.table {
            if !asked.contains(name.get_ref().as_ref()) {
                self.report(
                    self.source.place(&name.span()),
                    FaultKind::UnknownKey {
                        key: name.get_ref().to_string(),
                        known: asked.iter().map(|key| (*key).to_owned()).collect(),
                    },
                );
            }
        }
    }
}

fn whole(value: &DeValue<'_>) -> Option<u32> {
    match value {
        DeValue::Integer(digits) => digits.as_str().parse().ok(),
        _ => None,
    }
}
