//! The files of a form package and their identity.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::hex;

/// Folders that accompany a package and are no part of it: an example's answers and the official text
/// that the form was made from.
const COMPANIONS: [&str; 2] = ["sample/", "notice/"];

/// A form package's files by their path within it, with `/` between the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFiles(pub BTreeMap<String, Vec<u8>>);

impl PackageFiles {
    /// Whether a file makes the package what it is. `sample/` and `notice/` may lie beside it, change
    /// without a new version and are neither read nor hashed; nor are the hidden files that desktops and
    /// editors leave behind.
    pub fn belongs(path: &str) -> bool {
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        !hidden && !COMPANIONS.iter().any(|folder| path.starts_with(folder))
    }

    /// The files that belong to the package, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .filter(|(path, _)| Self::belongs(path))
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// SHA-256, lower-case hex, over the files in the order of their paths' bytes: of each the path's
    /// length, the path, the content's length, the content; lengths in bytes as 64 bits, big-endian.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, bytes) in self.iter() {
            for part in [path.as_bytes(), bytes] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        hex::encode(&hasher.finalize())
    }
}
