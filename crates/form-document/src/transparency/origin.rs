//! What a log is called.

use serde::{Deserialize, Serialize};

use crate::key::PublicKey;

/// Longest name of a log, in bytes: a host and a path.
const ORIGIN_MAX_BYTES: usize = 200;

/// A log's name, the first line of its checkpoints: such as `hub.example/huiqian`. It has no white space and no `+`
/// (C2SP signed-note, key names).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// A text that is no log's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no name of a log: up to {ORIGIN_MAX_BYTES} bytes without white space, control characters and “+”"
)]
pub struct BadOrigin(String);

impl Origin {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = BadOrigin;

    fn try_from(text: String) -> Result<Self, BadOrigin> {
        let sound = (1..=ORIGIN_MAX_BYTES).contains(&text.len())
            && !text.chars().any(|char| char.is_whitespace() || char.is_control() || char == '+')
            // What is signed otherwise begins so.
            && !text.starts_with("DSSEv1");
        if sound { Ok(Self(text)) } else { Err(BadOrigin(text)) }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a hub's members' key signs to vouch for a log's root key: the name, a line end, and the key's 64 hex digits.
pub fn log_root(origin: &Origin, root: &PublicKey) -> Vec<u8> {
    format!("{origin}\n{root}").into_bytes()
}
