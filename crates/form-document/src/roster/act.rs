//! What a step of the roster does.

use std::collections::BTreeSet;

use form_model::id::AnswerId;
use form_model::member::{AgencyId, Grant};
use serde::{Deserialize, Serialize};

use crate::digest::Sha256;
use crate::key::{PublicKey, Signature};

/// One step. Who may take it stands with each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// The first step: the lead agency and the device that started the application. By that device, whose key
    /// the genesis names.
    Found {
        agency: AgencyId,
        name: String,
        mark: String,
        person: String,
        device_name: String,
        /// The key that the printed recovery code stands for.
        recovery: PublicKey,
    },
    /// Where the hub is and which key its log is signed with. By a lead.
    Hub { url: String, key: PublicKey },
    /// Takes an agency in, or changes what it is called and may do. By a lead.
    Agency {
        id: AgencyId,
        name: String,
        mark: String,
        grant: Grant,
        /// Until when the hub still accepts what the agency wrote under the grant before, in milliseconds since
        /// 1970-01-01 UTC.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accept_until_ms: Option<i64>,
    },
    /// Takes an agency out: all its devices are revoked. By a lead.
    Remove { agency: AgencyId },
    /// Lets one device of an agency enrol itself, once. By a lead.
    Invite {
        /// The public half of the key that the invite's code stands for.
        key: PublicKey,
        agency: AgencyId,
        /// Whom it is meant for; may be empty.
        person: String,
        expires_ms: i64,
    },
    /// Takes an invite back. By a lead.
    Cancel { invite: PublicKey },
    /// Enrols a device. By the key of an open invite.
    Enrol(Enrolment),
    /// Takes a device's rights away, from the step's place in the hub's log on. By a lead.
    Revoke { device: PublicKey },
    /// Makes another agency the lead; the former one keeps what `grant` says. By a lead.
    HandOver {
        to: AgencyId,
        grant: Grant,
        /// As in [`Self::Agency`], for what the former lead wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accept_until_ms: Option<i64>,
    },
    /// Names another recovery key: the code of one that leads no more must not appoint anybody. By a lead.
    Recovery { key: PublicKey },
    /// Enrols a new device of the lead after the last one was lost. By the recovery key, which is spent: the
    /// step names the next one.
    Recover { enrolment: Enrolment, recovery: PublicKey },
    /// Lets the hub go on from a log that is shorter than one it had signed, after it was restored from a
    /// backup and nobody could give back what it had lost. By a lead.
    Epoch {
        number: u64,
        /// The last position that stands.
        position: u64,
        /// The log's hash there, 64 lower-case hex digits.
        log: String,
    },
    /// Makes a revision final: what was signed is closed. By a lead; the hub takes it in only with the manifest that it
    /// has rebuilt itself.
    Finalise {
        /// 1 for the first.
        revision: u64,
        /// Of the exact bytes of the manifest.
        manifest: Sha256,
        /// The sections that are closed: the counted ones of the form.
        sections: BTreeSet<String>,
    },
    /// Gives a final revision back for correction: these sections are open again, the others stay as they were signed.
    /// By a lead or a reviewer.
    Return { revision: u64, sections: BTreeSet<String>, reasons: Vec<ReturnReason> },
}

/// Why something was returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnReason {
    /// The answer that it is about; `None` for the sections as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<AnswerId>,
    pub text: String,
}

/// A device that enrols itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    pub device: PublicKey,
    pub person: String,
    pub device_name: String,
    /// The device's own word, so that nobody enrols a key that they do not hold: over the application's id (64
    /// hex digits) and the enrolling key (32 bytes).
    pub possession: Signature,
}
