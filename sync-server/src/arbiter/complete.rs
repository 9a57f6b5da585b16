//! The public log of a hub that was restored. A signature given now could contradict one that the backup has forgotten,
//! so nothing is added or signed until the log has what a copy of it knows; or until the root key has it begin anew
//! under another name.

use std::collections::BTreeMap;

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose, SigningKey};
use form_document::snapshot::Manifest;
use form_document::transparency::{
    KeyAct, KeyHistory, Known, Leaf, Origin, Receipt, Tree, TreeHashes, stored_hash_index,
};

use super::core::Core;
use super::seal::{check_event, unsealed};
use crate::error::{ErrorCode, HubError};
use crate::log_copy::{CheckedCopy, LogCopy};
use crate::storage::record::Commit;
use crate::storage::seal::{SealEntry, SealSubject, SealWrite, StoredCheckpoint};

/// How many entries are compared at once.
const STEP: u64 = 256;

/// What a log has got back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completed {
    /// How many entries it has now.
    pub size: u64,
    /// How many of them are new.
    pub added: u64,
    /// Of how many new ones nobody has said what they are about: they prove what they proved, and the hub gives no
    /// receipt for them.
    pub unknown: u64,
}

impl Core {
    /// Takes back from a copy of the public log what is missing here, and from receipts what its entries are about.
    ///
    /// # Errors
    /// When the copy is not the hub's own word, is shorter than the log here or another than it; when a receipt is no
    /// receipt of that log, or knows more of it than the copy; when the store fails.
    pub fn complete(&mut self, copy: &LogCopy, receipts: &[Receipt]) -> Result<Completed, HubError> {
        let root = self.log_root()?.ok_or_else(|| unsealed("the signature log is empty"))?;
        let checked = copy.check(&root).map_err(|bad| refused(&bad))?;
        let size = self.storage.seal_size()?;
        self.check_extends(copy, size)?;
        let contents = self.contents(copy, &checked, receipts, &root)?;
        let mut completed = Completed { size: checked.tree.size, ..Completed::default() };
        let mut seals = Vec::new();
        for entry in contents.values().filter(|entry| entry.index < size) {
            let here = self.storage.seal_entry(entry.index)?;
            if here.is_some_and(|here| here.subject == SealSubject::Unknown) {
                seals.push(SealWrite::Content(Box::new(entry.clone())));
            }
        }
        for (index, leaf) in (0..).zip(&copy.leaves).filter(|(index, _)| *index >= size) {
            let unknown = || SealEntry::unknown(index, *leaf, self.clock.now_ms());
            let entry = contents.get(&index).cloned().unwrap_or_else(unknown);
            completed.added += 1;
            completed.unknown += u64::from(entry.subject == SealSubject::Unknown);
            seals.push(stored(entry, &checked.hashes));
        }
        if completed.added > 0 {
            let note = copy.checkpoint.0.clone();
            seals.push(SealWrite::Checkpoint(StoredCheckpoint { size: completed.size, note }));
        }
        seals.push(SealWrite::Complete);
        self.commit(&Commit { seals, ..Commit::default() })?;
        Ok(completed)
    }

    /// That a copy has all entries that are here.
    fn check_extends(&self, copy: &LogCopy, size: u64) -> Result<(), HubError> {
        if (copy.leaves.len() as u64) < size {
            let known = copy.leaves.len();
            return Err(refused(&format!(
                "it has {known} entries, and the log here {size}; take a newer copy"
            )));
        }
        let mut copied = (0..).zip(&copy.leaves);
        for step in 0..size.div_ceil(STEP) {
            for entry in self.storage.seal_range(step.saturating_mul(STEP), STEP)? {
                if copied.next() != Some((entry.index, &entry.leaf)) {
                    let index = entry.index;
                    return Err(refused(&format!("its entry {index} is another than the log's here")));
                }
            }
        }
        Ok(())
    }

    /// What is known of the log's entries: changes of keys by the copy itself, final revisions by receipts.
    fn contents(
        &self,
        copy: &LogCopy,
        checked: &CheckedCopy,
        receipts: &[Receipt],
        root: &PublicKey,
    ) -> Result<BTreeMap<u64, SealEntry>, HubError> {
        let mut contents = BTreeMap::new();
        for (index, envelope) in &copy.keys {
            let entry = self.known(*index, envelope, Purpose::HubKey, SealSubject::Key)?;
            contents.insert(*index, entry);
        }
        let known = Known { later_keys: copy.keys.clone(), ..Known::default() };
        for receipt in receipts {
            let proven = receipt.verify(root, &known).map_err(|bad| refused(&bad))?;
            if proven.tree.size > checked.tree.size {
                let (more, less) = (proven.tree.size, checked.tree.size);
                let detail =
                    format!("a receipt knows {more} entries of the log, the copy {less}; take a newer copy");
                return Err(refused(&detail));
            }
            let Manifest { application, revision: number, .. } = proven.manifest;
            let mut envelope = receipt.envelope.clone();
            envelope.signatures.retain(|one| one.keyid == proven.lead);
            let subject = SealSubject::Revision { application, number };
            let mut entry = self.known(proven.index, &envelope, Purpose::Manifest, subject)?;
            if copy.leaves.get(usize::try_from(entry.index).unwrap_or(usize::MAX)) != Some(&entry.leaf) {
                return Err(refused(&format!("a receipt is about another entry {}", entry.index)));
            }
            entry.signature = receipt.envelope.signature(&proven.hub);
            contents.insert(entry.index, entry);
        }
        Ok(contents)
    }

    /// An entry of which the envelope is known; a change of keys bears the signature that it needs.
    fn known(
        &self,
        index: u64,
        envelope: &Envelope,
        purpose: Purpose,
        subject: SealSubject,
    ) -> Result<SealEntry, HubError> {
        let author = envelope.author().ok_or_else(|| refused(&"a statement is signed by nobody"))?;
        let leaf = Leaf::of(envelope, purpose, &author)
            .ok_or_else(|| refused(&"a statement is not its author's"))?;
        Ok(SealEntry {
            index,
            subject,
            leaf,
            envelope: envelope.to_vec().map_err(|error| refused(&error))?,
            digest: Sha256::of(&envelope.payload),
            added_ms: self.clock.now_ms(),
            signature: envelope.signature(&author),
        })
    }

    /// Says what an entry is about that the hub has lost and somebody brings again. Returns whether there was one.
    pub(super) fn recall(
        &mut self,
        envelope: &Envelope,
        lead: &PublicKey,
        manifest: &Manifest,
    ) -> Result<bool, HubError> {
        let Some(leaf) = Leaf::of(envelope, Purpose::Manifest, lead) else { return Ok(false) };
        let Some(lost) = self.storage.seal_unknown(&leaf)? else { return Ok(false) };
        let (application, number) = (manifest.application.clone(), manifest.revision);
        let subject = SealSubject::Revision { application, number };
        let entry = self.known(lost.index, envelope, Purpose::Manifest, subject)?;
        let entry = SealEntry { signature: None, added_ms: lost.added_ms, ..entry };
        let seals = vec![SealWrite::Content(Box::new(entry))];
        self.commit(&Commit { seals, ..Commit::default() })?;
        self.sign_pending()?;
        Ok(true)
    }

    /// Has the log go on from the entries that are here, under another name: what it had beyond them is lost for good.
    /// The root key says so. Returns the new name; by itself the old one with a number.
    ///
    /// # Errors
    /// When nothing can be missing, the root key is another, the name is one that the log had, or the store fails.
    pub fn begin_anew(&mut self, root_key: &SigningKey, name: Option<Origin>) -> Result<Origin, HubError> {
        if !self.storage.seal_incomplete()? {
            let detail = "the signature log lacks nothing: only that of a restored hub begins anew";
            return Err(HubError::new(ErrorCode::BadMessage, detail));
        }
        let root = root_key.public();
        let mut history = self.key_history(&root)?;
        let old = history.name().cloned().ok_or_else(|| unsealed("the signature log is empty"))?;
        let name = name.map_or_else(|| next_name(&old, &history), Ok)?;
        let tree: Tree = self.tree()?;
        let act = KeyAct::BeginAnew { name: name.clone(), size: tree.size, root: tree.root };
        let event = self.key_event(&old, act, root_key)?;
        check_event(&mut history, &event, &root)?;
        self.commit(&Commit { seals: vec![event, SealWrite::Complete], ..Commit::default() })?;
        Ok(name)
    }
}

/// The name behind a log's: `hub/2` behind `hub`, `hub/3` behind that.
fn next_name(old: &Origin, history: &KeyHistory) -> Result<Origin, HubError> {
    let count = history.names().count();
    let first = history.names().next().unwrap_or(old);
    Origin::try_from(format!("{first}/{}", count.saturating_add(1))).map_err(|bad| refused(&bad))
}

/// A new entry with the hashes that it completes.
fn stored(entry: SealEntry, hashes: &TreeHashes) -> SealWrite {
    let first_hash = stored_hash_index(0, entry.index);
    let end = stored_hash_index(0, entry.index.saturating_add(1));
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let completed = hashes.all().get(place(first_hash)..place(end)).unwrap_or_default();
    let hashes = completed.iter().map(|hash| Sha256(hash.0)).collect();
    SealWrite::Entry { entry: Box::new(entry), first_hash, hashes }
}

fn refused(why: &impl ToString) -> HubError {
    HubError::new(ErrorCode::LogRefused, why.to_string())
}
