//! Reading workbooks in a process of its own ([`crate::apart`]): their reader reserves memory for as many texts and cells
//! as a file claims to have, and a process that is denied memory ends at once.

use std::io::{Read, Seek};
use std::process::Command;

use super::{DirectoryFault, Sheet, sheet, workbook};
use crate::apart::{Lost, Task, ask};
use crate::kind::Kind;

/// Before the sheets of an answer.
const SHEETS: u8 = 1;
/// Answers without sheets.
const TOO_MANY: u8 = 2;
const DAMAGED: u8 = 3;
/// Asks for the old format; anything else is the new one.
const OLD: u32 = 1;

/// [`super::read`], workbooks being read by a process of that program.
///
/// # Errors
/// When the file is none that can be taken in, no table, too large, or empty, or takes too long or too much.
pub fn read(
    program: &mut Command,
    reader: &mut (impl Read + Seek),
    name: &str,
) -> Result<Vec<Sheet>, DirectoryFault> {
    sheet::read_with(reader, name, |kind, bytes| {
        let parameter = if kind == Kind::Xls { OLD } else { 0 };
        let answer = ask(program, Task::Workbook, parameter, &bytes).map_err(|lost| match lost {
            Lost::Slow => DirectoryFault::TooMany,
            Lost::Crashed => DirectoryFault::Damaged,
        })?;
        match answer.split_first() {
            Some((&SHEETS, sheets)) => serde_json::from_slice(sheets).map_err(|_| DirectoryFault::Damaged),
            Some((&TOO_MANY, [])) => Err(DirectoryFault::TooMany),
            _ => Err(DirectoryFault::Damaged),
        }
    })
}

/// What the other process does.
pub(crate) fn answer(bytes: Vec<u8>, parameter: u32) -> Vec<u8> {
    let sheets = workbook::sheets(if parameter == OLD { Kind::Xls } else { Kind::Xlsx }, bytes);
    match sheets.map(|sheets| serde_json::to_vec(&sheets)) {
        Ok(Ok(sheets)) => [&[SHEETS], sheets.as_slice()].concat(),
        Err(DirectoryFault::TooMany) => vec![TOO_MANY],
        _ => vec![DAMAGED],
    }
}
