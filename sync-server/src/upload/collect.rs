//! Files that nobody names go, in the end; files that nobody remembers and somebody names are remembered again.

use std::collections::BTreeSet;

use form_document::files_ever_named;
use form_document::log::Position;
use form_model::id::ApplicationId;

use super::Files;
use super::finish::NOBODY;
use crate::arbiter::{Core, History};
use crate::error::{ErrorCode, HubError};
use crate::limit::{FORGOTTEN_AGE, UNNAMED_LIFE};
use crate::storage::file::{BlobHash, BlobRecord, FileWrite};

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Collected {
    /// Taken away.
    pub(crate) gone: usize,
    /// Remembered again.
    pub(crate) found: usize,
}

impl Files {
    /// Takes files away that no change of the application ever named and that have lain here long enough. Files that lie
    /// here and are not in the database, as after a restore of an older one, are remembered again when a change names
    /// them.
    ///
    /// # Errors
    /// When a store fails.
    pub(crate) async fn collect(
        &self,
        application: &ApplicationId,
        now_ms: i64,
    ) -> Result<Collected, HubError> {
        let before_ms = now_ms.saturating_sub(i64::try_from(UNNAMED_LIFE.as_millis()).unwrap_or(i64::MAX));
        let id = application.clone();
        let unnamed = self.arbiter.with(NOBODY, move |core| core.unnamed(&id, before_ms)).await?;
        let forgotten = self.forgotten(application).await?;
        let mut collected = Collected::default();
        if unnamed.is_empty() && forgotten.is_empty() {
            return Ok(collected);
        }
        let id = application.clone();
        let Some(history) = self.arbiter.with(NOBODY, move |core| core.history(&id)).await? else {
            return Ok(collected);
        };
        let History { changes, position } = history;
        let ever = tokio::task::spawn_blocking(move || files_ever_named(changes.iter().map(Vec::as_slice)));
        let ever = ever.await.map_err(|error| HubError::new(ErrorCode::Internal, error.to_string()))?;
        for hash in unnamed.into_iter().filter(|hash| !ever.contains(&hash.to_string())) {
            if self.forget(application, hash, position, before_ms).await? {
                collected.gone += 1;
            }
        }
        let aged: BTreeSet<_> =
            self.objects.older_than(application, UNNAMED_LIFE).await?.into_iter().collect();
        for hash in forgotten {
            if ever.contains(&hash.to_string()) {
                collected.found += usize::from(self.remember(application, hash, now_ms).await?);
            } else if aged.contains(&hash) {
                let _place = self.shelf.hold(&hash).await;
                if self.kept(application, hash).await?.is_none() {
                    self.objects.remove(application, &hash).await?;
                    collected.gone += 1;
                }
            }
        }
        Ok(collected)
    }

    /// Files that lie here and are not in the database.
    async fn forgotten(&self, application: &ApplicationId) -> Result<Vec<BlobHash>, HubError> {
        let lying = self.objects.older_than(application, FORGOTTEN_AGE).await?;
        if lying.is_empty() {
            return Ok(lying);
        }
        let id = application.clone();
        let known = self.arbiter.with(NOBODY, move |core| Ok(core.storage().blobs(&id)?)).await?;
        let known: BTreeSet<_> = known.into_iter().map(|blob| blob.hash).collect();
        Ok(lying.into_iter().filter(|hash| !known.contains(hash)).collect())
    }

    async fn kept(
        &self,
        application: &ApplicationId,
        hash: BlobHash,
    ) -> Result<Option<BlobRecord>, HubError> {
        let id = application.clone();
        self.arbiter.with(NOBODY, move |core| Ok(core.storage().blob(&id, &hash)?)).await
    }

    async fn forget(
        &self,
        application: &ApplicationId,
        hash: BlobHash,
        position: Position,
        before_ms: i64,
    ) -> Result<bool, HubError> {
        let _place = self.shelf.hold(&hash).await;
        let id = application.clone();
        let forget = move |core: &mut Core| core.forget_unnamed(&id, hash, position, before_ms);
        let forgotten = self.arbiter.with(NOBODY, forget).await?;
        if forgotten {
            self.objects.remove(application, &hash).await?;
        }
        Ok(forgotten)
    }

    async fn remember(
        &self,
        application: &ApplicationId,
        hash: BlobHash,
        now_ms: i64,
    ) -> Result<bool, HubError> {
        let _place = self.shelf.hold(&hash).await;
        let Some(length) = self.objects.length(application, &hash).await? else { return Ok(false) };
        let blob = BlobRecord { hash, length, stored_ms: now_ms };
        if self.objects.look_through(application, &blob).await.is_err() {
            self.objects.set_aside(application, &hash).await?;
            return Ok(false);
        }
        let write = FileWrite::Blob { application: application.clone(), blob, giver: None };
        self.store(NOBODY, vec![write]).await?;
        Ok(true)
    }
}
