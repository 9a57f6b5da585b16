//! Between what the store keeps and what the document core calls it: roster, claims, segments, the hub's log.

use form_document::key::{PUBLIC_KEY_BYTES, PublicKey, SIGNATURE_BYTES, Signature};
use form_document::ledger::{Ledger, LedgerParts};
use form_document::log::{LogState, Reason};
use form_document::roster::{RosterChain, SignedEntry};
use form_document::wire::{Seal, WireActor, WireHash};
use form_document::{ActorId, ChangeHash, Claim, Document, NONCE_BYTES, Segment};
use form_model::id::ApplicationId;
use form_store::application::ApplicationKey;
use form_store::follow::{FollowRow, RefusedRow};
use form_store::roster::RosterRow;
use form_store::segment::{ClaimRow, SegmentRow};
use form_store::{Store, StoreError};

/// Everything that proves an application's authorship and rights, as it was kept.
///
/// # Errors
/// When the database can't be read, or holds what no program of ours wrote.
pub(crate) fn parts(
    store: &Store,
    key: ApplicationKey,
    application: &ApplicationId,
    root: PublicKey,
) -> Result<LedgerParts, StoreError> {
    let mut parts = LedgerParts::new(application, root);
    for row in store.roster(key)? {
        let entry = signed_entry(row)?;
        parts.chain.append(entry, None).map_err(|error| bad("roster", &error))?;
    }
    for row in store.claims(key)? {
        parts.claims.push(claim(application, &row)?);
    }
    for (actor, seq) in store.accepted(key)? {
        parts.accepted.insert(ActorId::from(actor), seq);
    }
    for (device, version) in store.floors(key)? {
        parts.floors.insert(PublicKey(fixed("device", &device)?), version);
    }
    for row in store.refused(key)?.into_iter().filter(|row| row.in_log) {
        let hash = ChangeHash(fixed("refused change", &row.hash)?);
        parts.refused.insert(hash, reason(row.reason)?);
    }
    if let Some(row) = store.follow(key)? {
        parts.confirmed = row.confirmed;
        parts.log = LogState { position: row.position, hash: fixed("log", &row.log_hash)? };
        if row.bound > 0 {
            parts.bound = Some(LogState { position: row.bound, hash: fixed("log", &row.bound_hash)? });
        }
    }
    Ok(parts)
}

/// The row of how far the log was followed.
pub(crate) fn follow_row(ledger: &Ledger, synced_ms: i64, checked: bool) -> FollowRow {
    let (log, bound) = (ledger.log(), ledger.bound());
    FollowRow {
        position: log.position,
        log_hash: log.hash.to_vec(),
        confirmed: ledger.confirmed(),
        synced_ms,
        checked,
        bound: bound.map_or(0, |bound| bound.position),
        bound_hash: bound.map_or_else(Vec::new, |bound| bound.hash.to_vec()),
    }
}

/// A change that the log refuses, as it is kept; what it did is kept apart where somebody would miss it.
pub(crate) fn refused_row(hash: &ChangeHash, reason: Reason) -> RefusedRow {
    let (raw, history) = (Vec::new(), String::new());
    RefusedRow { hash: hash.0.to_vec(), reason: reason.number(), raw, history, in_log: true }
}

/// A roster entry as it is kept.
pub(crate) fn roster_row(entry: &SignedEntry) -> RosterRow {
    RosterRow {
        content: entry.content.clone(),
        signer: entry.key.0.to_vec(),
        signature: entry.signature.0.to_vec(),
    }
}

fn signed_entry(row: RosterRow) -> Result<SignedEntry, StoreError> {
    let key = PublicKey(fixed::<PUBLIC_KEY_BYTES>("roster entry", &row.signer)?);
    let signature = Signature(fixed::<SIGNATURE_BYTES>("roster entry", &row.signature)?);
    Ok(SignedEntry { content: row.content, key, signature })
}

/// A claim as it is kept.
pub(crate) fn claim_row(claim: &Claim) -> ClaimRow {
    ClaimRow { device: claim.device.0.to_vec(), nonce: claim.nonce.to_vec() }
}

fn claim(application: &ApplicationId, row: &ClaimRow) -> Result<Claim, StoreError> {
    let device = PublicKey(fixed("claim", &row.device)?);
    Ok(Claim::new(application, device, fixed::<NONCE_BYTES>("claim", &row.nonce)?))
}

/// A segment as it is kept: without the hashes of changes that are here.
pub(crate) fn segment_row(segment: &Segment, document: &Document) -> SegmentRow {
    let here = document.last_seq(&segment.actor).saturating_add(1);
    let rest = segment.seal(here).rest.unwrap_or_default();
    SegmentRow {
        actor: segment.actor.to_bytes().to_vec(),
        first_seq: segment.first_seq,
        count: segment.hashes.len() as u64,
        roster: segment.roster,
        signature: segment.signature.0.to_vec(),
        rest: rest.iter().flat_map(|hash| hash.0).collect(),
    }
}

/// A kept segment as it travels to one who has, or gets with it, the actor's changes before `end_seq`.
pub(crate) fn seal(row: &SegmentRow, document: &Document, end_seq: u64) -> Result<Seal, StoreError> {
    let actor = ActorId::from(row.actor.as_slice());
    let mut kept = Vec::new();
    for hash in row.rest.chunks(32) {
        kept.push(WireHash(fixed("segment", hash)?));
    }
    let end = row.first_seq.saturating_add(row.count);
    let here = end.saturating_sub(kept.len() as u64);
    let mut rest: Vec<WireHash> = (end_seq.max(row.first_seq)..here)
        .filter_map(|seq| document.hash_at(&actor, seq).map(WireHash::from))
        .collect();
    let skipped = usize::try_from(end_seq.saturating_sub(here)).unwrap_or(usize::MAX);
    rest.extend(kept.into_iter().skip(skipped));
    Ok(Seal {
        roster: row.roster,
        count: row.count,
        signature: Signature(fixed("segment", &row.signature)?),
        start: Some((WireActor::from(&actor), row.first_seq)),
        rest: (!rest.is_empty()).then_some(rest),
    })
}

/// The roster chain of a few entries, from its start.
///
/// # Errors
/// When an entry does not follow from those before.
pub(crate) fn chain(
    application: &ApplicationId,
    root: PublicKey,
    entries: &[SignedEntry],
) -> Result<RosterChain, form_document::roster::RosterFault> {
    let mut chain = RosterChain::new(application.clone(), root);
    entries.iter().try_for_each(|entry| chain.append(entry.clone(), None))?;
    Ok(chain)
}

fn reason(number: u8) -> Result<Reason, StoreError> {
    Reason::from_number(number).ok_or_else(|| bad("refusal", &number))
}

fn fixed<const N: usize>(what: &'static str, bytes: &[u8]) -> Result<[u8; N], StoreError> {
    <[u8; N]>::try_from(bytes).map_err(|error| bad(what, &error))
}

fn bad(what: &'static str, cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what, cause: cause.to_string() }
}
