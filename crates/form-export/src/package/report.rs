//! What a receipt proves, as people and programs are told.

use form_document::digest::Sha256;
use form_document::key::PublicKey;
use form_document::sign_off::{Statement, Word};
use form_document::snapshot::{Manifest, ManifestRoster};
use form_document::transparency::VerifiedReceipt;
use form_model::command::{
    VerifiedFile, VerifiedForm, VerifiedLog, VerifiedSigner, VerifiedStatement, VerifiedSubmission,
};
use form_model::member::AgencyId;

/// What a receipt proves.
pub(super) fn submission(verified: &VerifiedReceipt) -> VerifiedSubmission {
    let manifest = &verified.manifest;
    let overrides = manifest.overrides.iter().map(|one| (one.device.to_string(), one.reason.clone()));
    VerifiedSubmission {
        application: manifest.application.clone(),
        name: manifest.name.clone(),
        revision: manifest.revision,
        digest: verified.digest.to_string(),
        previous: manifest.previous.map(|previous| previous.to_string()),
        form: VerifiedForm {
            id: manifest.form.id.clone(),
            version: manifest.form.version.clone(),
            package: manifest.form.package.clone(),
        },
        made_ms: manifest.made_ms,
        answers: u64::try_from(manifest.answers.len()).unwrap_or(u64::MAX),
        lead: signer(&manifest.roster, &verified.lead),
        log: VerifiedLog {
            origin: verified.origin.to_string(),
            hub: verified.hub.to_string(),
            index: verified.index,
            size: verified.tree.size,
            root: verified.tree.root.to_string(),
        },
        statements: verified
            .statements
            .iter()
            .map(|(device, said)| statement(&manifest.roster, device, said))
            .collect(),
        overrides: overrides.collect(),
    }
}

/// The files of evidence; `checked` says which were found to be what was signed for.
pub(super) fn files(manifest: &Manifest, checked: impl Fn(&Sha256) -> bool) -> Vec<VerifiedFile> {
    let file = |record: &form_document::sign_off::EvidenceRecord| VerifiedFile {
        slot: record.slot.clone(),
        name: record.name.clone(),
        size: record.size,
        sha256: record.sha256.to_string(),
        checked: checked(&record.sha256),
    };
    manifest.evidence.iter().map(file).collect()
}

fn statement(roster: &ManifestRoster, device: &PublicKey, said: &Statement) -> VerifiedStatement {
    let (section, step) = match &said.word {
        Word::Confirm { section, step, .. } => (Some(section.clone()), Some(*step)),
        Word::Declare { .. } | Word::Withdraw { .. } => (None, None),
    };
    VerifiedStatement {
        section,
        step,
        signer: signer(roster, device),
        person: said.person.clone(),
        title: said.title.clone(),
        remark: said.remark.clone(),
        time_ms: said.time_ms,
    }
}

/// Whose a device is, by the roster that was signed with the submission.
fn signer(roster: &ManifestRoster, key: &PublicKey) -> VerifiedSigner {
    let device = roster.devices.get(key);
    let agency = device.map_or_else(|| AgencyId(String::new()), |device| device.agency.clone());
    VerifiedSigner {
        device: key.to_string(),
        agency_name: roster.agencies.get(&agency).map(|agency| agency.name.clone()).unwrap_or_default(),
        agency,
        person: device.map(|device| device.person.clone()).unwrap_or_default(),
    }
}
