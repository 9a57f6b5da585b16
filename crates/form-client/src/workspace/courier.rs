//! What a courier carries between a lead whose network does not reach the hub and a desk whose network does: a submission
//! on its way there, a receipt on its way back. They are known by what they hold, whatever their files are called.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use form_document::envelope::Envelope;
use form_document::key::Purpose;
use form_document::snapshot::{MANIFEST_MAX_BYTES, Manifest};
use form_document::transparency::Receipt;
use form_document::wire::{self, Submission};
use form_export::package::RECEIPT_MAX_BYTES;
use form_model::command::{Carried, Event, Imported};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;

use super::{Taken, Workspace};
use crate::file;

/// How a receipt begins: JSON in its one spelling.
const JSON: u8 = b'{';
/// How a submission begins: a CBOR array of two (RFC 8949, appendix B).
const PAIR: u8 = 0x82;

/// What a file that a courier has brought holds, and of which application it says to be. Nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Courier {
    /// A lead's wish to make a revision final, for the hub.
    Submission { application: ApplicationId, bytes: Vec<u8> },
    /// The hub's answer.
    Receipt { application: ApplicationId, bytes: Vec<u8> },
}

impl Courier {
    /// What a file holds; `None` when it is neither.
    ///
    /// # Errors
    /// [`ErrorCode::FileUnusable`].
    pub fn read(path: &Path) -> Result<Option<Self>, UserError> {
        let failed = |error: std::io::Error| file::failed(path, &error);
        if file::looked_at(path)?.len() > RECEIPT_MAX_BYTES {
            return Ok(None);
        }
        let mut file = File::open(path).map_err(failed)?.take(RECEIPT_MAX_BYTES);
        let mut bytes = Vec::new();
        file.by_ref().take(1).read_to_end(&mut bytes).map_err(failed)?;
        if !matches!(bytes.first(), Some(&(JSON | PAIR))) {
            return Ok(None);
        }
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(Self::of(bytes))
    }

    fn of(bytes: Vec<u8>) -> Option<Self> {
        if bytes.first() == Some(&JSON) {
            let application = application(&Receipt::read(&bytes).ok()?.envelope)?;
            return Some(Self::Receipt { application, bytes });
        }
        let submission: Submission = wire::decode_up_to(&bytes, MANIFEST_MAX_BYTES).ok()?;
        let application = application(&Envelope::read(&submission.envelope, Purpose::Manifest).ok()?)?;
        Some(Self::Submission { application, bytes })
    }
}

/// The application that a signed manifest names.
fn application(envelope: &Envelope) -> Option<ApplicationId> {
    Some(Manifest::read(&envelope.payload).ok()?.application)
}

impl Workspace {
    /// Takes in what a courier has brought, as far as that needs no hub.
    pub(super) fn take_courier(&mut self, courier: &Courier) -> Result<Taken, UserError> {
        match courier {
            Courier::Submission { .. } => {
                let chinese = "请在首页或申报里用“从U盘导入”打开它。".to_owned();
                let english = "Open it with “Import from USB”.".to_owned();
                Err(UserError::new(ErrorCode::NotHandedIn).with_pair("cause", chinese, english))
            }
            Courier::Receipt { application, bytes } => {
                let kept = self.keep_receipt(application, bytes)?;
                let carried = Carried { revision: kept.number, handed_in: false };
                let imported = Imported::by_courier(application.clone(), carried);
                Ok(Taken { imported, events: vec![Event::Signing], files: None })
            }
        }
    }
}
