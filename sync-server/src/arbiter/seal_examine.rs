//! The doctor's look at the public log: each entry, the tree over them, and the hub's word on it.

use std::collections::BTreeMap;

use form_document::digest::Sha256;
use form_document::envelope::Envelope;
use form_document::key::{PublicKey, Purpose};
use form_document::roster::Act;
use form_document::transparency::{KeyHistory, Leaf, SignedCheckpoint, TreeHashes, root};
use form_model::id::ApplicationId;

use super::core::Core;
use crate::error::HubError;
use crate::storage::seal::{SealEntry, SealSubject};

/// How many entries are read at once: a few MiB with manifests of the usual size.
const STEP: u64 = 64;

/// What was found while going through the log.
#[derive(Default)]
struct Walk {
    counted: TreeHashes,
    keys: KeyHistory,
    /// Which final revisions it has, by application and number.
    revisions: BTreeMap<(ApplicationId, u64), Sha256>,
    faults: Vec<String>,
}

impl Core {
    /// Looks at all of the public log, and writes nothing. Returns what is wrong, as sentences for whoever runs the hub.
    /// An entry that is not signed yet is no fault: the next start signs it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn examine_seal(&self, root_key: &PublicKey) -> Result<Vec<String>, HubError> {
        let size = self.storage.seal_size()?;
        let mut walk = Walk::default();
        let mut next = 0;
        while next < size {
            let entries = self.storage.seal_range(next, STEP)?;
            for entry in &entries {
                if entry.index != next {
                    walk.faults.push(format!("entry {next} of the signature log is missing"));
                    return Ok(walk.faults);
                }
                walk.look_at(entry, root_key);
                next += 1;
            }
            if entries.is_empty() {
                break;
            }
        }
        self.examine_tree(&mut walk)?;
        self.examine_checkpoint(size, &mut walk)?;
        self.examine_revisions(&mut walk)?;
        Ok(walk.faults)
    }

    /// That the stored hashes are those that follow from the entries.
    fn examine_tree(&self, walk: &mut Walk) -> Result<(), HubError> {
        for (place, expected) in (0_u64..).zip(walk.counted.all()) {
            let stored = self.storage.seal_hashes(&[place]);
            if !stored.is_ok_and(|stored| stored.first().is_some_and(|stored| stored.0 == expected.0)) {
                walk.faults.push(format!("hash {place} of the signature log is missing or another"));
                return Ok(());
            }
        }
        Ok(())
    }

    /// That the newest checkpoint is the hub's word on these entries.
    fn examine_checkpoint(&self, size: u64, walk: &mut Walk) -> Result<(), HubError> {
        let Some(checkpoint) = self.storage.seal_checkpoint()? else {
            if size > 0 {
                walk.faults.push("the signature log has no checkpoint".to_owned());
            }
            return Ok(());
        };
        if checkpoint.size > size {
            let said = checkpoint.size;
            walk.faults.push(format!("the signature log has {size} entries, and the hub has signed {said}"));
            return Ok(());
        }
        let (name, key) = (walk.keys.name_for_size(checkpoint.size), walk.keys.for_size(checkpoint.size));
        let signed =
            name.zip(key).and_then(|(name, key)| SignedCheckpoint(checkpoint.note).verify(name, &key).ok());
        let counted = root(checkpoint.size, &walk.counted).ok();
        if signed.is_none() || signed != counted {
            walk.faults.push("the newest checkpoint is not the hub's word on its signature log".to_owned());
        }
        Ok(())
    }

    /// That each final revision is in the log, and the other way round.
    fn examine_revisions(&self, walk: &mut Walk) -> Result<(), HubError> {
        let mut logged = std::mem::take(&mut walk.revisions);
        for id in self.storage.applications()? {
            let entries = self.storage.roster(&id)?;
            for step in entries.iter().filter_map(|entry| entry.read().ok()) {
                let Act::Finalise { revision, manifest, .. } = step.act else { continue };
                if logged.remove(&(id.clone(), revision)) != Some(manifest) {
                    walk.faults.push(format!(
                        "revision {revision} of application {id} is final and not in the signature log"
                    ));
                }
            }
        }
        for (id, revision) in logged.into_keys() {
            walk.faults.push(format!(
                "revision {revision} of application {id} is in the signature log and not final"
            ));
        }
        Ok(())
    }
}

impl Walk {
    fn look_at(&mut self, entry: &SealEntry, root_key: &PublicKey) {
        if let Err(what) = self.check(entry, root_key) {
            self.faults.push(format!("entry {} of the signature log {what}", entry.index));
        }
        let added = self.counted.add(entry.index, entry.leaf.hash());
        debug_assert!(added.is_ok(), "entries come in their order, so no hash is ever missing");
    }

    fn check(&mut self, entry: &SealEntry, root_key: &PublicKey) -> Result<(), String> {
        let purpose = match entry.subject {
            SealSubject::Key => Purpose::HubKey,
            SealSubject::Revision { .. } => Purpose::Manifest,
            // The tree says that it belongs here, and nothing more is known.
            SealSubject::Unknown => return Ok(()),
        };
        let envelope =
            Envelope::read(&entry.envelope, purpose).map_err(|bad| format!("cannot be read: {bad}"))?;
        let author = envelope.author().ok_or("is signed by nobody")?;
        envelope.verify(purpose, &author).map_err(|bad| format!("is not its author's: {bad}"))?;
        if Leaf::of(&envelope, purpose, &author) != Some(entry.leaf)
            || Sha256::of(&envelope.payload) != entry.digest
        {
            return Err("is about something else than its envelope".to_owned());
        }
        match &entry.subject {
            SealSubject::Key => {
                let pushed = self.keys.push(entry.index, &envelope, root_key);
                return pushed.map_err(|bad| format!("changes no key: {bad}"));
            }
            SealSubject::Revision { application, number } => {
                self.revisions.insert((application.clone(), *number), entry.digest);
            }
            SealSubject::Unknown => {}
        }
        // A key that was taken back counts for nothing, and is no fault of the store's.
        let (Some(signature), Some(key)) = (entry.signature, self.keys.at(entry.index)) else {
            return Ok(());
        };
        let signed = key.verify(purpose, &envelope.payload, &signature);
        signed.map_err(|_| "is not signed by the key that the log names for it".to_owned())
    }
}
