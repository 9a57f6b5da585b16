//! Codes that people pass on: an invite, and the lead's recovery code. Each stands for a key pair and says which
//! application it is about, so that a hub cannot pass another one off.

use form_document::key::SigningKey;
use form_document::paper;
use form_model::id::ApplicationId;
use ring::digest::{Context, SHA256, digest};

/// Random bytes in a code: 128 bits, beyond guessing.
pub const SECRET_BYTES: usize = 16;
/// Bytes of the application's id in a code: 80 bits, beyond being made to fit.
const ID_BYTES: usize = 10;
/// Bytes that tell a mistyped code.
const CHECK_BYTES: usize = 2;
const CODE_BYTES: usize = SECRET_BYTES + ID_BYTES + CHECK_BYTES;
/// Characters between the hyphens of a code.
const GROUP: usize = 5;
/// Between the hub's address and the code.
const MARK: char = '#';

/// What a code is for. One made for one purpose stands for another key in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    Invite,
    Recovery,
}

/// A code with the address that it is good at.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    pub hub: String,
    secret: [u8; SECRET_BYTES],
    application: [u8; ID_BYTES],
}

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCode {
    /// It lacks the hub's address.
    NoHub,
    /// It has the wrong length, or a character that no code has.
    NotACode,
    /// A character was mistyped or left out.
    Mistyped,
}

impl Code {
    /// The code for an application.
    pub fn new(hub: &str, secret: [u8; SECRET_BYTES], application: &ApplicationId) -> Self {
        Self { hub: hub.to_owned(), secret, application: id_start(application) }
    }

    /// Reads what a person pasted: address, `#`, code. Spaces, line ends, hyphens and the case of letters do not
    /// matter.
    ///
    /// # Errors
    /// When it is no code.
    pub fn read(text: &str) -> Result<Self, BadCode> {
        let text: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        let (hub, code) = text.rsplit_once(MARK).ok_or(BadCode::NoHub)?;
        if !hub.starts_with("http://") && !hub.starts_with("https://") {
            return Err(BadCode::NoHub);
        }
        let code: String = code.chars().filter(|char| *char != '-').collect();
        let bytes = paper::alphabet()
            .ok_or(BadCode::NotACode)?
            .decode(code.as_bytes())
            .map_err(|_| BadCode::NotACode)?;
        let bytes = <[u8; CODE_BYTES]>::try_from(bytes).map_err(|_| BadCode::NotACode)?;
        let (content, check) = bytes.split_at(SECRET_BYTES + ID_BYTES);
        if check != checksum(content) {
            return Err(BadCode::Mistyped);
        }
        let mut code = Self { hub: hub.to_owned(), secret: [0; SECRET_BYTES], application: [0; ID_BYTES] };
        let (secret, application) = content.split_at(SECRET_BYTES);
        code.secret.copy_from_slice(secret);
        code.application.copy_from_slice(application);
        Ok(code)
    }

    /// The key pair that the code stands for.
    ///
    /// # Errors
    /// Never, as far as ring says.
    pub fn key(&self, kind: CodeKind) -> Result<SigningKey, form_document::key::BadKeyPair> {
        let domain: &[u8] = match kind {
            CodeKind::Invite => b"huiqian invite 1\0",
            CodeKind::Recovery => b"huiqian recovery 1\0",
        };
        let mut context = Context::new(&SHA256);
        context.update(domain);
        context.update(&self.secret);
        let mut seed = [0; 32];
        seed.copy_from_slice(context.finish().as_ref());
        SigningKey::from_seed(&seed)
    }

    /// Whether the code is about the application.
    pub fn is_about(&self, application: &ApplicationId) -> bool {
        self.application == id_start(application)
    }

    /// What a person passes on.
    pub fn text(&self) -> String {
        let content = [self.secret.as_slice(), &self.application].concat();
        let bytes = [content.as_slice(), &checksum(&content)].concat();
        let code = paper::alphabet().map(|alphabet| alphabet.encode(&bytes)).unwrap_or_default();
        let groups: Vec<&str> =
            code.as_bytes().chunks(GROUP).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        format!("{}{MARK}{}", self.hub, groups.join("-"))
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({}{MARK}…)", self.hub)
    }
}

fn checksum(content: &[u8]) -> [u8; CHECK_BYTES] {
    let hash = digest(&SHA256, content);
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&hash.as_ref()[..CHECK_BYTES]);
    check
}

fn id_start(application: &ApplicationId) -> [u8; ID_BYTES] {
    let mut start = [0; ID_BYTES];
    for (byte, digits) in start.iter_mut().zip(application.0.as_bytes().chunks_exact(2)) {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Code {
        Code::new("https://hub.example:8443", [7; SECRET_BYTES], &ApplicationId("ab".repeat(32)))
    }

    #[test]
    fn a_code_reads_back_however_it_was_pasted() {
        let text = code().text();
        let (hub, digits) = text.split_once('#').unwrap();
        for pasted in [
            text.clone(),
            format!("  {hub}#\n{}\n", digits.replace('-', " ")),
            format!("{hub}#{}", digits.to_lowercase().replace('0', "o").replace('1', "l")),
        ] {
            assert_eq!(Code::read(&pasted), Ok(code()), "{pasted}");
        }
        assert!(code().is_about(&ApplicationId("ab".repeat(32))));
        assert!(!code().is_about(&ApplicationId("ac".repeat(32))));
    }

    #[test]
    fn mistakes_are_told_apart() {
        let text = code().text();
        assert_eq!(Code::read("ABCDE-FGHJK"), Err(BadCode::NoHub));
        assert_eq!(Code::read(&text[..text.len() - 2]), Err(BadCode::NotACode));
        let last = if text.ends_with('Z') { "Y" } else { "Z" };
        let mistyped = text.replacen(&text[26..27], last, 1);
        assert!(matches!(Code::read(&mistyped), Err(BadCode::Mistyped | BadCode::NotACode)), "{mistyped}");
        assert_eq!(Code::read("https://hub.example#密码"), Err(BadCode::NotACode));
    }

    #[test]
    fn an_invite_and_a_recovery_code_of_one_secret_are_different_keys() {
        let keys = [CodeKind::Invite, CodeKind::Recovery].map(|kind| code().key(kind).unwrap().public());
        assert_ne!(keys[0], keys[1]);
    }
}
