//! Exchange files: a USB stick is a network. A bundle carries the hub's log as far as this desk knows it, and what
//! no hub has seen yet; whoever takes it in applies the same rules as to what comes from the hub.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Seek, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use form_document::bundle::{Bundle, MAGIC};
use form_document::ledger::{EARLY_MAX_BYTES, Taken as TakenOffer};
use form_document::wire::{Offer, PackageFile, Page, PageEntry, WireChange, WireClaim};
use form_document::{ActorId, change_hash, wire};
use form_model::command::{Event, Imported, PackedEvidence};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::bundle_mark::{Mark, Since};
use super::{Workspace, left_out, not_saved, unusable};
use crate::cause::{Cause, because, too_large};
use crate::file;
use crate::log_page;
use crate::proof;
use crate::session::{Session, keep_merged};
use crate::stick::{self, StickFiles, StickToWrite};

/// The most that an exchange file unpacks to, in bytes: a document of a million changes, raw.
pub const UNPACKED_MAX_BYTES: u64 = 256 << 20;

/// Whose refused work is shown of what comes past the hub's verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Whatever hangs on refused work: it may be here alone.
    All,
    /// What this desk's agency fills in.
    Ours,
}

/// What came of taking a file in.
#[derive(Debug)]
pub struct Taken<S = BufReader<File>> {
    pub imported: Imported,
    /// For the view.
    pub events: Vec<Event>,
    /// Files of evidence that are yet to be taken out of it.
    pub files: Option<StickFiles<S>>,
}

impl Workspace {
    /// An exchange file without files, as bytes: everything, or what is new since this desk's last one.
    ///
    /// # Errors
    /// As [`Workspace::pack_bundle`].
    pub fn export_bundle(&mut self, id: &ApplicationId, since_last: bool) -> Result<Vec<u8>, UserError> {
        let since = if since_last { Since::Last } else { Since::Start };
        self.pack_bundle(id, &since, &PackedEvidence::None).map(StickToWrite::into_content)
    }

    /// An exchange file with files of evidence, to be written. Once that is done, [`Workspace::bundle_written`] is to be
    /// told.
    ///
    /// # Errors
    /// [`ErrorCode::StillChecking`]; [`ErrorCode::BadImport`] when the earlier file is none;
    /// [`ErrorCode::NoSuchSlot`]; when the database can't be read or written.
    pub fn pack_bundle(
        &mut self,
        id: &ApplicationId,
        since: &Since,
        evidence: &PackedEvidence,
    ) -> Result<StickToWrite, UserError> {
        if !self.session(id)?.checked {
            return Err(UserError::new(ErrorCode::StillChecking));
        }
        let mark = self.mark(id, since)?;
        let files = self.packed_files(id, evidence, &mark)?;
        let row = self.row(id)?;
        // Whoever has an earlier file, or has joined, has the form.
        let form = if *since == Since::Start { self.package_files(&row.package)? } else { None };
        let package: Vec<PackageFile> =
            form.into_iter().flatten().map(|(path, content)| PackageFile { path, content }).collect();
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, home, blobs, .. } = self;
        let Some(session) = sessions.get_mut(id) else {
            return Err(UserError::new(ErrorCode::UnknownApplication).with("application", id));
        };
        session.outbox.sign(&session.ledger, &key);
        let unsaved = store.write(|write| session.keep_segments(write));
        unsaved.map_err(|error: StoreError| not_saved(&error))?;
        session.outbox.saved();
        let have = mark.have();
        let pages = log_page::pages_after(store, session.key, &session.ledger, mark.position, &have)
            .map_err(|error| unusable(home, &error))?;
        let offer = session.unheard(store, &have).map_err(|error| unusable(home, &error))?;
        let carried = files.iter().map(|file| file.sha256.clone());
        let next = Mark::of(session, mark.files.into_iter().chain(carried).collect());
        let bundle = Bundle { genesis: row.genesis, package, pages, offer };
        let content = pack(&wire::encode(&bundle)).map_err(|error| not_saved(&error))?;
        session.exported = Some(next);
        Ok(StickToWrite { content, files, blobs: blobs.clone() })
    }

    /// Takes an exchange file's changes in, and says which of its files are to be taken. What it holds and this desk has
    /// already does no harm; what is bad is left out.
    ///
    /// # Errors
    /// [`ErrorCode::BadImport`] when the file is none, or of an application that this device is no member of.
    pub(super) fn import_bundle<S: BufRead + Seek>(
        &mut self,
        mut source: S,
        file: &str,
    ) -> Result<Taken<S>, UserError> {
        let bad = |cause: &dyn Cause| because(UserError::new(ErrorCode::BadImport).with("file", file), cause);
        let bundle = read(&mut source).map_err(|error| bad(&error))?;
        let index = stick::index(&mut source).map_err(|error| bad(&error))?;
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
        let Bundle { mut pages, offer, .. } = bundle;
        let mut known_pages = 0;
        for page in &pages {
            // The file starts later than this desk ends, or its writer took more for known than is here: its
            // changes are taken as any colleague's.
            let Ok(followed) = self.follow_page(&id, page)? else { break };
            events.extend(followed);
            known_pages += 1;
        }
        let (refused, reasons, taken) =
            self.take(&id, with_pages(offer, pages.split_off(known_pages)), Shown::All)?;
        events.extend(taken);
        let changes = u64::try_from(self.session(&id)?.newest.0 - before).unwrap_or_default();
        let mut overlaps = self.rereads(&id)?;
        overlaps.retain(|answer| !known.contains(answer));
        let overlaps = self.named(&id, overlaps)?;
        // After the changes: they name the files.
        let files = self.stick_files(&id, source, file, index)?;
        let brought = files.expected();
        let imported = Imported {
            application: id,
            new: false,
            changes,
            refused,
            reasons,
            overlaps,
            files: brought,
            carried: None,
        };
        Ok(Taken { imported, events, files: (!files.is_empty()).then_some(files) })
    }

    /// Tries again what came before that which it builds on.
    pub(super) fn take_early(&mut self, id: &ApplicationId) -> Result<Vec<Event>, UserError> {
        if self.early(id)?.is_none() {
            return Ok(Vec::new());
        }
        self.take(id, Offer::default(), Shown::All).map(|(_, _, events)| events)
    }

    /// What waits here for earlier changes.
    pub(super) fn early(&mut self, id: &ApplicationId) -> Result<Option<Offer>, UserError> {
        let key = self.session(id)?.key;
        let kept = self.store.early(key).map_err(|error| unusable(&self.home, &error))?;
        // It is of this program's own making; what cannot be read is brought again by whoever made it.
        Ok(kept.and_then(|bytes| wire::decode_up_to(&bytes, 2 * EARLY_MAX_BYTES).ok()))
    }

    /// Takes in what came past the hub, and what waited for it. Answers how many changes were left out, and why.
    pub(super) fn take(
        &mut self,
        id: &ApplicationId,
        mut offer: Offer,
        shown: Shown,
    ) -> Result<(u64, Vec<String>, Vec<Event>), UserError> {
        let brought: BTreeSet<_> =
            offer.changes.iter().filter_map(|WireChange(bytes)| change_hash(bytes)).collect();
        if let Some(early) = self.early(id)? {
            offer.changes.extend(early.changes);
            offer.seals.extend(early.seals);
            offer.claims.get_or_insert_default().extend(early.claims.into_iter().flatten());
        }
        let now = (self.surroundings.now_ms)();
        let language = self.language();
        self.session(id)?;
        let key = self.device.key()?;
        let Self { sessions, store, .. } = self;
        let Some(session) = sessions.get_mut(id) else { return Ok((0, Vec::new(), Vec::new())) };
        session.outbox.sign(&session.ledger, &key);
        let mut taken = session.ledger.take(&offer);
        let kept = store.set_aside(session.key).and_then(|aside| {
            let new = session.new_aside(store, &taken.set_aside, shown)?;
            store.write(|write| {
                session.put_away_again(write, &aside, &taken.merged.history)?;
                session.keep_aside(write, &new)?;
                session.keep_taken(write, &taken, now)
            })
        });
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
            if let Some(wake) = self.wakes.get(id) {
                wake.changed.notify_one();
            }
        }
        taken.merged.waiting.retain(|change| brought.contains(&change.hash));
        let refused = (taken.merged.refused.len() + taken.faults.len() + taken.merged.waiting.len()) as u64;
        let reasons = left_out::reasons(&taken, language);
        let mut events = session.events(taken.merged.patched, &taken.merged.changed);
        if !taken.roster.is_empty() {
            events.push(Event::Team { team: session.team(now) });
        }
        events.extend(self.reread_news(id, &taken.merged.overlaps)?);
        let unread = self.unread(id)?;
        events.push(Event::Discussed { unread });
        events.push(Event::Signing);
        events.push(Event::Sync { sync: self.sync_state(id)? });
        Ok((refused, reasons, events))
    }

    fn package_files(&self, hash: &str) -> Result<Option<BTreeMap<String, Vec<u8>>>, UserError> {
        self.store.package_files(hash).map_err(|error| unusable(&self.home, &error))
    }
}

/// What no hub has seen, and the pages that cannot be followed from here as well. Its own changes and signatures
/// come first: there is a limit to how much an offer may say, and the log can be had elsewhere.
fn with_pages(mut offer: Offer, pages: Vec<Page>) -> Offer {
    for page in pages {
        let Page { entries, seals, claims, .. } = page;
        for entry in entries {
            match entry {
                PageEntry::Change(change) => offer.changes.push(change),
                PageEntry::Roster(entry) => offer.roster.get_or_insert_default().push(entry),
                PageEntry::Accepted { .. } | PageEntry::Refused { .. } => {}
            }
        }
        offer.seals.extend(seals);
        offer.claims.get_or_insert_default().extend(claims);
    }
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

    fn keep_taken(
        &self,
        write: &form_store::Write<'_>,
        taken: &TakenOffer,
        now: i64,
    ) -> Result<i64, StoreError> {
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
        let early = (!taken.early.changes.is_empty()).then(|| wire::encode(&taken.early));
        write.put_early(self.key, early.as_deref())?;
        self.keep_segments(write)?;
        Ok(number)
    }
}

fn pack(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(MAGIC.to_vec(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Opens an exchange file.
pub(super) fn open(path: &Path) -> Result<BufReader<File>, UserError> {
    file::looked_at(path)?;
    File::open(path).map(BufReader::new).map_err(|error| file::failed(path, &error))
}

/// An exchange file's content. The source stands behind it then.
pub(super) fn read(source: &mut impl BufRead) -> Result<Bundle, (String, String)> {
    let unpacked = unpack(source)?;
    let limit = usize::try_from(UNPACKED_MAX_BYTES).unwrap_or(usize::MAX);
    wire::decode_up_to(&unpacked, limit).map_err(|error| (error.chinese(), error.english()))
}

/// Unpacks with a bound: a few bytes can stand for more than a machine can hold.
fn unpack(source: &mut impl BufRead) -> Result<Vec<u8>, (String, String)> {
    let damaged = || ("它不是交换包，或已损坏".to_owned(), "it is no exchange file, or damaged".to_owned());
    if !is_bundle(source).map_err(|_| damaged())? {
        return Err(damaged());
    }
    source.consume(MAGIC.len());
    let mut content = Vec::new();
    // It reads no byte beyond the packed content's end.
    let mut decoder = DeflateDecoder::new(source).take(UNPACKED_MAX_BYTES + 1);
    decoder.read_to_end(&mut content).map_err(|_| damaged())?;
    if content.len() as u64 > UNPACKED_MAX_BYTES {
        return Err(too_large(UNPACKED_MAX_BYTES));
    }
    Ok(content)
}

/// Whether an exchange file begins here. Nothing is taken from the source.
pub(super) fn is_bundle(source: &mut impl BufRead) -> std::io::Result<bool> {
    Ok(source.fill_buf()?.starts_with(&MAGIC))
}
