//! The end of an upload, and whether kept files are where they should be.

use form_document::key::PublicKey;
use form_model::id::ApplicationId;
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{Files, Turn};
use crate::blob::{BlobError, off_thread};
use crate::error::{ErrorCode, HubError};
use crate::metric;
use crate::storage::file::{BlobHash, BlobRecord, FileWrite, UploadRecord};

/// How many kept files are looked at beside each other when many are asked about.
const LOOKS: usize = 16;

impl Files {
    /// The upload as its staging file has it, ready to go on; finished when all its bytes are there.
    pub(super) async fn taken_up(
        &self,
        turn: &mut Turn,
        mut upload: UploadRecord,
    ) -> Result<UploadRecord, HubError> {
        if turn.staged.as_ref().is_none_or(|staged| staged.length() != upload.offset) {
            let (staging, id, counted) = (self.objects.staging().clone(), upload.id, upload.offset);
            let to = if upload.hash.is_some() { upload.length } else { counted };
            match off_thread(move || staging.take_up(&id, counted, to)).await {
                Ok(staged) => {
                    upload.offset = staged.length();
                    *turn.staged = Some(staged);
                }
                // A hub that was killed after it had moved the file, and before it had said so.
                Err(BlobError::Missing) => return self.moved(turn, upload).await,
                Err(error) => return Err(error.into()),
            }
            if upload.offset > counted && upload.offset < upload.length {
                self.store(upload.device, vec![FileWrite::Upload(upload.clone())]).await?;
            }
        }
        if upload.offset == upload.length { self.finish(turn, upload).await } else { Ok(upload) }
    }

    /// Finishes an upload whose file was moved already. When it is nowhere, the upload is over.
    async fn moved(&self, turn: &mut Turn, upload: UploadRecord) -> Result<UploadRecord, HubError> {
        if let Some(hash) = upload.hash {
            let blob = BlobRecord { hash, length: upload.length, stored_ms: 0 };
            if self.objects.look_through(&upload.application, &blob).await.is_ok() {
                return self.finished(upload, hash).await;
            }
        }
        self.give_up(turn, &upload).await?;
        let detail = "what had come of this file is lost; begin anew";
        Err(HubError::new(ErrorCode::UploadUnknown, detail))
    }

    /// Compares the hash of a file that has come whole, and keeps it. All of it is durable when this returns.
    pub(super) async fn finish(
        &self,
        turn: &mut Turn,
        upload: UploadRecord,
    ) -> Result<UploadRecord, HubError> {
        let staged = turn.staged.clone().ok_or_else(super::piece::lost)?;
        let found = staged.hash();
        match upload.hash {
            Some(said) if said != found => {
                self.give_up(turn, &upload).await?;
                metric::file_refused("hash_mismatch");
                let detail = format!("the file's SHA-256 is {found}, not {said} as announced; begin anew");
                return Err(HubError::new(ErrorCode::HashMismatch, detail));
            }
            Some(_) => {}
            None => {
                // From here on a killed hub knows under which name to look for the file.
                let known = UploadRecord { hash: Some(found), offset: upload.length, ..upload.clone() };
                self.store(upload.device, vec![FileWrite::Upload(known)]).await?;
            }
        }
        let place = self.shelf.hold(&found).await;
        self.objects.keep(&upload.id, &upload.application, &found).await?;
        let upload = self.finished(upload, found).await?;
        drop(place);
        *turn.staged = None;
        self.slots().remove(&upload.id);
        metric::file_kept(upload.length);
        Ok(upload)
    }

    async fn finished(&self, upload: UploadRecord, hash: BlobHash) -> Result<UploadRecord, HubError> {
        self.arbiter.with(upload.device, move |core| core.finish_upload(upload, hash)).await
    }

    /// Ends an upload, and takes away what has come of it.
    pub(super) async fn give_up(&self, turn: &mut Turn, upload: &UploadRecord) -> Result<(), HubError> {
        self.store(upload.device, vec![FileWrite::EndUpload(upload.id)]).await?;
        *turn.staged = None;
        self.slots().remove(&upload.id);
        let (staging, id) = (self.objects.staging().clone(), upload.id);
        off_thread(move || {
            staging.clear(&id);
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// Those of these files that are kept, that the device may have, and that lie where they should. One that does not is
    /// forgotten, so that whoever has it brings it again.
    ///
    /// # Errors
    /// When the device takes no part, or a store fails.
    pub(crate) async fn found(
        &self,
        device: PublicKey,
        application: &ApplicationId,
        hashes: Vec<BlobHash>,
    ) -> Result<Vec<BlobRecord>, HubError> {
        let id = application.clone();
        let readable = self.arbiter.with(device, move |core| core.readable(&device, &id, &hashes)).await?;
        let looks = futures_util::stream::iter(readable).map(|blob| self.present(application, blob));
        let found: Vec<Option<BlobRecord>> = looks.buffered(LOOKS).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn present(
        &self,
        application: &ApplicationId,
        blob: BlobRecord,
    ) -> Result<Option<BlobRecord>, HubError> {
        let length = self.objects.length(application, &blob.hash).await?;
        if length == Some(blob.length) {
            return Ok(Some(blob));
        }
        self.lost(application, &blob).await?;
        Ok(None)
    }

    /// A kept file is not there, or not what its name says: it is set aside and forgotten.
    ///
    /// # Errors
    /// When a store fails.
    pub(crate) async fn lost(&self, application: &ApplicationId, blob: &BlobRecord) -> Result<(), HubError> {
        tracing::error!(%application, file = %blob.hash, "a kept file is damaged or gone; it is asked for again");
        metric::file_lost();
        let _place = self.shelf.hold(&blob.hash).await;
        match self.objects.set_aside(application, &blob.hash).await {
            Ok(()) | Err(BlobError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
        let (forget, lane) =
            (FileWrite::ForgetBlob { application: application.clone(), hash: blob.hash }, NOBODY);
        self.store(lane, vec![forget]).await
    }
}

/// In whose lane the hub's own work waits.
pub(super) const NOBODY: PublicKey = PublicKey([0; 32]);
