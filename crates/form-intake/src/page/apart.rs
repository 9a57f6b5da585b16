//! Drawing in a process of its own ([`crate::apart`]).

use std::process::Command;

use super::{PDF_BYTES, PageFault};
pub use crate::apart::serve_if_asked;
use crate::apart::{Lost, Task, ask};

/// Asks for the number of pages instead of a page.
const COUNT: u32 = u32::MAX;
/// Before an answer that is no fault.
const DONE: u8 = u8::MAX;

/// The number of pages, told by a process of that program.
///
/// # Errors
/// When it is too large, no PDF, has a password, takes too long or too much.
pub fn count(program: &mut Command, bytes: &[u8]) -> Result<usize, PageFault> {
    let pages: [u8; 8] = asked(program, COUNT, bytes)?.try_into().map_err(|_| PageFault::Crashed)?;
    usize::try_from(u64::from_le_bytes(pages)).map_err(|_| PageFault::Crashed)
}

/// A picture of one page, as [`super::preview`] makes it, drawn by a process of that program.
///
/// # Errors
/// When it is too large, no PDF, has no such page or a password, takes too long or too much.
pub fn preview(program: &mut Command, bytes: &[u8], page: usize) -> Result<Vec<u8>, PageFault> {
    let page = u32::try_from(page).ok().filter(|page| *page != COUNT).ok_or(PageFault::NoPage)?;
    asked(program, page, bytes)
}

fn asked(program: &mut Command, page: u32, bytes: &[u8]) -> Result<Vec<u8>, PageFault> {
    if bytes.len() > PDF_BYTES {
        return Err(PageFault::TooLarge);
    }
    let answer = ask(program, Task::Page, page, bytes).map_err(|lost| match lost {
        Lost::Slow => PageFault::Slow,
        Lost::Crashed => PageFault::Crashed,
    })?;
    match answer.split_first() {
        Some((&DONE, answer)) => Ok(answer.to_vec()),
        Some((fault, [])) => {
            Err(PageFault::ALL.get(usize::from(*fault)).copied().unwrap_or(PageFault::Crashed))
        }
        _ => Err(PageFault::Crashed),
    }
}

/// What the other process does.
pub(crate) fn answer(bytes: Vec<u8>, page: u32) -> Vec<u8> {
    match drawn(bytes, page) {
        Ok(answer) => [&[DONE], answer.as_slice()].concat(),
        Err(fault) => {
            let number =
                PageFault::ALL.iter().position(|known| *known == fault).unwrap_or(PageFault::ALL.len());
            vec![u8::try_from(number).unwrap_or(DONE - 1)]
        }
    }
}

fn drawn(bytes: Vec<u8>, page: u32) -> Result<Vec<u8>, PageFault> {
    if page == COUNT {
        let pages = u64::try_from(super::count(bytes)?).unwrap_or(u64::MAX);
        return Ok(pages.to_le_bytes().to_vec());
    }
    super::preview(bytes, usize::try_from(page).unwrap_or(usize::MAX))
}
