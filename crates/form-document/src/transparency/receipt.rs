//! The receipt (回执): all that is needed to check, years later and with no network, that a hub has signed and logged a
//! final submission.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checkpoint::{BadCheckpoint, SignedCheckpoint};
use super::key_history::{BadKeys, KeyAct, KeyEvent, KeyHistory};
use super::leaf::Leaf;
use super::origin::Origin;
use super::tree::{BadProof, Tree, check_inclusion};
use crate::canonical::{self, NotCanonical};
use crate::digest::Sha256;
use crate::envelope::{BadEnvelope, Envelope};
use crate::key::{PublicKey, Purpose};
use crate::sign_off::Statement;
use crate::snapshot::{BadManifest, Manifest};
use form_model::id::ApplicationId;
use form_model::member::Role;

/// How a receipt is laid out.
pub const RECEIPT_FORMAT: u64 = 1;

/// A receipt: JSON in its one spelling (RFC 8785). Nothing of it is trusted before [`Receipt::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`].
    pub format: u64,
    /// The manifest, signed by the lead's device and the hub.
    pub envelope: Envelope,
    /// Its place in the log, from 0.
    pub index: u64,
    /// That it is there (RFC 6962, section 2.1.1).
    pub proof: Vec<Sha256>,
    /// The log, as the hub signed it after the entry was added.
    pub checkpoint: String,
    /// All changes of the hub's keys up to there, in order.
    pub keys: Vec<LoggedKeyEvent>,
}

/// A change of the hub's keys, with the proof that the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedKeyEvent {
    pub index: u64,
    pub envelope: Envelope,
    pub proof: Vec<Sha256>,
}

/// What a verifier knows from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The application that it is to be about.
    pub application: Option<ApplicationId>,
    /// The revision that it is to be.
    pub revision: Option<u64>,
    /// The changes of keys that the verifier has from the log itself, with their places: a key may have been taken back
    /// later than the receipt was made, or the receipt may keep silent about it.
    pub later_keys: Vec<(u64, Envelope)>,
}

impl Known {
    /// Adds what the verifier knows of the log to what the receipt says of it: whoever has stolen a key would leave out
    /// that it was taken back. From where the log has begun anew it is another one than the receipt's; the changes that
    /// it has from there on are returned, with their authors.
    fn add_to<'a>(
        &'a self,
        events: &mut BTreeMap<u64, &'a Envelope>,
        origin: &Origin,
    ) -> Result<Vec<(PublicKey, KeyEvent)>, BadReceipt> {
        let mut later = self.later_keys.iter();
        for (index, envelope) in later.by_ref() {
            let (_, event) = KeyEvent::read(envelope)?;
            if event.log == *origin && matches!(event.act, KeyAct::BeginAnew { .. }) {
                break;
            }
            if events.insert(*index, envelope).is_some_and(|said| said != envelope) {
                return Err(BadKeys::OutOfOrder.into());
            }
        }
        Ok(later.map(|(_, envelope)| KeyEvent::read(envelope)).collect::<Result<_, _>>()?)
    }
}

/// What a receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReceipt {
    pub manifest: Manifest,
    /// Of the exact bytes that were signed.
    pub digest: Sha256,
    /// The lead's device.
    pub lead: PublicKey,
    /// The hub's key.
    pub hub: PublicKey,
    pub origin: Origin,
    pub index: u64,
    pub tree: Tree,
    /// The sign-offs and the declaration, each with its device.
    pub statements: Vec<(PublicKey, Statement)>,
}

/// Why a receipt proves nothing. Each is one thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    #[error("the receipt cannot be read: {0}")]
    Unreadable(#[from] NotCanonical),
    #[error("the receipt has format {found}, this program knows {RECEIPT_FORMAT}")]
    Format { found: u64 },
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
    #[error(transparent)]
    Keys(#[from] BadKeys),
    #[error("change {index} of the hub's keys is not in the log: {bad}")]
    KeyProof { index: u64, bad: BadProof },
    #[error("the log had no key that counts at entry {index}: it was taken back, or never named")]
    NoKey { index: u64 },
    #[error("the hub's signature: {0}")]
    Hub(BadEnvelope),
    #[error("the lead's signature: {0}")]
    Lead(BadEnvelope),
    #[error("the submission is signed by no lead")]
    NoLead,
    #[error("the submission is not in the log: {0}")]
    Proof(BadProof),
    #[error(transparent)]
    Manifest(#[from] BadManifest),
    #[error("the receipt is about application {found}")]
    OtherApplication { found: ApplicationId },
    #[error("the receipt is about revision {found}")]
    OtherRevision { found: u64 },
}

impl Receipt {
    /// The receipt's one spelling.
    ///
    /// # Errors
    /// Never for a receipt as it is made here.
    pub fn to_vec(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::to_vec(self)
    }

    /// Reads a receipt in its one spelling.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, BadReceipt> {
        let receipt: Self = canonical::from_slice(bytes)?;
        if receipt.format != RECEIPT_FORMAT {
            return Err(BadReceipt::Format { found: receipt.format });
        }
        Ok(receipt)
    }

    /// Checks everything in it, given the root key of the hub's log alone.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify(&self, root: &PublicKey, known: &Known) -> Result<VerifiedReceipt, BadReceipt> {
        let checkpoint = SignedCheckpoint(self.checkpoint.clone());
        let (origin, tree) = checkpoint.read()?;
        let keys = self.keys(&origin, tree, root, known)?;
        let last = tree.size.saturating_sub(1);
        let signer = keys.signer(&origin, tree.size)?.ok_or(BadReceipt::NoKey { index: last })?;
        let tree = checkpoint.verify(&origin, &signer)?;
        let hub = keys.at(self.index).ok_or(BadReceipt::NoKey { index: self.index })?;
        let payload = self.envelope.verify(Purpose::Manifest, &hub).map_err(BadReceipt::Hub)?;
        let manifest = Manifest::read(payload)?;
        let lead = self.lead(&manifest)?;
        let leaf = Leaf::of(&self.envelope, Purpose::Manifest, &lead).ok_or(BadReceipt::NoLead)?;
        check_inclusion(tree, self.index, leaf.hash(), &self.proof).map_err(BadReceipt::Proof)?;
        if let Some(application) = &known.application
            && manifest.application != *application
        {
            return Err(BadReceipt::OtherApplication { found: manifest.application });
        }
        if known.revision.is_some_and(|revision| revision != manifest.revision) {
            return Err(BadReceipt::OtherRevision { found: manifest.revision });
        }
        let statements = manifest.statements()?;
        let digest = Sha256::of(payload);
        Ok(VerifiedReceipt { manifest, digest, lead, hub, origin, index: self.index, tree, statements })
    }

    fn keys(
        &self,
        origin: &Origin,
        tree: Tree,
        root: &PublicKey,
        known: &Known,
    ) -> Result<KeyHistory, BadReceipt> {
        let mut events: BTreeMap<u64, &Envelope> = BTreeMap::new();
        for event in &self.keys {
            if events.last_key_value().is_some_and(|(last, _)| *last >= event.index) {
                return Err(BadKeys::OutOfOrder.into());
            }
            events.insert(event.index, &event.envelope);
        }
        let lost = known.add_to(&mut events, origin)?;
        let mut keys = KeyHistory::default();
        for (index, envelope) in events {
            keys.push(index, envelope, root)?;
        }
        keys.signer(origin, tree.size)?;
        for (author, event) in lost {
            if let (true, KeyAct::Revoke { key, position, .. }) = (author == *root, event.act) {
                keys.distrust(key, position);
            }
        }
        for event in &self.keys {
            let author = event.envelope.author().ok_or(BadKeys::NotByRoot)?;
            let leaf = Leaf::of(&event.envelope, Purpose::HubKey, &author).ok_or(BadKeys::NotByRoot)?;
            check_inclusion(tree, event.index, leaf.hash(), &event.proof)
                .map_err(|bad| BadReceipt::KeyProof { index: event.index, bad })?;
        }
        Ok(keys)
    }

    /// The device that handed the submission in: the envelope's first signature, by a lead of the manifest.
    fn lead(&self, manifest: &Manifest) -> Result<PublicKey, BadReceipt> {
        let lead = self.envelope.author().ok_or(BadReceipt::NoLead)?;
        let device = manifest.roster.devices.get(&lead).ok_or(BadReceipt::NoLead)?;
        let agency = manifest.roster.agencies.get(&device.agency);
        if agency.is_none_or(|agency| agency.role != Role::Lead) {
            return Err(BadReceipt::NoLead);
        }
        self.envelope.verify(Purpose::Manifest, &lead).map_err(BadReceipt::Lead)?;
        Ok(lead)
    }
}
