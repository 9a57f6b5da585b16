//! Files of evidence: who may bring and fetch which, and what is kept of them. Their bytes never come here.

use std::collections::{BTreeMap, BTreeSet};

use form_document::NamedFile;
use form_document::key::PublicKey;
use form_document::log::Position;
use form_document::roster::Roster;
use form_model::definition::FormDefinition;
use form_model::id::{ApplicationId, FieldId};
use form_model::member::{AgencyId, EvidenceAccess, Grant};

use super::core::Core;
use super::member;
use super::open::OpenApplication;
use crate::error::{ErrorCode, HubError};
use crate::limit::{TICKET_LIFE, UPLOAD_BYTES_PER_DEVICE, UPLOAD_LIFE, UPLOADS_PER_DEVICE};
use crate::storage::file::{
    BlobHash, BlobRecord, FileWrite, TicketHash, TicketRecord, UploadId, UploadLoad, UploadRecord,
};
use crate::storage::record::Commit;

/// The files that a document names.
pub(super) type Named = BTreeMap<BlobHash, Vec<Naming>>;

/// A place where a document names a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naming {
    field: FieldId,
    /// The slots that the field has.
    slots: Vec<String>,
    /// Whose device put the file there.
    by: Option<PublicKey>,
}

/// An upload that a device asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    pub id: UploadId,
    /// Of the file, in bytes.
    pub length: u64,
    pub hash: Option<BlobHash>,
    /// As tus has it (`Upload-Metadata`).
    pub metadata: String,
}

/// How much room there is for files, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What one application's files may come to.
    pub quota: u64,
    /// What is free on the disk, beyond what has to stay free.
    pub disk: u64,
}

/// All that was ever written in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Raw changes.
    pub changes: Vec<Vec<u8>>,
    /// The log's place as of which they are all.
    pub position: Position,
}

impl Core {
    /// Whether the device may bring files: it is active, and its agency writes somewhere.
    ///
    /// # Errors
    /// When it may not, there is no such application, or the store fails.
    pub fn may_bring(&mut self, device: &PublicKey, id: &ApplicationId) -> Result<(), HubError> {
        self.admit(device, id)?;
        let roster = self.opened(id)?.ledger.chain().newest();
        if roster.grant(device).is_some_and(Grant::writes) {
            return Ok(());
        }
        let detail = "this device's agency writes nothing in the application, so it brings no files";
        Err(HubError::new(ErrorCode::NotAWriter, detail))
    }

    /// Begins an upload; one of a file that is here and that the device may have is over at once. It is durable when
    /// this returns.
    ///
    /// # Errors
    /// As [`Self::may_bring`]; when there is no room for the file.
    pub fn begin_upload(
        &mut self,
        device: &PublicKey,
        application: &ApplicationId,
        new: NewUpload,
        room: Room,
        known: Option<BlobRecord>,
    ) -> Result<UploadRecord, HubError> {
        self.may_bring(device, application)?;
        let now_ms = self.clock.now_ms();
        let known = known.filter(|blob| Some(blob.hash) == new.hash && blob.length == new.length);
        // It may have been forgotten since it was found.
        let known = match known {
            Some(blob) => self.storage.blob(application, &blob.hash)?,
            None => None,
        };
        if known.is_none() {
            check_room(&self.storage.upload_load(application, device)?, new.length, room)?;
        }
        let NewUpload { id, length, hash, metadata } = new;
        let upload = UploadRecord {
            id,
            application: application.clone(),
            device: *device,
            length,
            offset: if known.is_some() { length } else { 0 },
            hash,
            metadata,
            created_ms: now_ms,
            expires_ms: later(now_ms, UPLOAD_LIFE),
            done: known.is_some(),
        };
        // Its time to be named begins anew.
        let again = known.map(|blob| FileWrite::Blob {
            application: application.clone(),
            blob: BlobRecord { stored_ms: now_ms, ..blob },
            giver: None,
        });
        self.keep_files(again.into_iter().chain([FileWrite::Upload(upload.clone())]).collect())?;
        Ok(upload)
    }

    /// An upload of the device's own.
    ///
    /// # Errors
    /// As [`Self::may_bring`]; when there is none, or its time is over.
    pub fn upload(
        &mut self,
        device: &PublicKey,
        application: &ApplicationId,
        id: &UploadId,
    ) -> Result<UploadRecord, HubError> {
        self.may_bring(device, application)?;
        let upload = self.storage.upload(id)?;
        let own = |upload: &UploadRecord| upload.device == *device && upload.application == *application;
        let unknown =
            || HubError::new(ErrorCode::UploadUnknown, "this device has no such upload; begin anew");
        let upload = upload.filter(own).ok_or_else(unknown)?;
        if upload.expires_ms < self.clock.now_ms() {
            let detail = "the upload was not finished in time; begin anew";
            return Err(HubError::new(ErrorCode::UploadExpired, detail));
        }
        Ok(upload)
    }

    /// Stores what is new about files: durable when this returns.
    ///
    /// # Errors
    /// When the store fails.
    pub fn keep_files(&mut self, files: Vec<FileWrite>) -> Result<(), HubError> {
        self.commit(&Commit { files, ..Commit::default() })
    }

    /// An upload has arrived whole, its hash compared, its bytes durable where whole files lie.
    ///
    /// # Errors
    /// When the store fails.
    pub fn finish_upload(&mut self, upload: UploadRecord, hash: BlobHash) -> Result<UploadRecord, HubError> {
        let upload = UploadRecord { hash: Some(hash), offset: upload.length, done: true, ..upload };
        let blob = BlobRecord { hash, length: upload.length, stored_ms: self.clock.now_ms() };
        let (application, giver) = (upload.application.clone(), Some(upload.device));
        let blob = FileWrite::Blob { application, blob, giver };
        self.keep_files(vec![blob, FileWrite::Upload(upload.clone())])?;
        Ok(upload)
    }

    /// Those of these files that are kept and that the device may have.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn readable(
        &mut self,
        device: &PublicKey,
        id: &ApplicationId,
        hashes: &[BlobHash],
    ) -> Result<Vec<BlobRecord>, HubError> {
        self.admit(device, id)?;
        self.name_files(id)?;
        let open = self.opened(id)?;
        let roster = open.ledger.chain().newest();
        let Some((_, named)) = &open.named else { return Ok(Vec::new()) };
        let mut readable = Vec::new();
        for hash in hashes {
            let Some(blob) = self.storage.blob(id, hash)? else { continue };
            let givers = self.storage.givers(id, hash)?;
            let namings = named.get(hash).map_or(&[][..], Vec::as_slice);
            if may_have(roster, device, &givers, namings) {
                readable.push(blob);
            }
        }
        Ok(readable)
    }

    /// Which files the document names, read anew when it has changed.
    fn name_files(&mut self, id: &ApplicationId) -> Result<(), HubError> {
        let open = self.opened(id)?;
        let position = open.head.state.position;
        if open.named.as_ref().is_some_and(|(at, _)| *at == position) {
            return Ok(());
        }
        let form = self.form_of(id)?;
        let open = self.opened(id)?;
        let named = named(open, &form);
        if let Some(open) = self.cache.get(id) {
            open.named = Some((position, named));
        }
        Ok(())
    }

    fn form_of(&mut self, id: &ApplicationId) -> Result<std::sync::Arc<FormDefinition>, HubError> {
        let record = self.storage.application(id)?.ok_or_else(super::core::unknown)?;
        Ok(self.forms.get(&*self.storage, &record.package)?)
    }

    /// Gives a ticket out. It lets nobody do more than the device may when it is used.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn give_ticket(
        &mut self,
        device: &PublicKey,
        application: &ApplicationId,
        hash: TicketHash,
    ) -> Result<i64, HubError> {
        self.admit(device, application)?;
        let expires_ms = later(self.clock.now_ms(), TICKET_LIFE);
        let ticket = TicketRecord { application: application.clone(), device: *device, expires_ms };
        self.keep_files(vec![FileWrite::Ticket { hash, ticket }])?;
        Ok(expires_ms)
    }

    /// Whose ticket it is; for one application alone.
    ///
    /// # Errors
    /// When it is unknown or expired.
    pub fn ticket(&self, hash: &TicketHash, application: &ApplicationId) -> Result<PublicKey, HubError> {
        let good = |ticket: &TicketRecord| {
            ticket.application == *application && ticket.expires_ms >= self.clock.now_ms()
        };
        let detail = "the ticket is unknown, expired, or for another application; ask for another";
        let unknown = || HubError::new(ErrorCode::TicketUnknown, detail);
        Ok(self.storage.ticket(hash)?.filter(good).ok_or_else(unknown)?.device)
    }

    /// Forgets uploads and tickets whose time is over; the uploads' bytes may go.
    ///
    /// # Errors
    /// When the store fails.
    pub fn expire_uploads(&mut self) -> Result<Vec<UploadId>, HubError> {
        let now_ms = self.clock.now_ms();
        let gone: Vec<UploadId> =
            self.storage.uploads_until(now_ms)?.into_iter().map(|upload| upload.id).collect();
        let ends = gone.iter().map(|id| FileWrite::EndUpload(*id));
        self.keep_files(ends.chain([FileWrite::ExpireTickets { now_ms }]).collect())?;
        Ok(gone)
    }

    /// Files older than `before_ms` that the document does not name now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn unnamed(&mut self, id: &ApplicationId, before_ms: i64) -> Result<Vec<BlobHash>, HubError> {
        let mut old = self.storage.blobs(id)?;
        old.retain(|blob| blob.stored_ms < before_ms);
        if old.is_empty() {
            return Ok(Vec::new());
        }
        let named: BTreeSet<_> = self.named_files(id)?.into_iter().collect();
        Ok(old.into_iter().map(|blob| blob.hash).filter(|hash| !named.contains(hash)).collect())
    }

    /// All changes of the document. `None` while the log may lack some.
    ///
    /// # Errors
    /// When the store fails.
    pub fn history(&mut self, id: &ApplicationId) -> Result<Option<History>, HubError> {
        self.open(id)?;
        if self.recovering.contains_key(id) {
            return Ok(None);
        }
        let open = self.opened(id)?;
        let changes = open.ledger.document.changes();
        Ok(Some(History { changes, position: open.head.state.position }))
    }

    /// Forgets a file, unless the log went on since it was found to be named nowhere, or it was brought again. Whether
    /// it was forgotten.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget_unnamed(
        &mut self,
        application: &ApplicationId,
        hash: BlobHash,
        position: Position,
        before_ms: i64,
    ) -> Result<bool, HubError> {
        self.open(application)?;
        let old = self.storage.blob(application, &hash)?.is_some_and(|blob| blob.stored_ms < before_ms);
        if !old || self.opened(application)?.head.state.position != position {
            return Ok(false);
        }
        self.keep_files(vec![FileWrite::ForgetBlob { application: application.clone(), hash }])?;
        Ok(true)
    }

    /// The files that the document names now, for a look through all of them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn named_files(&mut self, id: &ApplicationId) -> Result<Vec<BlobHash>, HubError> {
        self.open(id)?;
        self.name_files(id)?;
        let named = self.opened(id)?.named.as_ref();
        Ok(named.map(|(_, named)| named.keys().copied().collect()).unwrap_or_default())
    }
}

fn later(now_ms: i64, life: std::time::Duration) -> i64 {
    now_ms.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
}

fn check_room(load: &UploadLoad, length: u64, room: Room) -> Result<(), HubError> {
    let open = load.open_of_device >= UPLOADS_PER_DEVICE;
    if open || load.bytes_of_device.saturating_add(length) > UPLOAD_BYTES_PER_DEVICE {
        let detail = "this device has too many unfinished uploads; finish or end some";
        return Err(HubError::new(ErrorCode::TooMany, detail).retry_after(60));
    }
    if load.bytes_of_application.saturating_add(length) > room.quota {
        let detail = format!(
            "the application's files would come to more than the {} MiB that this hub keeps for one; whoever runs \
             the hub can raise that",
            room.quota >> 20
        );
        return Err(HubError::new(ErrorCode::QuotaExceeded, detail));
    }
    if load.missing_bytes.saturating_add(length) > room.disk {
        return Err(crate::blob::no_room());
    }
    Ok(())
}

fn named(open: &OpenApplication, form: &FormDefinition) -> Named {
    let mut named = Named::new();
    for NamedFile { field, sha256, by } in open.ledger.document.evidence() {
        let Ok(hash) = sha256.parse() else { continue };
        let of_field = form.evidence.iter().filter(|slot| slot.field == field);
        let slots = of_field.map(|slot| slot.id.clone()).collect();
        let by = open.ledger.claim(&by).map(|claim| claim.device);
        named.entry(hash).or_default().push(Naming { field, slots, by });
    }
    named
}

/// Whether the device may have a file: its agency brought it, or may read it where the document names it.
///
/// Hashes are no secret to members, so a naming alone proves nothing: an agency that may not read a file could name it
/// in a slot of its own. A naming counts when its author may have the file by another way.
fn may_have(roster: &Roster, device: &PublicKey, givers: &[PublicKey], namings: &[Naming]) -> bool {
    let agency = |device: &PublicKey| roster.devices.get(device).map(|found| &found.agency);
    let mut having: BTreeSet<&AgencyId> = givers.iter().filter_map(agency).collect();
    let mut counting: Vec<&Naming> = Vec::new();
    let grant = |agency: &AgencyId| roster.agencies.get(agency).map(|found| &found.grant);
    loop {
        let before = counting.len();
        for naming in namings {
            let Some(by) = naming.by.as_ref().and_then(agency) else { continue };
            let sees_all = grant(by).is_some_and(|grant| grant.evidence == EvidenceAccess::All);
            if (sees_all || having.contains(by)) && !counting.contains(&naming) {
                counting.push(naming);
            }
        }
        let readers = roster.agencies.iter().filter(|(_, agency)| {
            counting.iter().any(|naming| agency.grant.may_read(&naming.field, &naming.slots))
        });
        having.extend(readers.map(|(id, _)| id));
        if counting.len() == before {
            break;
        }
    }
    member::check(roster, device).is_ok() && agency(device).is_some_and(|own| having.contains(own))
}
