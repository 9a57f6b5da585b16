//! Keys and signatures: Ed25519 (RFC 8032), always over bytes that say what they are.

use std::fmt;

use minicbor::{CborLen, Decode, Encode};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// Length of a public key in bytes (RFC 8032, section 5.1.5).
pub const PUBLIC_KEY_BYTES: usize = 32;
/// Length of a signature in bytes (RFC 8032, section 5.1.6).
pub const SIGNATURE_BYTES: usize = 64;

/// What a signature is for. Its name is signed with the content, so that a signature given for one purpose
/// proves nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A device's consecutive changes: [`crate::Segment`].
    Segment,
    /// A step of the roster: [`crate::roster::Entry`].
    RosterEntry,
    /// That the holder of an invited device's key asks to be enrolled: [`crate::roster::Enrolment`].
    Enrolment,
    /// The hub's word on its log: [`crate::log::LogHead`].
    LogHead,
    /// A device's answer to the hub's challenge.
    Challenge,
    /// One request of a device to the hub.
    Request,
    /// The hub's answer to a device that asks who it is.
    HubAnswer,
    /// An agency's word on a section, or the lead's on all of them: [`crate::sign_off::Statement`].
    SignOff,
    /// A final submission: the manifest.
    Manifest,
    /// Which key a hub signs with from when on: a key event.
    HubKey,
    /// The hub's word, by the key that its members know, on the root key of its public log.
    LogRoot,
}

impl Purpose {
    /// The media type that is signed with the content.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segment => "application/vnd.huiqian.segment.v1",
            Self::RosterEntry => "application/vnd.huiqian.roster-entry.v1+json",
            Self::Enrolment => "application/vnd.huiqian.enrolment.v1",
            Self::LogHead => "application/vnd.huiqian.log-head.v1",
            Self::Challenge => "application/vnd.huiqian.challenge.v1",
            Self::Request => "application/vnd.huiqian.request.v1",
            Self::HubAnswer => "application/vnd.huiqian.hub-answer.v1",
            Self::SignOff => "application/vnd.huiqian.sign-off.v1+json",
            Self::Manifest => "application/vnd.huiqian.manifest.v1+json",
            Self::HubKey => "application/vnd.huiqian.hub-key.v1+json",
            Self::LogRoot => "application/vnd.huiqian.log-root.v1",
        }
    }
}

/// The bytes that are signed: DSSE's pre-authentication encoding of the purpose's name and the content
/// (<https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>).
pub(crate) fn encoding(purpose: Purpose, content: &[u8]) -> Vec<u8> {
    let name = purpose.name();
    let mut bytes = format!("DSSEv1 {} {name} {} ", name.len(), content.len()).into_bytes();
    bytes.extend_from_slice(content);
    bytes
}

/// An Ed25519 public key; as text 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen)]
#[cbor(transparent)]
pub struct PublicKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; PUBLIC_KEY_BYTES]);

/// An Ed25519 signature; as text 128 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(transparent)]
pub struct Signature(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; SIGNATURE_BYTES]);

/// Bytes that somebody drew by chance, for somebody else to sign; as text 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce(pub [u8; 32]);

/// A signature that its content and key do not bear out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit; the content was altered, or another key signed it")]
pub struct BadSignature;

/// A text that is no key or signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not the right number of lower-case hex digits")]
pub struct BadHex(pub String);

/// Bytes that hold no key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes hold no Ed25519 key pair")]
pub struct BadKeyPair;

impl PublicKey {
    /// Checks a signature.
    ///
    /// # Errors
    /// When this key did not sign this content for this purpose.
    pub fn verify(
        &self,
        purpose: Purpose,
        content: &[u8],
        signature: &Signature,
    ) -> Result<(), BadSignature> {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(&encoding(purpose, content), &signature.0)
            .map_err(|_| BadSignature)
    }

    /// Checks a signature over bytes that are the whole message: a signed note, whose first line says what it is.
    pub(crate) fn verify_note(&self, note: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(note, signature).is_ok()
    }

    /// Enough of the key to tell a person's devices apart.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

/// A key pair that signs. Ed25519 draws no random numbers: the same content always gets the same signature.
pub struct SigningKey {
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// From a key file's content (PKCS#8, RFC 8410), with or without the public half.
    ///
    /// # Errors
    /// When the bytes hold no key pair.
    pub fn from_pkcs8(document: &[u8]) -> Result<Self, BadKeyPair> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map(|pair| Self { pair }).map_err(|_| BadKeyPair)
    }

    /// From the 32 secret bytes that a key pair is made of (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// Never for 32 bytes, as far as ring says.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, BadKeyPair> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(|pair| Self { pair }).map_err(|_| BadKeyPair)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; PUBLIC_KEY_BYTES];
        key.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(key)
    }

    /// Signs content for a purpose.
    pub fn sign(&self, purpose: Purpose, content: &[u8]) -> Signature {
        let mut signature = [0; SIGNATURE_BYTES];
        signature.copy_from_slice(self.pair.sign(&encoding(purpose, content)).as_ref());
        Signature(signature)
    }

    /// Signs bytes that are the whole message: see [`PublicKey::verify_note`].
    pub(crate) fn sign_note(&self, note: &[u8]) -> Vec<u8> {
        self.pair.sign(note).as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public())
    }
}

macro_rules! hex_text {
    ($type:ident) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&form_model::hex::encode(&self.0))
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::key::BadHex;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                form_model::hex::decode(text).map(Self).ok_or_else(|| crate::key::BadHex(text.to_owned()))
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use hex_text;

hex_text!(PublicKey);
hex_text!(Signature);
hex_text!(Nonce);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_proves_its_content_purpose_and_key_alone() {
        let key = SigningKey::from_seed(&[1; 32]).unwrap();
        let signature = key.sign(Purpose::Segment, b"content");
        assert_eq!(key.public().verify(Purpose::Segment, b"content", &signature), Ok(()));
        assert_eq!(key.public().verify(Purpose::Segment, b"other", &signature), Err(BadSignature));
        assert_eq!(key.public().verify(Purpose::LogHead, b"content", &signature), Err(BadSignature));
        let other = SigningKey::from_seed(&[2; 32]).unwrap().public();
        assert_eq!(other.verify(Purpose::Segment, b"content", &signature), Err(BadSignature));
    }

    #[test]
    fn keys_read_back_from_their_text_in_one_spelling_only() {
        let key = SigningKey::from_seed(&[1; 32]).unwrap().public();
        assert_eq!(key.to_string().parse(), Ok(key));
        assert!(key.to_string().to_uppercase().parse::<PublicKey>().is_err());
        assert!("12".parse::<PublicKey>().is_err());
    }
}
