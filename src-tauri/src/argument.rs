//! What the program is started with: `huiqian-desktop [--home DIR] [FILE…]`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, bail};
use form_client::home;

/// The data folder and the files to take in.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    pub home: PathBuf,
    pub files: Vec<PathBuf>,
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    /// When an option is unknown or `--home` has no folder.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> anyhow::Result<Self> {
        let mut words = words.into_iter();
        let mut found = Self { home: home::default_folder(), files: Vec::new() };
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--home") => {
                    found.home = words.next().context("--home needs a folder: --home DIR")?.into();
                }
                Some(option) if option.starts_with("--") => {
                    bail!("unknown option {option}; this program takes [--home DIR] [FILE…]");
                }
                _ => found.files.push(word.into()),
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> anyhow::Result<Arguments> {
        Arguments::read(words.iter().map(OsString::from))
    }

    #[test]
    fn a_folder_and_files_are_read_in_any_order() {
        let arguments = read(&["a.automerge", "--home", "/data", "b.automerge"]).unwrap();
        assert_eq!(arguments.home, PathBuf::from("/data"));
        assert_eq!(arguments.files, [PathBuf::from("a.automerge"), PathBuf::from("b.automerge")]);
    }

    #[test]
    fn an_unknown_option_is_refused_by_name() {
        assert!(read(&["--hoem", "/data"]).unwrap_err().to_string().contains("--hoem"));
    }
}
