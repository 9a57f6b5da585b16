//! One filled application as a pattern for thousands: the same changes under another genesis and another device. Every
//! id, hash and signature of a copy is its own, as if somebody had typed it; only the typing is saved.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use automerge::legacy::{ElementId, Key, ObjectId, OpId};
use automerge::{Change, ExpandedChange};
use form_client::clock;
use form_document::key::{PublicKey, SigningKey};
use form_document::log::{Item, LogHead, LogState};
use form_document::wire::{PackageFile, WireActor};
use form_document::{ActorId, ChangeHash, Claim, Document, SEGMENT_MAX_CHANGES, Segment};
use form_model::id::ApplicationId;
use sync_server::storage::record::{
    ApplicationRecord, ApplicationWrite, Fold, NewApplication, Run, SegmentRecord, SnapshotRecord, StoredHead,
};

use super::company::{Company, fresh_key};
use super::light::Light;
use super::work::{Form, Step};

/// The pattern.
#[derive(Debug)]
pub struct Template<'a> {
    form: &'a Form,
    hub: (String, Arc<SigningKey>),
    changes: Vec<ExpandedChange>,
    genesis_actor: ActorId,
}

/// A copy: what the hub stores of it, and what its lead needs to go on.
#[derive(Debug)]
pub struct Copy {
    pub company: Company,
    pub document: Vec<u8>,
    pub log: LogState,
    pub write: ApplicationWrite,
}

impl<'a> Template<'a> {
    /// Types the sample, and then on until there are so many changes.
    ///
    /// # Errors
    /// When the form does not take it.
    pub fn new(form: &'a Form, url: &str, hub: Arc<SigningKey>, changes: usize) -> anyhow::Result<Self> {
        let company = Company::found(form, (url, hub.public()), fresh_key()?, 0, |_| "")?;
        let mut light = Light::new(&company, &form.package.definition, &company.lead)?;
        let more = (0..).map(Step::character);
        for step in form.sample.steps().chain(more).take(changes) {
            light.make(&step)?;
        }
        let offer: Vec<_> = light.document.changes();
        let genesis = Change::from_bytes(company.genesis.clone())?;
        let decode = |bytes: &Vec<u8>| Ok(Change::from_bytes(bytes.clone())?.decode());
        let changes = offer.iter().skip(1).map(decode).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { form, hub: (url.to_owned(), hub), changes, genesis_actor: genesis.actor_id().clone() })
    }

    /// The next copy, led by this device.
    ///
    /// # Errors
    /// When the document does not come out.
    pub fn copy(&self, lead: &Arc<SigningKey>) -> anyhow::Result<Copy> {
        let (url, hub) = (&self.hub.0, &self.hub.1);
        let company = Company::found(self.form, (url, hub.public()), Arc::clone(lead), 0, |_| "")?;
        let genesis = Change::from_bytes(company.genesis.clone())?;
        let claim = Claim::new(&company.application, lead.public(), Light::NONCE);
        let own = self.changes.first().context("an empty pattern")?.actor_id.clone();
        let names = BTreeMap::from([
            (own, claim.actor.clone()),
            (self.genesis_actor.clone(), genesis.actor_id().clone()),
        ]);
        let (mut last, mut hashes, mut raw) = (genesis.hash(), Vec::new(), Vec::new());
        for change in &self.changes {
            let change = Change::from(renamed(change, &names, last)?);
            last = change.hash();
            hashes.push(last);
            raw.push(change.raw_bytes().to_vec());
        }
        let definition = &self.form.package.definition;
        let actor = claim.actor.clone();
        let document = Document::load(&company.genesis, &raw, &company.application, definition, actor)?;
        ensure!(document.change_count() == hashes.len() as u64 + 1, "the copy lacks changes");
        let document = document.save();
        let (log, write) = self.stored(&company, &claim, &hashes, &document);
        Ok(Copy { company, document, log, write })
    }

    /// What the hub has stored once it has accepted all of it and folded the log.
    fn stored(
        &self,
        company: &Company,
        claim: &Claim,
        hashes: &[ChangeHash],
        document: &[u8],
    ) -> (LogState, ApplicationWrite) {
        let (id, now_ms) = (&company.application, clock::system());
        let before = LogState::start(id);
        let (mut log, mut runs) = (before, Vec::new());
        let mut write = ApplicationWrite::new(id.clone());
        for (version, entry) in (1..).zip(company.chain.entries_after(0)) {
            log.push(Item::Roster(entry.hash()));
            runs.push(Run::Roster { version });
            write.roster.push((version, entry.clone()));
        }
        hashes.iter().for_each(|hash| log.push(Item::Accepted(*hash)));
        let actor = WireActor::from(&claim.actor);
        runs.push(Run::Accepted { actor, first_seq: 1, count: hashes.len() as u64 });
        write.segments = segments(company, id, claim, hashes);
        let head = StoredHead { head: LogHead::sign(&self.hub.1, id, &log, 0, now_ms), state: log };
        let publisher: PublicKey = company.lead.public();
        let files = self.form.package.files.0.iter();
        let package =
            files.map(|(path, content)| PackageFile { path: path.clone(), content: content.clone() });
        let (genesis, hash) = (company.genesis.clone(), self.form.package.definition.hash.clone());
        let record =
            ApplicationRecord { genesis, package: hash, publisher, created_ms: now_ms, recovering: false };
        write.created = Some(NewApplication { record, package: package.collect() });
        write.claims = vec![claim.clone()];
        write.floors = vec![(publisher, company.chain.version())];
        write.members = Some(vec![publisher]);
        write.head = Some(head);
        let snapshot = SnapshotRecord { head, document: document.to_vec() };
        write.fold = Some((snapshot, Fold { before, after: log, runs }));
        (log, write)
    }
}

fn segments(
    company: &Company,
    id: &ApplicationId,
    claim: &Claim,
    hashes: &[ChangeHash],
) -> Vec<SegmentRecord> {
    let roster = company.chain.version();
    let parts = (0..).step_by(SEGMENT_MAX_CHANGES).zip(hashes.chunks(SEGMENT_MAX_CHANGES));
    let sign = |(at, part): (u64, &[ChangeHash])| {
        let actor = claim.actor.clone();
        let segment = Segment::sign(&company.lead, id, actor, at + 1, part.to_vec(), roster);
        let count = part.len() as u64;
        let (actor, first_seq, signature) = (segment.actor, segment.first_seq, segment.signature);
        SegmentRecord { actor, first_seq, count, roster, signature, rest: Vec::new() }
    };
    parts.map(sign).collect()
}

/// A change with other actors' names, after another change.
fn renamed(
    change: &ExpandedChange,
    names: &BTreeMap<ActorId, ActorId>,
    after: ChangeHash,
) -> anyhow::Result<ExpandedChange> {
    let name = |actor: &ActorId| names.get(actor).cloned().context("the pattern has another actor");
    let id = |id: &OpId| anyhow::Ok(OpId(id.0, name(&id.1)?));
    let mut copy = change.clone();
    copy.actor_id = name(&change.actor_id)?;
    (copy.deps, copy.hash) = (vec![after], None);
    for op in &mut copy.operations {
        if let ObjectId::Id(object) = &mut op.obj {
            *object = id(object)?;
        }
        if let Key::Seq(ElementId::Id(element)) = &mut op.key {
            *element = id(element)?;
        }
        op.pred = op.pred.iter().map(id).collect::<anyhow::Result<Vec<_>>>()?.into();
    }
    Ok(copy)
}
