//! Texts: plain ones and tables are taken, scripts and web pages are not.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::signature::is_page_name;
use super::{Kind, Program, Refused, is_program_name};

/// Within so many characters a web page must have begun for a browser to see one.
const PAGE_WITHIN: usize = 4_096;
/// How a text begins that a browser would show as a page.
const PAGES: [&str; 9] =
    ["<!doctype html", "<html", "<head", "<body", "<script", "<svg", "<iframe", "<?php", "<hta:application"];
/// How a text begins that a system would run.
const SCRIPTS: [&str; 6] =
    ["#!", "@echo off", "[internetshortcut]", "windows registry editor", "regedit4", "[desktop entry]"];
/// Texts in a format that an office does not show as it stands.
const FORMATS: [(&str, &str); 3] = [("{\\rtf", "RTF"), ("%!ps", "PostScript"), ("<?xml", "XML")];
/// What separates the columns of a table.
pub(crate) const SEPARATORS: [char; 4] = [',', '\t', ';', '|'];
/// So many lines show whether a text is a table.
const LINES_LOOKED_AT: usize = 10;
/// A character that was cut off has at most so many bytes less one.
const CUT_BYTES: usize = 3;

/// The text that these bytes are, if they are one: UTF-8, UTF-16 with a mark, or GB18030, without control
/// characters. `cut` says that the bytes may end within a character.
pub(crate) fn decoded(bytes: &[u8], cut: bool) -> Option<Cow<'_, str>> {
    let most = if cut { CUT_BYTES.min(bytes.len()) } else { 0 };
    let text = (0..=most).find_map(|less| whole(&bytes[..bytes.len() - less]))?;
    let plain = |char: char| !char.is_control() || matches!(char, '\t' | '\n' | '\r' | '\x0c' | '\x1a');
    text.chars().all(plain).then_some(text)
}

fn whole(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]);
    }
    [UTF_8, GB18030]
        .into_iter()
        .find_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes))
}

/// The kind of a text.
///
/// # Errors
/// When it is a script or a web page, by its beginning or by its name.
pub(super) fn kind(text: &str, extension: &str) -> Result<Kind, Refused> {
    let start: String = text.trim_start().chars().take(PAGE_WITHIN).collect::<String>().to_lowercase();
    let begins = |mark: &&str| start.starts_with(*mark);
    let name = format!("x.{extension}");
    if is_page_name(&name)
        || PAGES.iter().any(begins)
        || (start.starts_with('<') && PAGES.iter().any(|mark| start.contains(mark)))
    {
        return Err(Refused::Program(Program::WebPage));
    }
    if SCRIPTS.iter().any(begins) || is_program_name(&name) {
        return Err(Refused::Program(Program::Script));
    }
    if let Some((_, found)) = FORMATS.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Err(Refused::Unsupported { found: (*found).to_owned() });
    }
    if Kind::Csv.extensions().contains(&extension) {
        return Ok(Kind::Csv);
    }
    let named = Kind::Text.extensions().contains(&extension);
    Ok(if !named && separator(text).is_some() { Kind::Csv } else { Kind::Text })
}

/// What separates the columns, if the lines agree on something.
pub(crate) fn separator(text: &str) -> Option<char> {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_LOOKED_AT).collect();
    let agreed = |separator: &char| {
        let mut counts = lines.iter().map(|line| line.matches(*separator).count());
        let first = counts.next().unwrap_or(0);
        lines.len() > 1 && first > 0 && counts.all(|count| count == first)
    };
    SEPARATORS.into_iter().find(agreed)
}
