//! A key's secret bytes under a passphrase: PBKDF2 with HMAC-SHA-256 (RFC 8018) and AES-256-GCM (NIST SP 800-38D).

use std::num::NonZeroU32;

use data_encoding::BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

/// How often the passphrase is hashed: half a second on an office machine, once a start.
const ITERATIONS: u32 = 600_000;

/// The most that a file may ask for: ten seconds.
const ITERATIONS_MAX: u32 = 20_000_000;

/// Keeps this use of the passphrase apart from every other.
const PURPOSE: &[u8] = b"huiqian seal key 1";

/// Secret bytes that a passphrase opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locked {
    iterations: u32,
    /// Base 64, as the others.
    salt: String,
    nonce: String,
    sealed: String,
}

impl Locked {
    /// Locks; `None` when the system gives no random numbers.
    pub(super) fn lock(seed: &[u8; 32], passphrase: &str) -> Option<Self> {
        let (mut salt, mut nonce) = ([0; 16], [0; NONCE_LEN]);
        let random = SystemRandom::new();
        random.fill(&mut salt).ok()?;
        random.fill(&mut nonce).ok()?;
        let mut sealed = seed.to_vec();
        key(passphrase, &salt, ITERATIONS)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(PURPOSE), &mut sealed)
            .ok()?;
        Some(Self {
            iterations: ITERATIONS,
            salt: BASE64.encode(&salt),
            nonce: BASE64.encode(&nonce),
            sealed: BASE64.encode(&sealed),
        })
    }

    /// Opens; `None` with another passphrase, or when the file was altered.
    pub(super) fn open(&self, passphrase: &str) -> Option<[u8; 32]> {
        if self.iterations > ITERATIONS_MAX {
            return None;
        }
        let bytes = |text: &str| BASE64.decode(text.as_bytes()).ok();
        let nonce: [u8; NONCE_LEN] = bytes(&self.nonce)?.try_into().ok()?;
        let mut sealed = bytes(&self.sealed)?;
        let key = key(passphrase, &bytes(&self.salt)?, self.iterations)?;
        let opened =
            key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(PURPOSE), &mut sealed).ok()?;
        (&*opened).try_into().ok()
    }
}

fn key(passphrase: &str, salt: &[u8], iterations: u32) -> Option<LessSafeKey> {
    let mut key = [0; 32];
    pbkdf2::derive(PBKDF2_HMAC_SHA256, NonZeroU32::new(iterations)?, salt, passphrase.as_bytes(), &mut key);
    UnboundKey::new(&AES_256_GCM, &key).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_with_its_passphrase_alone_and_no_altered_file_opens() {
        let locked = Locked::lock(&[7; 32], "口令 一二三").unwrap();
        assert_eq!(locked.open("口令 一二三"), Some([7; 32]));
        assert_eq!(locked.open("口令 一二四"), None);
        let mut altered = locked;
        altered.sealed.replace_range(..1, if altered.sealed.starts_with('A') { "B" } else { "A" });
        assert_eq!(altered.open("口令 一二三"), None);
    }
}
