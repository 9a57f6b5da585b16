//! The public log of what the hub has signed: entries, signatures, checkpoints, in this order and no other. A crash
//! leaves an entry without a signature at the worst, and the next start signs it.

use std::cell::RefCell;

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose, Signature, SigningKey};
use form_document::transparency::{
    HashReader, KeyAct, KeyEvent, KeyHistory, Leaf, LoggedKeyEvent, NodeHash, Origin, RECEIPT_FORMAT,
    Receipt, SignedCheckpoint, Tree, TreeError, hashes_for, prove_consistency, prove_inclusion, root,
    stored_hash_index,
};

use super::core::Core;
use crate::error::{ErrorCode, HubError};
use crate::seal::Seal;
use crate::storage::record::Commit;
use crate::storage::seal::{SealEntry, SealSubject, SealWrite, StoredCheckpoint};
use crate::storage::{Storage, StorageError};

/// The stored hashes of the tree.
struct Hashes<'a> {
    storage: &'a dyn Storage,
    /// Why some could not be read: the tree's errors have no room for it.
    failed: RefCell<Option<StorageError>>,
}

impl HashReader for Hashes<'_> {
    fn read_hashes(&self, places: &[u64]) -> Result<Vec<NodeHash>, TreeError> {
        let hashes = self.storage.seal_hashes(places).map_err(|error| {
            *self.failed.borrow_mut() = Some(error);
            TreeError::IndexesNotInTree
        })?;
        Ok(hashes.into_iter().map(|hash| NodeHash(hash.0)).collect())
    }
}

impl Core {
    /// Takes the seal over: names its key in an empty log, and signs what was stored and not signed when the hub ended.
    /// In a log that may lack entries nothing is added or signed.
    ///
    /// # Errors
    /// When the log names another key, or has none and the root key is not here; when the store fails.
    pub fn set_seal(&mut self, mut seal: Seal) -> Result<(), HubError> {
        if self.storage.seal_size()? == 0 {
            let by = seal.root_key.as_ref().ok_or_else(|| {
                unsealed("the signature log is empty, and the root key that names its first key is not here")
            })?;
            let act = KeyAct::Introduce { key: seal.key.public() };
            let event = self.key_event(&seal.origin, act, by)?;
            self.commit(&Commit { seals: vec![event], ..Commit::default() })?;
        }
        let history = self.key_history(&seal.root)?;
        if let Some(name) = history.name() {
            seal.origin = name.clone();
        }
        if self.storage.seal_incomplete()? {
            // Which key signs now, the entries may say that are missing.
            self.seal = Some(seal);
            return Ok(());
        }
        if history.at(self.storage.seal_size()?) != Some(seal.key.public()) {
            return Err(unsealed(
                "the key in the data folder is not the one that the signature log names last; put that back, or, when it is \
                 lost, have the root key name another (sync-server keys replace)",
            ));
        }
        self.seal = Some(seal);
        self.sign_pending()
    }

    /// The seal.
    ///
    /// # Errors
    /// When the hub has none.
    pub fn seal(&self) -> Result<&Seal, HubError> {
        self.seal.as_ref().ok_or_else(|| unsealed("this hub signs no final revisions"))
    }

    /// Has the next key sign from now on.
    ///
    /// # Errors
    /// When the hub has no seal, the log may lack entries, or the store fails.
    pub fn rotate(&mut self, next: SigningKey) -> Result<(), HubError> {
        self.check_complete()?;
        let seal = self.seal()?;
        let act = KeyAct::Rotate { from: seal.key.public(), to: next.public() };
        let event = self.key_event(&seal.origin, act, &seal.key)?;
        self.take_key(event, next)
    }

    /// Takes a key's signatures on entries from a place on back, and has the next key sign from now on. Also for a hub
    /// whose signing key is lost: the root key alone decides.
    ///
    /// # Errors
    /// When the log never had the key, the root key is another, the log may lack entries, or the store fails.
    pub fn revoke(
        &mut self,
        root_key: &SigningKey,
        key: PublicKey,
        position: u64,
        next: SigningKey,
    ) -> Result<(), HubError> {
        self.check_complete()?;
        let mut history = self.key_history(&root_key.public())?;
        let name = history.name().cloned().ok_or_else(|| unsealed("the signature log is empty"))?;
        let act = KeyAct::Revoke { key, position, next: next.public() };
        let event = self.key_event(&name, act, root_key)?;
        check_event(&mut history, &event, &root_key.public())?;
        self.take_key(event, next)
    }

    fn take_key(&mut self, event: SealWrite, next: SigningKey) -> Result<(), HubError> {
        self.commit(&Commit { seals: vec![event], ..Commit::default() })?;
        let Some(seal) = &mut self.seal else { return Ok(()) };
        seal.key = next;
        self.sign_pending()
    }

    pub(super) fn key_event(
        &self,
        origin: &Origin,
        act: KeyAct,
        by: &SigningKey,
    ) -> Result<SealWrite, HubError> {
        let event = KeyEvent { log: origin.clone(), time_ms: self.clock.now_ms(), act };
        let envelope = event.sign(by).map_err(|error| unsealed(&error.to_string()))?;
        self.entry(&envelope, Purpose::HubKey, SealSubject::Key)
    }

    /// The next entry of the log: what an envelope's author has signed.
    pub(super) fn entry(
        &self,
        envelope: &Envelope,
        purpose: Purpose,
        subject: SealSubject,
    ) -> Result<SealWrite, HubError> {
        let index = self.storage.seal_size()?;
        let author = envelope.author().ok_or_else(|| unsealed("the statement is signed by nobody"))?;
        let leaf = Leaf::of(envelope, purpose, &author)
            .ok_or_else(|| unsealed("the statement is not signed by its author"))?;
        let hashes = self.of_tree(|stored| hashes_for(index, leaf.hash(), stored))?;
        // A change of keys bears the signature that it needs.
        let signature = match subject {
            SealSubject::Key => envelope.signature(&author),
            SealSubject::Revision { .. } | SealSubject::Unknown => None,
        };
        let entry = SealEntry {
            index,
            subject,
            leaf,
            envelope: envelope.to_vec().map_err(|error| unsealed(&error.to_string()))?,
            digest: Sha256::of(&envelope.payload),
            added_ms: self.clock.now_ms(),
            signature,
        };
        let hashes = hashes.into_iter().map(|hash| Sha256(hash.0)).collect();
        Ok(SealWrite::Entry { entry: Box::new(entry), first_hash: stored_hash_index(0, index), hashes })
    }

    /// That the log has all that the hub has ever signed.
    ///
    /// # Errors
    /// When it may lack entries, or the store fails.
    pub fn check_complete(&self) -> Result<(), HubError> {
        if !self.storage.seal_incomplete()? {
            return Ok(());
        }
        Err(HubError::new(
            ErrorCode::LogIncomplete,
            "the hub was restored from a backup and may have signed more than its public log has: until whoever runs it \
             has completed the log from a copy (sync-server log take), or begun it anew (sync-server log begin-anew), \
             it signs nothing",
        ))
    }

    /// Signs the durable entries that are not signed, and the log as it stands.
    ///
    /// # Errors
    /// When the hub has no seal, the log may lack entries, or the store fails: the entries stay as they are, to be signed
    /// later.
    pub(super) fn sign_pending(&mut self) -> Result<(), HubError> {
        self.check_complete()?;
        self.log_again()?;
        let seal = self.seal()?;
        let mut seals = Vec::new();
        for entry in self.storage.seal_unsigned()? {
            let envelope = read(&entry.envelope, Purpose::Manifest)?;
            let signature = seal.key.sign(Purpose::Manifest, &envelope.payload);
            seals.push(SealWrite::Signed { index: entry.index, signature });
        }
        let tree = self.tree()?;
        if self.storage.seal_checkpoint()?.is_none_or(|known| known.size != tree.size) {
            let note = SignedCheckpoint::sign(&seal.origin, tree, &seal.key);
            let note = note.map_err(|error| unsealed(&error.to_string()))?.0;
            seals.push(SealWrite::Checkpoint(StoredCheckpoint { size: tree.size, note }));
        }
        if seals.is_empty() {
            return Ok(());
        }
        self.commit(&Commit { seals, ..Commit::default() })
    }

    /// Adds entries once more that were not signed as long as the key was here that counts at their place.
    fn log_again(&mut self) -> Result<(), HubError> {
        let unsigned = self.storage.seal_unsigned()?;
        if unsigned.is_empty() {
            return Ok(());
        }
        let (root, key) = (self.seal()?.root, self.seal()?.key.public());
        let history = self.key_history(&root)?;
        for entry in unsigned.into_iter().filter(|entry| history.at(entry.index) != Some(key)) {
            let envelope = read(&entry.envelope, Purpose::Manifest)?;
            let again = self.entry(&envelope, Purpose::Manifest, entry.subject)?;
            let before = SealEntry::unknown(entry.index, entry.leaf, entry.added_ms);
            let seals = vec![SealWrite::Content(Box::new(before)), again];
            self.commit(&Commit { seals, ..Commit::default() })?;
        }
        Ok(())
    }

    /// The log as it stands.
    ///
    /// # Errors
    /// When the store fails.
    pub fn tree(&self) -> Result<Tree, HubError> {
        let size = self.storage.seal_size()?;
        self.of_tree(|stored| root(size, stored))
    }

    /// What follows from the tree's stored hashes.
    fn of_tree<T>(&self, work: impl FnOnce(&Hashes<'_>) -> Result<T, TreeError>) -> Result<T, HubError> {
        let stored = Hashes { storage: &*self.storage, failed: RefCell::default() };
        work(&stored).map_err(|error| match stored.failed.take() {
            Some(failed) => failed.into(),
            None => unsealed(&format!("the signature log's tree: {error}")),
        })
    }

    /// The hub's newest signed word on the log.
    ///
    /// # Errors
    /// When it has none, or the store fails; not when a later one may be lost.
    pub fn checkpoint(&self) -> Result<StoredCheckpoint, HubError> {
        self.storage.seal_checkpoint()?.ok_or_else(|| unsealed("this hub has signed no checkpoint"))
    }

    /// Keeps a witness' signature with the newest checkpoint.
    ///
    /// # Errors
    /// When it is not one of that checkpoint, or the store fails.
    pub fn cosign(&mut self, note: &SignedCheckpoint) -> Result<(), HubError> {
        let known = self.checkpoint()?;
        let more = note.0.strip_prefix(&known.note).filter(|more| !more.is_empty());
        if more.is_none() || note.read().is_err() {
            let detail = "this is not the newest checkpoint with signatures added to it";
            return Err(HubError::new(ErrorCode::BadMessage, detail));
        }
        let checkpoint = StoredCheckpoint { size: known.size, note: note.0.clone() };
        self.commit(&Commit { seals: vec![SealWrite::Checkpoint(checkpoint)], ..Commit::default() })
    }

    /// The proof that the log, as it stands, goes on from the one of that size.
    ///
    /// # Errors
    /// When it was never that long, or the store fails.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Sha256>, HubError> {
        self.check_size(new)?;
        if old > new {
            return Err(HubError::new(ErrorCode::BadMessage, "a log grows: `from` is not above `to`"));
        }
        self.of_tree(|stored| prove_consistency(old, new, stored))
    }

    fn check_size(&self, size: u64) -> Result<(), HubError> {
        if size <= self.storage.seal_size()? {
            return Ok(());
        }
        Err(HubError::new(ErrorCode::NotFound, "the signature log has not that many entries"))
    }

    /// The changes of the hub's keys, each with the proof that it is in the log of that size.
    ///
    /// # Errors
    /// When the log was never that long, or the store fails.
    pub fn key_events(&self, size: u64) -> Result<Vec<LoggedKeyEvent>, HubError> {
        self.check_size(size)?;
        let events = self.storage.seal_keys()?.into_iter().filter(|entry| entry.index < size);
        events
            .map(|entry| {
                let envelope = read(&entry.envelope, Purpose::HubKey)?;
                Ok(LoggedKeyEvent { index: entry.index, envelope, proof: self.inclusion(size, entry.index)? })
            })
            .collect()
    }

    /// The entry of a final revision whose manifest has that SHA-256.
    ///
    /// # Errors
    /// When the store fails.
    pub fn revision_by_digest(&self, digest: &Sha256) -> Result<Option<SealEntry>, HubError> {
        let entry = self.storage.seal_by_digest(digest)?;
        Ok(entry.filter(|entry| entry.signature.is_some() && entry.subject != SealSubject::Key))
    }

    /// The hub's own word, by the key that its members know.
    pub fn sign_as_hub(&self, purpose: Purpose, content: &[u8]) -> Signature {
        self.key.sign(purpose, content)
    }

    /// The proof that an entry is in the log of some size.
    ///
    /// # Errors
    /// When it is not, or the store fails.
    pub fn inclusion(&self, size: u64, index: u64) -> Result<Vec<Sha256>, HubError> {
        self.of_tree(|stored| prove_inclusion(size, index, stored))
    }

    /// Which keys the log names.
    ///
    /// # Errors
    /// When it is not sound, or the store fails.
    pub fn key_history(&self, root: &PublicKey) -> Result<KeyHistory, HubError> {
        let mut history = KeyHistory::default();
        for entry in self.storage.seal_keys()? {
            let envelope = read(&entry.envelope, Purpose::HubKey)?;
            history
                .push(entry.index, &envelope, root)
                .map_err(|bad| unsealed(&format!("the signature log's keys: {bad}")))?;
        }
        Ok(history)
    }

    /// The key that signs by the log; `None` for an empty one.
    ///
    /// # Errors
    /// As [`Self::key_history`].
    pub fn log_key(&self, root: &PublicKey) -> Result<Option<PublicKey>, HubError> {
        Ok(self.key_history(root)?.at(self.storage.seal_size()?))
    }

    /// The root key, by which the log's first entry is signed; `None` of an empty log.
    ///
    /// # Errors
    /// When that entry cannot be read, or the store fails.
    pub fn log_root(&self) -> Result<Option<PublicKey>, HubError> {
        let Some(entry) = self.storage.seal_entry(0)? else { return Ok(None) };
        Ok(read(&entry.envelope, Purpose::HubKey)?.author())
    }

    /// The receipt of a signed entry.
    ///
    /// # Errors
    /// When it is not signed yet, or the store fails.
    pub(super) fn receipt_of(&self, entry: &SealEntry) -> Result<Receipt, HubError> {
        let mut envelope = read(&entry.envelope, Purpose::Manifest)?;
        let signature = entry.signature.ok_or_else(|| unsealed("the revision is not signed yet"))?;
        let checkpoint = self.checkpoint()?;
        let keys = self.key_events(checkpoint.size)?;
        let seal = self.seal()?;
        let history = self.key_history(&seal.root)?;
        let hub =
            history.at(entry.index).ok_or_else(|| unsealed("no key of the hub counts for this entry"))?;
        envelope.countersigned(hub, signature);
        Ok(Receipt {
            format: RECEIPT_FORMAT,
            envelope,
            index: entry.index,
            proof: self.inclusion(checkpoint.size, entry.index)?,
            checkpoint: checkpoint.note,
            keys,
        })
    }
}

/// That a change of keys goes on from those before. Whoever follows the log would refuse it: so does the hub, before it is
/// in it.
pub(super) fn check_event(
    history: &mut KeyHistory,
    event: &SealWrite,
    root: &PublicKey,
) -> Result<(), HubError> {
    let SealWrite::Entry { entry, .. } = event else { return Ok(()) };
    let envelope = read(&entry.envelope, Purpose::HubKey)?;
    let pushed = history.push(entry.index, &envelope, root);
    pushed.map_err(|bad| HubError::new(ErrorCode::BadMessage, bad.to_string()))
}

pub(super) fn read(bytes: &[u8], purpose: Purpose) -> Result<Envelope, HubError> {
    Envelope::read(bytes, purpose).map_err(|bad| unsealed(&format!("an entry of the signature log: {bad}")))
}

pub(super) fn unsealed(detail: &str) -> HubError {
    HubError::new(ErrorCode::Unsealed, detail)
}
