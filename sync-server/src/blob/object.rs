//! Whole files, in an object store. No type of the store's crate leaves this folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{
    GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt as _, WriteMultipart,
};

use form_model::id::ApplicationId;

use super::sound::{Sound, Stamp};
use super::staging::Staging;
use super::{BlobError, off_thread};
use crate::data::{KEPT, private_folder};
use crate::limit::{S3_PIECE_BYTES, SOUND_FOR};
use crate::storage::file::{BlobHash, UploadId};

/// Where files lie that are not what their names say, for a person to look at.
const DAMAGED: &str = "damaged";
/// How many pieces of one file go to a remote store beside each other.
const S3_PIECES: usize = 2;

/// The store of files.
#[derive(Clone, Debug)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    staging: Staging,
    /// The staging files lie in the store itself, so that a rename is enough.
    local: bool,
    pub(super) sound: Arc<Sound>,
}

impl Objects {
    /// A store in a folder, made when it is not there; with settings for an S3-compatible one, only what is on its way in
    /// lies in the folder.
    ///
    /// # Errors
    /// When the folder cannot be used, or a setting is wrong.
    pub(crate) fn open(folder: &Path, s3: Option<&BTreeMap<String, String>>) -> Result<Self, BlobError> {
        private_folder(folder).map_err(BlobError::io(folder))?;
        let staging = Staging::at(folder)?;
        let store: Arc<dyn ObjectStore> = match s3 {
            Some(settings) => Arc::new(remote(settings)?),
            None => Arc::new(
                LocalFileSystem::new_with_prefix(folder).map_err(|error| setting(&error))?.with_fsync(true),
            ),
        };
        let sound = Arc::new(Sound::new(SOUND_FOR));
        Ok(Self { store, staging, local: s3.is_none(), sound })
    }

    /// The files on their way in.
    pub(crate) fn staging(&self) -> &Staging {
        &self.staging
    }

    /// Puts an upload's file, which is whole and durable, under its hash. It is durable there when this returns; doing it
    /// again, or for another upload of the same bytes, is harmless.
    ///
    /// # Errors
    /// When the store fails: the staging file is still there then, or the file is kept.
    pub(crate) async fn keep(
        &self,
        upload: &UploadId,
        application: &ApplicationId,
        hash: &BlobHash,
    ) -> Result<(), BlobError> {
        let to = key(KEPT, application, hash);
        if self.local {
            let from = Key::from_iter(["staging".to_owned(), upload.to_string()]);
            self.store.rename(&from, &to).await?;
        } else {
            self.send(upload, &to).await?;
            let (staging, upload) = (self.staging.clone(), *upload);
            off_thread(move || {
                staging.clear(&upload);
                Ok(())
            })
            .await?;
        }
        if let Some(stamp) = self.stamp(application, hash).await? {
            self.sound.put(application, hash, stamp);
        }
        Ok(())
    }

    /// Copies a staging file to a remote store.
    async fn send(&self, upload: &UploadId, to: &Key) -> Result<(), BlobError> {
        let path = self.staging.path(upload);
        let file = std::fs::File::open(&path).map_err(BlobError::io(&path))?;
        let mut pieces = super::read::pieces(file, 0, u64::MAX, S3_PIECE_BYTES);
        let upload = self.store.put_multipart(to).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, S3_PIECE_BYTES);
        while let Some(piece) = pieces.next().await {
            writer.wait_for_capacity(S3_PIECES).await?;
            writer.put(piece?);
        }
        writer.finish().await?;
        Ok(())
    }

    /// How long a kept file is, in bytes; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub(crate) async fn length(
        &self,
        application: &ApplicationId,
        hash: &BlobHash,
    ) -> Result<Option<u64>, BlobError> {
        Ok(self.stamp(application, hash).await?.map(|stamp| stamp.length))
    }

    /// How long a kept file is, and when it was last written; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub(super) async fn stamp(
        &self,
        application: &ApplicationId,
        hash: &BlobHash,
    ) -> Result<Option<Stamp>, BlobError> {
        match self.store.head(&key(KEPT, application, hash)).await {
            Ok(meta) => {
                let changed_ns = meta.last_modified.timestamp_nanos_opt();
                Ok(Some(Stamp { length: meta.size, changed_ns }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The bytes of a kept file from `start` to before `end`, piece by piece, as they lie there.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(super) async fn bytes(
        &self,
        application: &ApplicationId,
        hash: &BlobHash,
        start: u64,
        end: u64,
    ) -> Result<super::read::Pieces, BlobError> {
        let range = Some(GetRange::Bounded(start..end));
        let options = GetOptions { range, ..GetOptions::default() };
        let got = self.store.get_opts(&key(KEPT, application, hash), options).await?;
        Ok(match got.payload {
            GetResultPayload::File(file, _) => {
                super::read::pieces(file, start, end.saturating_sub(start), crate::limit::READ_BYTES)
            }
            GetResultPayload::Stream(stream) => stream.map_err(BlobError::from).boxed(),
        })
    }

    /// Puts a file apart that is not what its name says: it is sent to nobody, and makes room for a sound copy.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn set_aside(
        &self,
        application: &ApplicationId,
        hash: &BlobHash,
    ) -> Result<(), BlobError> {
        self.sound.forget(application, hash);
        let (from, to) = (key(KEPT, application, hash), key(DAMAGED, application, hash));
        Ok(self.store.rename(&from, &to).await?)
    }

    /// Takes a kept file away.
    ///
    /// # Errors
    /// When the store fails; that it is not there is none.
    pub(crate) async fn remove(&self, application: &ApplicationId, hash: &BlobHash) -> Result<(), BlobError> {
        self.sound.forget(application, hash);
        match self.store.delete(&key(KEPT, application, hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The kept files of an application that have lain there for so long.
    ///
    /// # Errors
    /// When the store cannot be listed.
    pub(crate) async fn older_than(
        &self,
        application: &ApplicationId,
        age: Duration,
    ) -> Result<Vec<BlobHash>, BlobError> {
        let prefix = Key::from_iter([KEPT, &application.0]);
        let before = std::time::SystemTime::now().checked_sub(age);
        let old =
            |meta: &object_store::ObjectMeta| before.is_some_and(|before| before > meta.last_modified.into());
        let listed: Vec<_> = self.store.list(Some(&prefix)).try_collect().await?;
        let named = listed.into_iter().filter(old);
        Ok(named.filter_map(|meta| meta.location.filename()?.parse().ok()).collect())
    }
}

/// The place of a file: no name that a client chose is in it.
fn key(folder: &str, application: &ApplicationId, hash: &BlobHash) -> Key {
    let hash = hash.to_string();
    let start = hash.get(..2).unwrap_or_default().to_owned();
    Key::from_iter([folder.to_owned(), application.0.clone(), start, hash])
}

fn remote(settings: &BTreeMap<String, String>) -> Result<object_store::aws::AmazonS3, BlobError> {
    let mut builder = AmazonS3Builder::from_env();
    for (name, value) in settings {
        let known: AmazonS3ConfigKey = name.parse().map_err(|error| setting(&error))?;
        builder = builder.with_config(known, value);
    }
    // The hub has one crypto library, and the store's client none of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.build().map_err(|error| setting(&error))
}

fn setting(error: &object_store::Error) -> BlobError {
    BlobError::Setting(error.to_string())
}

/// What the store says, in our words. Of a full disk it speaks in its causes alone.
impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if let object_store::Error::NotFound { .. } = error {
            return Self::Missing;
        }
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(one) = cause {
            let io = one.downcast_ref::<std::io::Error>();
            if io.is_some_and(|error| error.kind() == std::io::ErrorKind::StorageFull) {
                return Self::Full;
            }
            cause = one.source();
        }
        Self::Store(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_elsewhere_is_configuration_and_a_setting_that_it_does_not_know_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let open = |settings: &[(&str, &str)]| {
            let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Objects::open(folder.path(), Some(&settings.collect()))
        };
        let known = [
            ("bucket", "evidence"),
            ("endpoint", "http://127.0.0.1:9000"),
            ("allow_http", "true"),
            ("region", "cn-north"),
            ("access_key_id", "key"),
            ("secret_access_key", "secret"),
        ];
        assert!(!open(&known).unwrap().local);
        assert!(matches!(open(&[("bukket", "evidence")]), Err(BlobError::Setting(_))));
        assert!(matches!(open(&[]), Err(BlobError::Setting(_))), "no bucket");
    }
}
