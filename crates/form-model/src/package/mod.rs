//! Form packages: a folder of TOML files that a form designer writes, read into a [`FormDefinition`].
//!
//! ```text
//! form.toml             id, version, languages, deadline, agencies, sections, clauses, evidence slots
//! sections/<id>.toml    owner, fields, rules across fields
//! layout/<id>.toml      how the section is printed
//! messages/<tag>.toml   every text, one file a language
//! ```
//!
//! Reading never stops at the first fault: [`PackageError`] holds all of them, each with file, line and
//! what to do. The format is taught by `forms/README.md`.

mod coverage;
mod draft;
mod fault;
mod field_reader;
mod files;
mod form_reader;
mod layout_reader;
mod link;
mod message_reader;
mod nearest;
mod rule_reader;
mod section_reader;
mod source;
mod table_reader;

pub use fault::{Fault, FaultKind, PackageError, Place};
pub use files::PackageFiles;

use crate::definition::FormDefinition;
use draft::Draft;
use source::Sources;

/// Reads a form package.
///
/// # Errors
/// Every fault of the package: unreadable TOML, unknown or missing keys, references to what does not
/// exist, texts missing in a language, answers that no layout shows.
pub fn load(files: &PackageFiles) -> Result<FormDefinition, PackageError> {
    let sources = Sources::parse(files);
    let mut draft = Draft::new(&sources);
    let Some(form) = form_reader::read(&mut draft) else {
        return draft.finish(None);
    };
    for section in &form.sections {
        section_reader::read(&mut draft, &form, section);
    }
    for language in &form.languages {
        message_reader::read(&mut draft, language);
    }
    let sections = form.sections.clone();
    let evidence = form.evidence.clone();
    let definition = draft.define(form, files.hash());
    // A file that could not be read makes everything that it defines look missing: that would be noise.
    if sources.all_parsed() && draft.all_files_found {
        link::check_references(&draft, &definition);
        link::check_evidence(&draft, &definition, &evidence);
        coverage::check_layouts(&draft, &definition);
        coverage::check_messages(&draft, &definition);
        coverage::check_placeholders(&draft, &definition);
        coverage::check_files(&draft, &definition, &sections);
    }
    draft.finish(Some(definition))
}
