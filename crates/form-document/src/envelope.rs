//! Signed statements as they are kept and handed on: DSSE envelopes
//! (<https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>) with Ed25519 signatures.
//!
//! An envelope has one spelling. Were there two, a flipped bit outside the signed bytes could go unseen, and two
//! programs could read two statements in one envelope.

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::canonical::{self, NotCanonical};
use crate::key::{BadSignature, PublicKey, Purpose, SIGNATURE_BYTES, Signature, SigningKey};

/// The most signatures of one envelope: the lead's, the hub's, and some for witnesses to come.
const SIGNATURES_MAX: usize = 16;

/// A statement and who signed it. Nothing of it is trusted before [`Envelope::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The exact bytes that were signed.
    #[serde(serialize_with = "encode", deserialize_with = "decode")]
    pub payload: Vec<u8>,
    /// The media type that was signed with them: [`Purpose::name`].
    #[serde(rename = "payloadType")]
    pub payload_type: String,
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// Whose it says it is; only a key that is known otherwise counts.
    pub keyid: PublicKey,
    #[serde(serialize_with = "encode_signature", deserialize_with = "decode_signature")]
    pub sig: Signature,
}

/// Why an envelope is no word of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    #[error("the envelope cannot be read: {0}")]
    Unreadable(#[from] NotCanonical),
    #[error("the envelope is about “{found}”, not about “{expected}”")]
    OtherType { found: String, expected: &'static str },
    #[error("the envelope has no signature of key {0}")]
    NotSigned(PublicKey),
    #[error("the envelope has two signatures of key {0}")]
    SignedTwice(PublicKey),
    #[error("the envelope has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
    #[error("the signature of key {key}: {bad}")]
    Signature { key: PublicKey, bad: BadSignature },
}

impl Envelope {
    /// Signs a statement.
    pub fn sign(purpose: Purpose, payload: Vec<u8>, key: &SigningKey) -> Self {
        let signature = EnvelopeSignature { keyid: key.public(), sig: key.sign(purpose, &payload) };
        Self { payload, payload_type: purpose.name().to_owned(), signatures: vec![signature] }
    }

    /// Adds another key's signature behind the others.
    pub fn countersign(&mut self, purpose: Purpose, key: &SigningKey) {
        self.countersigned(key.public(), key.sign(purpose, &self.payload));
    }

    /// Adds a signature that was made before.
    pub fn countersigned(&mut self, keyid: PublicKey, sig: Signature) {
        self.signatures.push(EnvelopeSignature { keyid, sig });
    }

    /// The envelope's one spelling.
    ///
    /// # Errors
    /// Never for an envelope as it is made here.
    pub fn to_vec(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::to_vec(self)
    }

    /// Reads an envelope in its one spelling.
    ///
    /// # Errors
    /// When it is none, is about something else, or one key has signed it twice.
    pub fn read(bytes: &[u8], purpose: Purpose) -> Result<Self, BadEnvelope> {
        let envelope: Self = canonical::from_slice(bytes)?;
        envelope.check(purpose)?;
        Ok(envelope)
    }

    /// That it is about what is expected, and no key speaks twice.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn check(&self, purpose: Purpose) -> Result<(), BadEnvelope> {
        if self.payload_type != purpose.name() {
            let found = self.payload_type.clone();
            return Err(BadEnvelope::OtherType { found, expected: purpose.name() });
        }
        if self.signatures.len() > SIGNATURES_MAX {
            return Err(BadEnvelope::TooManySignatures);
        }
        for (at, one) in self.signatures.iter().enumerate() {
            if self.signatures.iter().take(at).any(|other| other.keyid == one.keyid) {
                return Err(BadEnvelope::SignedTwice(one.keyid));
            }
        }
        Ok(())
    }

    /// Checks that a key has signed the payload for a purpose. The payload is to be read only afterwards.
    ///
    /// # Errors
    /// When it has not, or the envelope is about something else.
    pub fn verify(&self, purpose: Purpose, key: &PublicKey) -> Result<&[u8], BadEnvelope> {
        self.check(purpose)?;
        let signature = self.signature(key).ok_or(BadEnvelope::NotSigned(*key))?;
        key.verify(purpose, &self.payload, &signature)
            .map_err(|bad| BadEnvelope::Signature { key: *key, bad })?;
        Ok(&self.payload)
    }

    /// What stands there as a key's signature.
    pub fn signature(&self, key: &PublicKey) -> Option<Signature> {
        self.signatures.iter().find(|signature| signature.keyid == *key).map(|signature| signature.sig)
    }

    /// Whose the first signature says it is: of a statement with one author.
    pub fn author(&self) -> Option<PublicKey> {
        self.signatures.first().map(|signature| signature.keyid)
    }
}

fn encode<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    // Of the spellings that base 64 has for some bytes, this takes the one that it writes.
    BASE64.decode(text.as_bytes()).map_err(serde::de::Error::custom)
}

fn encode_signature<S: Serializer>(signature: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
    encode(&signature.0, serializer)
}

fn decode_signature<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Signature, D::Error> {
    let bytes: [u8; SIGNATURE_BYTES] =
        decode(deserializer)?.try_into().map_err(|_| serde::de::Error::custom("a signature has 64 bytes"))?;
    Ok(Signature(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32]).unwrap()
    }

    #[test]
    fn an_envelope_proves_its_payload_for_its_purpose_and_its_signers_alone() {
        let mut envelope = Envelope::sign(Purpose::Manifest, b"{}".to_vec(), &key(1));
        envelope.countersign(Purpose::Manifest, &key(2));
        let bytes = envelope.to_vec().unwrap();
        let read = Envelope::read(&bytes, Purpose::Manifest).unwrap();
        for seed in [1, 2] {
            assert_eq!(read.verify(Purpose::Manifest, &key(seed).public()), Ok(&b"{}"[..]));
        }
        let stranger = key(3).public();
        assert_eq!(read.verify(Purpose::Manifest, &stranger), Err(BadEnvelope::NotSigned(stranger)));
        assert!(matches!(Envelope::read(&bytes, Purpose::SignOff), Err(BadEnvelope::OtherType { .. })));
        let mut twice = envelope.clone();
        twice.countersign(Purpose::Manifest, &key(2));
        let twice = Envelope::read(&twice.to_vec().unwrap(), Purpose::Manifest);
        assert_eq!(twice, Err(BadEnvelope::SignedTwice(key(2).public())));
    }

    #[test]
    fn every_flipped_bit_of_an_envelope_is_noticed() {
        let envelope = Envelope::sign(Purpose::Manifest, "{\"甲\":1}".as_bytes().to_vec(), &key(1));
        let bytes = envelope.to_vec().unwrap();
        for at in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            let read = Envelope::read(&flipped, Purpose::Manifest);
            let stands = read.is_ok_and(|read| read.verify(Purpose::Manifest, &key(1).public()).is_ok());
            assert!(!stands, "bit {at}");
        }
    }
}
