//! Revisions (第 n 稿): what is final, what was given back, and which sections are closed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::act::ReturnReason;
use super::chain::RosterFault;
use super::state::Roster;
use crate::digest::Sha256;
use crate::key::PublicKey;
use crate::schema::has_bad_character;

/// The most sections that one step names; a large form has about ten.
const SECTIONS_MAX: usize = 64;
/// Longest section id, in bytes: form packages' ids are words written by hand.
const SECTION_MAX_BYTES: usize = 64;
/// The most reasons of one return: several for each field of a large form would not fit an entry.
const REASONS_MAX: usize = 64;
/// Longest reason of a return, in characters: a paragraph, so that all of them fit an entry.
const REASON_MAX_CHARS: usize = 300;
/// Longest answer id in a reason, in bytes: section, field, column and facet.
const ANSWER_MAX_BYTES: usize = 260;

/// How far the application has come on its way to being final.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// The newest final revision, from 1; 0 before the first.
    pub number: u64,
    /// Its manifest.
    pub manifest: Option<Sha256>,
    /// The sections that nobody writes to.
    pub frozen: Arc<BTreeSet<String>>,
    /// What was given back of it, and why.
    pub returned: Option<Arc<Returned>>,
}

/// That a final revision was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The device that did it.
    pub by: PublicKey,
    /// By that device's clock, milliseconds since 1970-01-01 UTC.
    pub time_ms: i64,
    pub sections: BTreeSet<String>,
    pub reasons: Vec<ReturnReason>,
}

impl Revision {
    /// Whether all of it is final.
    pub fn is_closed(&self) -> bool {
        self.number > 0 && self.returned.is_none()
    }

    /// The revision that is being written, or, when all is final, the final one.
    pub fn current(&self) -> u64 {
        if self.is_closed() { self.number } else { self.number.saturating_add(1) }
    }
}

/// Closes a revision.
pub(super) fn finalise(
    next: &mut Roster,
    revision: u64,
    manifest: Sha256,
    sections: BTreeSet<String>,
) -> Result<(), RosterFault> {
    if next.revision.is_closed() || revision != next.revision.current() {
        return Err(RosterFault::Content(
            "revisions count by one, and a final one is returned before the next",
        ));
    }
    check_sections(&sections)?;
    next.revision =
        Revision { number: revision, manifest: Some(manifest), frozen: Arc::new(sections), returned: None };
    Ok(())
}

fn check_sections(sections: &BTreeSet<String>) -> Result<(), RosterFault> {
    let short = |section: &String| (1..=SECTION_MAX_BYTES).contains(&section.len());
    if sections.is_empty() || sections.len() > SECTIONS_MAX || !sections.iter().all(short) {
        return Err(RosterFault::Content("it names no section, or more than any form has"));
    }
    Ok(())
}

fn check_reasons(reasons: &[ReturnReason]) -> Result<(), RosterFault> {
    let sound = |reason: &ReturnReason| {
        let on = reason.on.as_ref().map_or(0, |answer| answer.0.len());
        !reason.text.trim().is_empty()
            && reason.text.chars().count() <= REASON_MAX_CHARS
            && !has_bad_character(&reason.text)
            && on <= ANSWER_MAX_BYTES
    };
    if reasons.is_empty() || reasons.len() > REASONS_MAX || !reasons.iter().all(sound) {
        return Err(RosterFault::Content("something is returned with a reason, each a page at the most"));
    }
    Ok(())
}

/// Gives a final revision back.
pub(super) fn give_back(next: &mut Roster, revision: u64, returned: Returned) -> Result<(), RosterFault> {
    if !next.revision.is_closed() || revision != next.revision.number {
        return Err(RosterFault::Content("only the newest revision is returned, and only once it is final"));
    }
    check_sections(&returned.sections)?;
    check_reasons(&returned.reasons)?;
    if !returned.sections.is_subset(&next.revision.frozen) {
        return Err(RosterFault::Content("it returns a section that is not final"));
    }
    let frozen = next.revision.frozen.difference(&returned.sections).cloned().collect();
    next.revision.frozen = Arc::new(frozen);
    next.revision.returned = Some(Arc::new(returned));
    Ok(())
}
