//! A desk without a disk, light enough for hundreds in one process: it makes real changes, signs real segments, hands
//! them over as the real client does and checks the hub's word on each. It does not merge what others write: the
//! hub's work is measured with it, a desk's own with real workspaces.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use form_client::clock;
use form_client::hub::HubConnection;
use form_document::key::{PublicKey, SigningKey};
use form_document::log::{Item, LogState};
use form_document::wire::{Exchange, Have, Hello, Offer, Page, PageEntry, WireActor, WireChange, WireClaim};
use form_document::{
    ActorId, ChangeHash, Claim, Document, NONCE_BYTES, SEGMENT_MAX_CHANGES, Segment, change_hash,
};
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;
use ring::digest::{SHA256, digest};

use super::company::Company;
use super::work::Step;

/// How many bytes of changes one offer holds at most, as the real client's.
const OFFER_BYTES: usize = 512 << 10;

/// One device's share in one application.
#[derive(Debug)]
pub struct Light {
    pub application: ApplicationId,
    pub document: Document,
    device: Arc<SigningKey>,
    claim: Claim,
    hub: PublicKey,
    /// The roster version that it knows.
    roster: u64,
    log: LogState,
    /// Own changes by seq: handed over up to there, accepted up to there.
    handed: u64,
    accepted: u64,
}

impl Light {
    /// By which its actors are told apart: one is enough, since none of them is restored from a backup.
    pub const NONCE: [u8; NONCE_BYTES] = [1; NONCE_BYTES];

    /// A desk with nothing but the genesis; the hub has the roster of its company.
    ///
    /// # Errors
    /// When the genesis is not the form's.
    pub fn new(
        company: &Company,
        definition: &FormDefinition,
        device: &Arc<SigningKey>,
    ) -> anyhow::Result<Self> {
        let claim = Claim::new(&company.application, device.public(), Self::NONCE);
        let document = Document::from_genesis(&company.genesis, definition, claim.actor.clone())?;
        let hub = company.chain.newest().hub.as_ref().context("the roster names no hub")?.key;
        let mut log = LogState::start(&company.application);
        company.chain.entries_after(0).iter().for_each(|entry| log.push(Item::Roster(entry.hash())));
        Ok(Self {
            application: company.application.clone(),
            document,
            device: Arc::clone(device),
            claim,
            hub,
            roster: company.chain.version(),
            log,
            handed: 0,
            accepted: 0,
        })
    }

    /// The lead's desk as it was when the hub's log stood there: all that the document holds is its own, and accepted.
    ///
    /// # Errors
    /// When the document cannot be loaded.
    pub fn returning(
        company: &Company,
        definition: &FormDefinition,
        saved: &[u8],
        log: LogState,
    ) -> anyhow::Result<Self> {
        let mut light = Self::new(company, definition, &company.lead)?;
        let actor = light.claim.actor.clone();
        light.document = Document::load(saved, &[], &company.application, definition, actor)?;
        light.handed = light.document.last_seq(&light.claim.actor);
        (light.accepted, light.log) = (light.handed, log);
        Ok(light)
    }

    /// Another member's desk that has followed as far as this one. `saved` is this one's document.
    ///
    /// # Errors
    /// When the document cannot be loaded.
    pub fn colleague(
        &self,
        saved: &[u8],
        definition: &FormDefinition,
        device: &Arc<SigningKey>,
    ) -> anyhow::Result<Self> {
        let claim = Claim::new(&self.application, device.public(), Self::NONCE);
        let document = Document::load(saved, &[], &self.application, definition, claim.actor.clone())?;
        let (application, device) = (self.application.clone(), Arc::clone(device));
        Ok(Self { application, document, device, claim, handed: 0, accepted: 0, ..*self })
    }

    /// Makes a change.
    ///
    /// # Errors
    /// When the form does not take it.
    pub fn make(&mut self, step: &Step) -> anyhow::Result<()> {
        step.make(&mut self.document, clock::system())
    }

    /// Who writes here.
    pub fn actor(&self) -> &ActorId {
        &self.claim.actor
    }

    /// Signs and hands over what was not yet, at most `most` changes.
    pub fn offer(&mut self, most: usize) -> Option<Offer> {
        let actor = &self.claim.actor;
        let (first, last) = (self.handed + 1, self.document.last_seq(actor));
        let (mut changes, mut hashes, mut bytes) = (Vec::new(), Vec::new(), 0);
        for seq in (first..=last).take(most.min(SEGMENT_MAX_CHANGES)) {
            let hash = self.document.hash_at(actor, seq)?;
            let change = self.document.change(&hash)?;
            bytes += change.len();
            changes.push(WireChange(change));
            hashes.push(hash);
            if bytes >= OFFER_BYTES {
                break;
            }
        }
        if changes.is_empty() {
            return None;
        }
        let segment =
            Segment::sign(&self.device, &self.application, actor.clone(), first, hashes, self.roster);
        let mut seal = segment.seal(segment.end_seq());
        seal.start = None;
        self.handed += changes.len() as u64;
        let claims = (first == 1).then(|| vec![WireClaim::from(&self.claim)]);
        Some(Offer { changes, seals: vec![seal], claims, roster: None })
    }

    /// Where it stands.
    pub fn hello(&self) -> Hello {
        let own = Have {
            actor: WireActor::from(&self.claim.actor),
            seq: self.document.last_seq(&self.claim.actor),
        };
        Hello { after: self.log.position, log: self.log.hash, have: vec![own] }
    }

    /// Goes through a page of the log and checks the hub's signature. Returns how many of its own changes the page
    /// accepts.
    ///
    /// # Errors
    /// When the hub has not signed it, or has refused anything.
    pub fn follow(&mut self, page: &Page) -> anyhow::Result<u64> {
        ensure!(page.after == self.log.position, "page after {}, log at {}", page.after, self.log.position);
        let before = self.accepted;
        for entry in &page.entries {
            match entry {
                PageEntry::Change(WireChange(bytes)) => {
                    self.log.push(Item::Accepted(hash_of(bytes).context("a page holds what is no change")?));
                }
                PageEntry::Accepted { actor, first_seq, count } => self.own(*actor, *first_seq, *count)?,
                PageEntry::Refused { reason, .. } => bail!("the hub refused an honest change: {reason:?}"),
                PageEntry::Roster(entry) => self.log.push(Item::Roster(entry.hash())),
            }
        }
        page.head.verify(&self.hub, &self.application, &self.log)?;
        Ok(self.accepted - before)
    }

    fn own(&mut self, actor: WireActor, first_seq: u64, count: u64) -> anyhow::Result<()> {
        let actor = ActorId::from(actor);
        ensure!(actor == self.claim.actor, "the hub takes it that another's changes are here");
        for seq in first_seq..first_seq + count {
            let hash = self.document.hash_at(&actor, seq).context("the hub accepts what was not made")?;
            self.log.push(Item::Accepted(hash));
        }
        self.accepted = first_seq + count - 1;
        Ok(())
    }

    /// Hands over all that it has in one message over HTTP, and waits for the verdicts, not for the page.
    ///
    /// # Errors
    /// When the hub cannot be reached or refuses something.
    pub async fn hand_over(&mut self, connection: &HubConnection) -> anyhow::Result<()> {
        let (hello, offer) = (self.hello(), self.offer(SEGMENT_MAX_CHANGES).unwrap_or_default());
        let reply = connection.exchange(&self.application, &Exchange { hello, offer }).await?;
        ensure!(reply.receipt.faults.is_empty() && reply.receipt.waiting.is_empty(), "{:?}", reply.receipt);
        Ok(())
    }

    /// Exchanges over HTTP until all of its own is accepted.
    ///
    /// # Errors
    /// When the hub cannot be reached or refuses something.
    pub async fn exchange(&mut self, connection: &HubConnection) -> anyhow::Result<()> {
        loop {
            let hello = self.hello();
            let offer = self.offer(SEGMENT_MAX_CHANGES).unwrap_or_default();
            let reply = connection.exchange(&self.application, &Exchange { hello, offer }).await?;
            ensure!(reply.receipt.faults.is_empty(), "{:?}", reply.receipt.faults);
            self.follow(&reply.page)?;
            if !reply.more && self.accepted == self.document.last_seq(&self.claim.actor) {
                return Ok(());
            }
        }
    }
}

/// A change's hash: SHA-256 of its chunk after magic bytes and checksum, which the hash itself starts with. A packed
/// one (its type is not 1) is unpacked first. (Automerge's binary format, "Chunk header".)
fn hash_of(bytes: &[u8]) -> Option<ChangeHash> {
    const KIND: usize = 8;
    const PLAIN_CHANGE: u8 = 1;
    if bytes.get(KIND) != Some(&PLAIN_CHANGE) {
        return change_hash(bytes);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes.get(KIND..)?).as_ref());
    Some(ChangeHash(hash))
}
