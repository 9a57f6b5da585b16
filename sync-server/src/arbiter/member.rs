//! Who may speak to an application.

use form_document::key::PublicKey;
use form_document::roster::Roster;

use crate::error::{ErrorCode, HubError};

/// Whether the device may act as of this roster.
///
/// # Errors
/// [`ErrorCode::DeviceRevoked`] and [`ErrorCode::NotAMember`].
pub(super) fn check(roster: &Roster, device: &PublicKey) -> Result<(), HubError> {
    if roster.active(device).is_some() {
        return Ok(());
    }
    Err(if roster.devices.contains_key(device) {
        HubError::new(
            ErrorCode::DeviceRevoked,
            "this device, or its agency, was taken out of the application",
        )
    } else {
        HubError::new(ErrorCode::NotAMember, "this device takes no part in the application")
    })
}

/// The devices that may act.
pub(super) fn active(roster: &Roster) -> Vec<PublicKey> {
    roster.devices.keys().filter(|device| roster.active(device).is_some()).copied().collect()
}
