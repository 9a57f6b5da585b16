//! Taking a new application in.

use std::collections::BTreeMap;

use form_document::genesis::UnverifiedGenesis;
use form_document::key::PublicKey;
use form_document::ledger::{Ledger, LedgerParts};
use form_document::log::{LogHead, LogState};
use form_document::roster::SignedEntry;
use form_document::wire::{Offer, PackageFile, Publish};
use form_document::{Document, application_id};
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;
use form_model::package::load;

use super::core::Core;
use super::form::files_of;
use super::open::{OpenApplication, hub_actor};
use super::round::Ask;
use super::{enrol, member};
use crate::error::{ErrorCode, HubError};
use crate::limit::{PACKAGE_FILES_MAX, PUBLISHED_PER_DEVICE};
use crate::storage::record::{
    AdmissionHash, ApplicationRecord, ApplicationWrite, Commit, Fold, NewApplication, Run, SnapshotRecord,
    StoredHead,
};

/// A publication whose genesis is what its form package makes. Whether its roster holds is not known yet.
#[derive(Debug)]
pub struct CheckedPublication {
    id: ApplicationId,
    genesis: Vec<u8>,
    lead: PublicKey,
    package: Vec<PackageFile>,
    form: FormDefinition,
    roster: Vec<SignedEntry>,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The hub has it now.
    Created,
    /// The hub had it already.
    Known,
}

impl CheckedPublication {
    /// Checks a publication as far as it needs no store: slow for a large form, so not the arbiter's to do.
    ///
    /// # Errors
    /// When id, genesis and form package do not belong together.
    pub fn check(id: &ApplicationId, publish: Publish) -> Result<Self, HubError> {
        let refused = |cause: String| HubError::new(ErrorCode::PublicationRefused, cause);
        let found = application_id(&publish.genesis).map_err(|error| refused(error.to_string()))?;
        if found != *id {
            return Err(refused(format!("the genesis is that of application {found}")));
        }
        if publish.package.len() > PACKAGE_FILES_MAX {
            return Err(refused(format!("the form package has more than {PACKAGE_FILES_MAX} files")));
        }
        let files = files_of(&publish.package);
        let own: Vec<PackageFile> = files
            .iter()
            .map(|(path, content)| PackageFile { path: path.to_owned(), content: content.to_vec() })
            .collect();
        let form = load(&files).map_err(|error| refused(format!("the form package: {error}")))?;
        let genesis = UnverifiedGenesis::read(&publish.genesis).and_then(|genesis| genesis.verify(&form));
        let lead = PublicKey(genesis.map_err(|error| refused(error.to_string()))?.lead);
        let Publish { genesis, roster, .. } = publish;
        Ok(Self { id: found, genesis, lead, package: own, form, roster })
    }
}

impl Core {
    /// Takes an application in. `admission` is the hash of a code that pays for it, on a hub that is not open to
    /// all. Doing it again is harmless.
    ///
    /// # Errors
    /// When the roster does not start with the genesis' lead, does not name this hub, or the device is no lead
    /// by it; when the device has published enough; when the store fails.
    pub fn publish(
        &mut self,
        device: &PublicKey,
        publication: CheckedPublication,
        admission: Option<AdmissionHash>,
    ) -> Result<Published, HubError> {
        if self.storage.application(&publication.id)?.is_some() {
            return self.publish_again(device, publication);
        }
        if self.storage.published_by(device)? >= PUBLISHED_PER_DEVICE {
            let detail = format!("this device has published {PUBLISHED_PER_DEVICE} applications");
            return Err(HubError::new(ErrorCode::TooMany, detail));
        }
        if let Some(code) = &admission
            && !self.storage.admits(code)?
        {
            let detail = "the admission code is unknown or used; ask whoever runs the hub for another";
            return Err(HubError::new(ErrorCode::AdmissionUnknown, detail));
        }
        let (write, open) = self.found(device, publication)?;
        let id = write.application.clone();
        self.commit(&Commit { applications: vec![write], admission, ..Commit::default() })?;
        self.cache.put(&id, open);
        self.cache.shrink();
        Ok(Published::Created)
    }

    fn publish_again(
        &mut self,
        device: &PublicKey,
        publication: CheckedPublication,
    ) -> Result<Published, HubError> {
        let id = publication.id;
        self.admit(device, &id)?;
        let offer = Offer { roster: Some(publication.roster), ..Offer::default() };
        let answer = self.judge_one(&Ask { device: Some(*device), application: id, offer })?;
        answer.roster_fault.as_ref().map_or(Ok(Published::Known), |fault| Err(enrol::refusal(fault)))
    }

    fn found(
        &mut self,
        device: &PublicKey,
        publication: CheckedPublication,
    ) -> Result<(ApplicationWrite, OpenApplication), HubError> {
        let refused = |cause: String| HubError::new(ErrorCode::PublicationRefused, cause);
        let (now_ms, hub) = (self.clock.now_ms(), self.key.public());
        let CheckedPublication { id, genesis, lead, package, form, roster } = publication;
        let form = self.forms.keep(form);
        let document = Document::from_genesis(&genesis, &form, hub_actor(&id, &hub))
            .map_err(|error| refused(error.to_string()))?;
        let mut ledger = Ledger::new(document, LedgerParts::new(&id, lead));
        let judgement = ledger.judge(&Offer { roster: Some(roster), ..Offer::default() }, now_ms);
        if let Some(fault) = judgement.faults.first() {
            return Err(refused(fault.to_string()));
        }
        check_roster(&ledger, device, &hub)?;
        let mut write = ApplicationWrite::new(id.clone());
        let before = LogState::start(&id);
        let mut state = before;
        let (mut runs, mut version) = (Vec::new(), 0);
        for decision in judgement.decisions {
            let place = super::round::place(decision, &mut version, &mut write);
            state.push(place.item());
            Run::extend(&mut runs, &place);
        }
        let epoch = ledger.chain().newest().epoch;
        let head = StoredHead { head: LogHead::sign(&self.key, &id, &state, epoch, now_ms), state };
        let package_hash = form.hash.clone();
        let record = ApplicationRecord {
            genesis,
            package: package_hash,
            publisher: *device,
            created_ms: now_ms,
            recovering: false,
        };
        write.created = Some(NewApplication { record, package });
        write.members = Some(member::active(ledger.chain().newest()));
        write.head = Some(head);
        let snapshot = SnapshotRecord { head, document: ledger.document.save() };
        write.fold = Some((snapshot, Fold { before, after: state, runs }));
        let hash = id.0.parse().map_err(|_| refused("its id is no hash".to_owned()))?;
        Ok((
            write,
            OpenApplication {
                ledger,
                head,
                folded: state.position,
                genesis: hash,
                named: None,
                clears_known: false,
                shown: BTreeMap::new(),
            },
        ))
    }
}

/// Whether the roster makes the device a lead on this hub.
fn check_roster(ledger: &Ledger, device: &PublicKey, hub: &PublicKey) -> Result<(), HubError> {
    let roster = ledger.chain().newest();
    if roster.hub.as_ref().is_none_or(|named| named.key != *hub) {
        let detail = format!("the roster does not name this hub, whose key is {hub}");
        return Err(HubError::new(ErrorCode::PublicationRefused, detail));
    }
    member::check(roster, device)?;
    if roster.may_lead(device) {
        return Ok(());
    }
    Err(HubError::new(ErrorCode::NotALead, "only a lead publishes an application"))
}
