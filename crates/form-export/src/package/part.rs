//! The parts of a package, by name. A name that is none of these is not opened, whatever it leads to.

use std::fmt;

use form_document::digest::Sha256;
use form_model::command::EVIDENCE_FOLDER as EVIDENCE;

/// Longest path within a form package, in bytes: far more than any designer writes.
const FORM_PATH_MAX_BYTES: usize = 200;

const RECEIPT: &str = "receipt.json";
const MANIFEST: &str = "manifest.json";
const README: &str = "README.txt";
const FORM: &str = "form/";

/// A part of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Readme,
    Receipt,
    Manifest,
    /// A file of the form package by its path there.
    Form(String),
    Evidence(Sha256),
}

/// Why a name is no part's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// It leads, or could lead, out of the package.
    Trick,
    /// No package has such a part.
    Unknown,
}

impl Part {
    /// Reads a name as it stands in a package, with `/` between its parts.
    ///
    /// # Errors
    /// [`BadName`].
    pub fn read(name: &str) -> Result<Self, BadName> {
        if is_trick(name) {
            return Err(BadName::Trick);
        }
        match name {
            README => return Ok(Self::Readme),
            RECEIPT => return Ok(Self::Receipt),
            MANIFEST => return Ok(Self::Manifest),
            _ => {}
        }
        if let Some(hash) = name.strip_prefix(EVIDENCE) {
            return hash.parse().map(Self::Evidence).map_err(|_| BadName::Unknown);
        }
        match name.strip_prefix(FORM) {
            Some(path) if path.len() <= FORM_PATH_MAX_BYTES => Ok(Self::Form(path.to_owned())),
            _ => Err(BadName::Unknown),
        }
    }
}

/// Whether some system would take the name for a place outside, or for two places.
fn is_trick(name: &str) -> bool {
    name.chars().any(|char| char.is_control() || matches!(char, '\\' | ':'))
        || name.split('/').any(|part| part.is_empty() || part.starts_with('.') || part.ends_with(['.', ' ']))
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readme => f.write_str(README),
            Self::Receipt => f.write_str(RECEIPT),
            Self::Manifest => f.write_str(MANIFEST),
            Self::Form(path) => write!(f, "{FORM}{path}"),
            Self::Evidence(sha256) => write!(f, "{EVIDENCE}{sha256}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_reads_back_and_no_name_leads_out_of_the_package() {
        let form = Part::Form("sections/plan.toml".to_owned());
        for part in [Part::Readme, Part::Receipt, Part::Manifest, form, Part::Evidence(Sha256::of(b"x"))] {
            assert_eq!(Part::read(&part.to_string()), Ok(part));
        }
        for trick in [
            "",
            "/receipt.json",
            "../receipt.json",
            "form/../receipt.json",
            "form//a",
            "form/",
            "./receipt.json",
            "evidence\\x",
            "C:receipt.json",
            "form/a\0",
            "form/a.",
            "form/a ",
            "form/.hidden",
            "receipt.json/",
        ] {
            assert_eq!(Part::read(trick), Err(BadName::Trick), "{trick:?}");
        }
        let upper = format!("evidence/{}", Sha256::of(b"x").to_string().to_uppercase());
        for unknown in ["Receipt.json", "receipt.json2", "evidence/1", "notes.txt", upper.as_str()] {
            assert_eq!(Part::read(unknown), Err(BadName::Unknown), "{unknown}");
        }
    }
}
