//! Whose a change is: what a message's seals prove.

use std::collections::BTreeMap;

use automerge::{ActorId, ChangeHash};
use form_model::id::ApplicationId;

use crate::document::Document;
use crate::key::{BadSignature, PublicKey};
use crate::raw::RawChange;
use crate::segment::{Claim, SEGMENT_MAX_CHANGES, Segment};
use crate::wire::Seal;

/// A change and who made it.
#[derive(Clone, Debug)]
pub(crate) struct Proven {
    /// Its place in the message.
    pub(crate) index: usize,
    pub(crate) raw: RawChange,
    pub(crate) device: PublicKey,
    /// The roster that its author says it knew.
    pub(crate) roster: u64,
}

/// What came of a message's changes and seals.
#[derive(Debug, Default)]
pub(crate) struct Authorship {
    pub(crate) proven: Vec<Proven>,
    /// Changes that nobody has signed, as far as the message shows.
    pub(crate) unproven: Vec<ChangeHash>,
    /// The seals that hold, with all their hashes.
    pub(crate) segments: Vec<Segment>,
    pub(crate) bad_seals: Vec<(usize, BadSeal)>,
}

/// Why a seal proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    #[error("the seal is about an actor that no device has claimed")]
    UnknownActor,
    #[error("the seal is about no changes, or about more than {SEGMENT_MAX_CHANGES}")]
    Length,
    #[error("the seal is about changes that are neither here nor named")]
    MissingChanges,
    #[error(transparent)]
    Signature(#[from] BadSignature),
}

/// Finds out whose the changes are. `claims` says whose the actors are.
pub(crate) fn prove(
    document: &Document,
    claims: &BTreeMap<ActorId, Claim>,
    changes: Vec<(usize, RawChange)>,
    seals: &[Seal],
) -> Authorship {
    let mut authorship = Authorship::default();
    let first = changes.first().map(|(_, raw)| (raw.ops.actor_id.clone(), raw.ops.seq));
    let mut given: BTreeMap<(&ActorId, u64), ChangeHash> = BTreeMap::new();
    for (_, raw) in &changes {
        // Of two changes in one place the first counts; the other stays unproven.
        given.entry((&raw.ops.actor_id, raw.ops.seq)).or_insert(raw.hash);
    }
    let mut by_hash: BTreeMap<ChangeHash, (PublicKey, u64)> = BTreeMap::new();
    for (index, seal) in seals.iter().enumerate() {
        let opened = Sealed { document, given: &given, first: first.as_ref() }.open(seal, claims);
        match opened {
            Ok((segment, device)) => {
                by_hash.extend(segment.hashes.iter().map(|hash| (*hash, (device, segment.roster))));
                authorship.segments.push(segment);
            }
            Err(bad) => authorship.bad_seals.push((index, bad)),
        }
    }
    for (index, raw) in changes {
        match by_hash.get(&raw.hash) {
            Some((device, roster)) => {
                authorship.proven.push(Proven { index, raw, device: *device, roster: *roster });
            }
            None => authorship.unproven.push(raw.hash),
        }
    }
    authorship
}

/// Where a seal's hashes come from.
struct Sealed<'a> {
    document: &'a Document,
    given: &'a BTreeMap<(&'a ActorId, u64), ChangeHash>,
    first: Option<&'a (ActorId, u64)>,
}

impl Sealed<'_> {
    fn open(&self, seal: &Seal, claims: &BTreeMap<ActorId, Claim>) -> Result<(Segment, PublicKey), BadSeal> {
        let start = seal.start.map(|(actor, seq)| (ActorId::from(actor), seq));
        let (actor, first_seq) = start.or_else(|| self.first.cloned()).ok_or(BadSeal::MissingChanges)?;
        let device = claims.get(&actor).ok_or(BadSeal::UnknownActor)?.device;
        let count = usize::try_from(seal.count).unwrap_or(usize::MAX);
        if count == 0 || count > SEGMENT_MAX_CHANGES || first_seq == 0 {
            return Err(BadSeal::Length);
        }
        let rest = seal.rest.as_deref().unwrap_or_default();
        let here = count.checked_sub(rest.len()).ok_or(BadSeal::Length)?;
        let mut hashes = Vec::with_capacity(count);
        for seq in (first_seq..).take(here) {
            hashes.push(self.hash(&actor, seq).ok_or(BadSeal::MissingChanges)?);
        }
        hashes.extend(rest.iter().map(|hash| ChangeHash(hash.0)));
        let segment = Segment { actor, first_seq, hashes, roster: seal.roster, signature: seal.signature };
        segment.verify(self.application(), &device)?;
        Ok((segment, device))
    }

    fn application(&self) -> &ApplicationId {
        self.document.application()
    }

    fn hash(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        self.given.get(&(actor, seq)).copied().or_else(|| self.document.hash_at(actor, seq))
    }
}
