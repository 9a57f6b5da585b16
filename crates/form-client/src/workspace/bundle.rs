//! Exchange files: a USB stick is a network. A bundle carries the hub's log as far as this desk knows it, and what
//! no hub has seen yet; whoever takes it in applies the same rules as to what comes from the hub.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use form_document::bundle::{Bundle, MAGIC};
use form_document::ledger::Taken;
use form_document::wire::{Offer, PackageFile, Page, PageEntry, WireChange, WireClaim};
use form_document::{ActorId, wire};
use form_model::command::{Event, Imported};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, left_out, not_saved, unusable};
use crate::cause::{Cause, because, too_large};
use crate::log_page;
use crate::proof;
use crate::session::{Session, keep_merged};

/// The most that an exchange file unpacks to, in bytes: a document of a million changes, raw.
pub const UNPACKED_MAX_BYTES: u64 = 256 << 20;

impl Workspace {
    /// An exchange file: everything, or what is new since this desk's last one.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn export_bundle(&mut self, id: &ApplicationId, since_last: bool) -> Result<Vec<u8>, UserError> {
        if !self.session(id)?.checked {
            return Err(UserError::new(ErrorCode::StillChecking));
        }
        let mark = if since_last { self.bundle_mark(id)? } else { Mark::default() };
        let row = self.row(id)?;
        // Whoever has an earlier file, or has joined, has the form.
        let files = if since_last { None } else { self.package_files(&row.package)? };
        let package: Vec<PackageFile> =
            files.into_iter().flatten().map(|(path, content)| PackageFile { path, content }).collect();
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, home, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok(Vec::new()) };
        session.outbox.sign(&session.ledger, &key);
        let unsaved = store.write(|write| session.keep_segments(write));
        unsaved.map_err(|error: StoreError| not_saved(&error))?;
        session.outbox.saved();
        let have = mark.have();
        let pages = log_page::pages_after(store, session.key, &session.ledger, mark.position, &have)
            .map_err(|error| unusable(home, &error))?;
        let offer = session.unheard(store, &have).map_err(|error| unusable(home, &error))?;
        let next = Mark::of(session);
        let bundle = Bundle { genesis: row.genesis, package, pages, offer };
        let bytes = pack(&wire::encode(&bundle)).map_err(|error| not_saved(&error))?;
        let json = serde_json::to_string(&next).map_err(|error| not_saved(&error))?;
        self.store
            .write(|write| write.put_setting(&setting(id), &json))
            .map_err(|error: StoreError| not_saved(&error))?;
        Ok(bytes)
    }

    /// Takes an exchange file in. What it holds and this desk has already does no harm; what is bad is left out.
    ///
    /// # Errors
    /// [`ErrorCode::BadImport`] when the file is none, or of an application that this device is no member of.
    pub(super) fn import_bundle(
        &mut self,
        bytes: &[u8],
        file: &str,
    ) -> Result<(Imported, Vec<Event>), UserError> {
        let bad = |cause: &dyn Cause| because(UserError::new(ErrorCode::BadImport).with("file", file), cause);
        let unpacked = unpack(bytes).map_err(|error| bad(&error))?;
        let limit = usize::try_from(UNPACKED_MAX_BYTES).unwrap_or(usize::MAX);
        let bundle: Bundle = wire::decode_up_to(&unpacked, limit).map_err(|error| bad(&error))?;
        let id = form_document::application_id(&bundle.genesis).map_err(|error| bad(&error))?;
        let known = self.store.application(&id).map_err(|error| unusable(&self.home, &error))?;
        if known.is_none() {
            return Err(bad(&(
                "本机还没有加入这份申报，请先用邀请加入".to_owned(),
                "this device has not joined the application; join by an invite first".to_owned(),
            )));
        }
        let (before, known) = (self.session(&id)?.newest.0, self.rereads(&id)?);
        let mut events = Vec::new();
        for page in &bundle.pages {
            // The file starts later than this desk ends, or its writer took more for known than is here: its
            // changes are taken as any colleague's.
            let Ok(followed) = self.follow_page(&id, page)? else { break };
            events.extend(followed);
        }
        let (refused, reasons, taken) = self.take(&id, &everything(bundle))?;
        events.extend(taken);
        let changes = u64::try_from(self.session(&id)?.newest.0 - before).unwrap_or_default();
        let mut overlaps = self.rereads(&id)?;
        overlaps.retain(|answer| !known.contains(answer));
        let overlaps = self.named(&id, overlaps)?;
        Ok((Imported { application: id, new: false, changes, refused, reasons, overlaps }, events))
    }

    /// Takes in what came past the hub. Answers how many changes were left out, and why.
    fn take(
        &mut self,
        id: &ApplicationId,
        offer: &Offer,
    ) -> Result<(u64, Vec<String>, Vec<Event>), UserError> {
        let now = (self.surroundings.now_ms)();
        let language = self.settings().language;
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok((0, Vec::new(), Vec::new())) };
        session.outbox.sign(&session.ledger, &key);
        let taken = session.ledger.take(offer);
        let kept = store.write(|write| session.keep_taken(write, &taken, now));
        let number = match kept {
            Ok(number) => number,
            Err(error) => {
                let error: StoreError = error;
                self.reload(id)?;
                return Err(not_saved(&error));
            }
        };
        session.outbox.saved();
        session.outbox.heard(&taken.segments);
        if number > session.newest.0 {
            session.newest = (number, now);
        }
        let refused = (taken.merged.refused.len() + taken.faults.len() + taken.merged.waiting.len()) as u64;
        let reasons = left_out::reasons(&taken, language);
        let mut events = session.events(taken.merged.patched, &taken.merged.changed);
        if !taken.roster.is_empty() {
            events.push(Event::Team { team: session.team(now) });
        }
        events.extend(self.reread_news(id, &taken.merged.overlaps)?);
        let unread = self.unread(id)?;
        events.push(Event::Discussed { unread });
        Ok((refused, reasons, events))
    }

    fn package_files(&self, hash: &str) -> Result<Option<BTreeMap<String, Vec<u8>>>, UserError> {
        self.store.package_files(hash).map_err(|error| unusable(&self.home, &error))
    }

    fn bundle_mark(&self, id: &ApplicationId) -> Result<Mark, UserError> {
        let kept = self.store.setting(&setting(id)).map_err(|error| unusable(&self.home, &error))?;
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }
}

/// What was in the last exchange file.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Mark {
    /// Of the hub's log.
    position: u64,
    /// Actor in hex, and the last of its changes.
    actors: BTreeMap<String, u64>,
}

impl Mark {
    fn of(session: &Session) -> Self {
        let document = session.document();
        let actors = document.actors().map(|actor| (actor.to_hex_string(), document.last_seq(actor)));
        Self { position: session.ledger.log().position, actors: actors.collect() }
    }

    fn have(&self) -> BTreeMap<ActorId, u64> {
        let read = |(actor, seq): (&String, &u64)| Some((actor.parse().ok()?, *seq));
        self.actors.iter().filter_map(read).collect()
    }
}

fn setting(id: &ApplicationId) -> String {
    format!("bundle/{id}")
}

/// All that a bundle holds as one offer; the log's own words are followed before.
fn everything(bundle: Bundle) -> Offer {
    let mut offer = Offer::default();
    let (mut claims, mut roster) = (Vec::new(), Vec::new());
    for page in bundle.pages {
        let Page { entries, seals, claims: named, .. } = page;
        for entry in entries {
            match entry {
                PageEntry::Change(change) => offer.changes.push(change),
                PageEntry::Roster(entry) => roster.push(entry),
                PageEntry::Accepted { .. } | PageEntry::Refused { .. } => {}
            }
        }
        offer.seals.extend(seals);
        claims.extend(named);
    }
    offer.changes.extend(bundle.offer.changes);
    offer.seals.extend(bundle.offer.seals);
    claims.extend(bundle.offer.claims.into_iter().flatten());
    roster.extend(bundle.offer.roster.into_iter().flatten());
    offer.claims = Some(claims);
    offer.roster = Some(roster);
    offer
}

impl Session {
    /// What is here and the hub has not accepted as far as is known: roster, claims, changes and their proofs.
    fn unheard(&self, store: &form_store::Store, have: &BTreeMap<ActorId, u64>) -> Result<Offer, StoreError> {
        let ledger = &self.ledger;
        let mut from = ledger.all_accepted().clone();
        for (actor, seq) in have {
            let known = from.entry(actor.clone()).or_insert(0);
            *known = (*known).max(*seq);
        }
        let mut offer = Offer::default();
        let mut spans: BTreeMap<ActorId, (u64, u64)> = BTreeMap::new();
        for (actor, seq, hash) in ledger.document.changes_beyond(&from) {
            offer.changes.extend(ledger.document.change(&hash).map(WireChange));
            spans.entry(actor).or_insert((seq, seq)).1 = seq;
        }
        for (actor, (first, last)) in &spans {
            for row in store.segments_after(self.key, actor.to_bytes(), first.saturating_sub(1))? {
                offer.seals.push(proof::seal(&row, &ledger.document, last.saturating_add(1))?);
            }
        }
        offer.claims = Some(ledger.claims().map(WireClaim::from).collect());
        offer.roster = Some(ledger.chain().entries_after(0).to_vec());
        Ok(offer)
    }

    fn keep_taken(&self, write: &form_store::Write<'_>, taken: &Taken, now: i64) -> Result<i64, StoreError> {
        let number = keep_merged(write, self.key, self.newest.0, &taken.merged, now)?;
        if !taken.roster.is_empty() {
            let first = self.ledger.chain().version().saturating_sub(taken.roster.len() as u64) + 1;
            let rows: Vec<_> = taken.roster.iter().map(proof::roster_row).collect();
            write.put_roster(self.key, first, &rows)?;
        }
        for claim in &taken.claims {
            write.put_claim(self.key, claim.actor.to_bytes(), &proof::claim_row(claim))?;
        }
        for segment in &taken.segments {
            write.put_segment(self.key, &proof::segment_row(segment, self.document()))?;
        }
        self.keep_segments(write)?;
        Ok(number)
    }
}

fn pack(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(MAGIC.to_vec(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Unpacks with a bound: a few bytes can stand for more than a machine can hold.
fn unpack(bytes: &[u8]) -> Result<Vec<u8>, (String, String)> {
    let damaged = || ("它不是交换包，或已损坏".to_owned(), "it is no exchange file, or damaged".to_owned());
    let packed = bytes.strip_prefix(&MAGIC).ok_or_else(damaged)?;
    let mut content = Vec::new();
    let mut decoder = DeflateDecoder::new(packed).take(UNPACKED_MAX_BYTES + 1);
    decoder.read_to_end(&mut content).map_err(|_| damaged())?;
    if content.len() as u64 > UNPACKED_MAX_BYTES {
        return Err(too_large(UNPACKED_MAX_BYTES));
    }
    Ok(content)
}

/// Whether bytes are an exchange file.
pub(super) fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}
