//! Where this device's key lies.

use std::path::PathBuf;
use std::sync::Arc;

use form_document::key::{PublicKey, SigningKey};
use form_model::error::UserError;
use form_store::{Store, StoreError};

use super::{Workspace, not_saved, unusable};
use crate::device::{Device, KeyPlace};
use crate::home::Home;

/// The setting that names this device's public key.
const DEVICE: &str = "device";
/// The setting that says that a person wants the key to stay in its file.
const PLACE: &str = "key_place";

impl Workspace {
    /// This device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// This device's key, to sign requests with.
    ///
    /// # Errors
    /// As [`Device::key`].
    pub fn device_key(&self) -> Result<Arc<SigningKey>, UserError> {
        self.device.key()
    }

    /// Where its key lies when it lies in a file.
    pub fn key_file(&self) -> PathBuf {
        self.home.key_file()
    }

    /// Whether the device was made when the folder was opened.
    pub fn is_new_device(&self) -> bool {
        self.new_device
    }

    /// Has the key moved to the system's keyring where one answers, unless a person keeps it in its file.
    /// Returns at once.
    pub fn settle_key(&self) {
        let kept = self.store.setting(PLACE).ok().flatten();
        if kept.is_none_or(|json| json != json_of(KeyPlace::File)) {
            self.device.to_keyring_soon();
        }
    }

    /// Moves the key, and remembers where a person wants it.
    ///
    /// # Errors
    /// As [`Device::to_keyring`] and [`Device::to_file`].
    pub fn keep_key_in(&mut self, place: KeyPlace) -> Result<(), UserError> {
        // Remembered first: a key that is moved to its file must not wander back.
        self.store
            .write(|write| write.put_setting(PLACE, json_of(place)))
            .map_err(|error: StoreError| not_saved(&error))?;
        match place {
            KeyPlace::File => self.device.to_file(),
            KeyPlace::Keyring => self.device.to_keyring(),
        }
    }
}

/// Which device the database says that this desk is.
pub(super) fn known_device(home: &Home, store: &Store) -> Result<Option<PublicKey>, UserError> {
    let json = store.setting(DEVICE).map_err(|error| unusable(home, &error))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Keeps which device this desk is.
pub(super) fn keep_device(store: &mut Store, device: PublicKey) -> Result<(), UserError> {
    let json = serde_json::to_string(&device).map_err(|error| not_saved(&error))?;
    store.write(|write| write.put_setting(DEVICE, &json)).map_err(|error: StoreError| not_saved(&error))
}

fn json_of(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::File => "\"file\"",
        KeyPlace::Keyring => "\"keyring\"",
    }
}
