//! Pages of the log for whoever follows it.

use std::collections::BTreeMap;
use std::fmt;

use form_document::ledger::{Logged, PageBuilder};
use form_document::log::{LogHead, LogState, Position};
use form_document::wire::{Have, Hello, MESSAGE_MAX_BYTES, Page, encode};
use form_document::{ActorId, ChangeHash, Claim, Segment};
use form_model::id::ApplicationId;

use super::core::Core;
use super::fold::places_of;
use super::open::OpenApplication;
use crate::error::{ErrorCode, HubError};
use crate::limit::{PAGE_BYTES, PAGE_PLACES, PAGE_READ_PLACES};
use crate::storage::StorageError;
use crate::storage::record::{Place, Run};

/// What an entry of a page costs beside its change, in bytes.
const ENTRY_BYTES: usize = 16;

/// What a place of a folded stretch stands for and the ledger lacks.
const OF_FOLDED: &str = "a change or roster entry that its folded log names";

/// What a receiver says that it has, by actor.
pub(super) fn have(list: &[Have]) -> BTreeMap<ActorId, u64> {
    list.iter().map(|have| (ActorId::from(have.actor), have.seq)).collect()
}

impl Core {
    /// The log after a hello, as much as one page holds, and whether more follows.
    ///
    /// # Errors
    /// When the hello knows another log, or more of it; when the store fails.
    pub fn page(&mut self, id: &ApplicationId, hello: &Hello) -> Result<(Page, bool), HubError> {
        self.open(id)?;
        let start = self.check_hello(id, hello)?;
        let have = have(&hello.have);
        let mut bytes = PAGE_BYTES;
        loop {
            let (page, more) = self.page_of(id, start, &have, bytes)?;
            // Many authors' signatures may make a page larger than its changes.
            if bytes < ENTRY_BYTES || encode(&page).len() <= MESSAGE_MAX_BYTES {
                return Ok((page, more));
            }
            bytes /= 2;
        }
    }

    /// Checks where a client stands. Returns the log there.
    pub(super) fn check_hello(&self, id: &ApplicationId, hello: &Hello) -> Result<LogState, HubError> {
        let end = self.opened(id)?.head.state.position;
        if hello.after > end {
            return Err(HubError::behind(end));
        }
        let state = self.state_at(id, hello.after)?;
        if state.hash == hello.log {
            return Ok(state);
        }
        let detail = format!("the client's log differs from the hub's at or before position {}", hello.after);
        Err(HubError { position: Some(end), ..HubError::new(ErrorCode::LogForked, detail) })
    }

    /// The log at a position that it has reached.
    pub(super) fn state_at(&self, id: &ApplicationId, position: Position) -> Result<LogState, HubError> {
        let open = self.opened(id)?;
        if position == 0 {
            return Ok(LogState::start(id));
        }
        if position == open.head.state.position {
            return Ok(open.head.state);
        }
        let lacking = || gap(id, format_args!("place {position} of its log"));
        if position > open.folded {
            let record = self.storage.log(id, position - 1, 1)?.pop();
            let record = record.filter(|record| record.position == position).ok_or_else(lacking)?;
            return Ok(LogState { position, hash: record.running });
        }
        let fold = self.storage.folds(id, position - 1)?.into_iter().next().ok_or_else(lacking)?;
        let mut state = fold.before;
        for place in fold.runs.iter().flat_map(|run| places_of(open, run)) {
            if state.position == position {
                break;
            }
            state.push(place.ok_or_else(lacking)?.item());
        }
        if state.position == position { Ok(state) } else { Err(lacking()) }
    }

    /// Chains the whole log anew, from its first place, out of what the document and the roster hold.
    ///
    /// # Errors
    /// When a place is missing, when the document has more or less than the log accepts, or the store fails.
    pub fn recount(&mut self, id: &ApplicationId) -> Result<LogState, HubError> {
        self.open(id)?;
        let open = self.opened(id)?;
        let (mut state, mut accepted) = (LogState::start(id), 0);
        let mut take = |place: &Place| {
            accepted += u64::from(matches!(place, Place::Accepted { .. }));
            state.push(place.item());
        };
        for fold in self.storage.folds(id, 0)? {
            for place in fold.runs.iter().flat_map(|run| places_of(open, run)) {
                take(&place.ok_or_else(|| gap(id, OF_FOLDED))?);
            }
        }
        for record in self.storage.log(id, open.folded, usize::MAX)? {
            take(&record.place);
        }
        // The genesis stands in no log.
        let changes = open.ledger.document.change_count();
        if changes == accepted + 1 {
            return Ok(state);
        }
        let changes = changes.saturating_sub(1);
        let what =
            format!("application {id}: its log accepts {accepted} changes, its document has {changes}");
        Err(StorageError::Damaged(what).into())
    }

    fn page_of(
        &self,
        id: &ApplicationId,
        start: LogState,
        have: &BTreeMap<ActorId, u64>,
        bytes: usize,
    ) -> Result<(Page, bool), HubError> {
        let open = self.opened(id)?;
        let mut draft = Draft {
            open,
            builder: PageBuilder::new(start.position, have),
            have,
            state: start,
            left: bytes,
            places: 0,
            rebuilt: None,
        };
        let whole = self.add_folded(id, &mut draft)? && self.add_unfolded(id, &mut draft)?;
        let (state, builder) = (draft.state, draft.builder);
        let head = self.head_at(id, &state)?;
        Ok((self.finish(id, builder, head)?, !whole))
    }

    /// Adds what is folded. Whether all of it fitted.
    fn add_folded(&self, id: &ApplicationId, draft: &mut Draft<'_>) -> Result<bool, HubError> {
        if draft.state.position >= draft.open.folded {
            return Ok(true);
        }
        for fold in self.storage.folds(id, draft.state.position)? {
            let mut position = fold.before.position;
            for place in fold.runs.iter().flat_map(|run| places_of(draft.open, run)) {
                position += 1;
                if position > draft.state.position
                    && !draft.add(self, id, place.ok_or_else(|| gap(id, OF_FOLDED))?)?
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Adds what is not folded. Whether all of it fitted.
    fn add_unfolded(&self, id: &ApplicationId, draft: &mut Draft<'_>) -> Result<bool, HubError> {
        while draft.state.position < draft.open.head.state.position {
            let records = self.storage.log(id, draft.state.position, PAGE_READ_PLACES)?;
            if records.is_empty() {
                return Err(gap(id, "the last places of its log"));
            }
            for record in records {
                if !draft.add(self, id, record.place)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The hub's word on its log at some position.
    fn head_at(&self, id: &ApplicationId, state: &LogState) -> Result<LogHead, HubError> {
        let open = self.opened(id)?;
        if state.position == open.head.state.position {
            return Ok(open.head.head);
        }
        let chain = open.ledger.chain();
        let mut epoch = chain.newest().epoch;
        if epoch > 0 {
            let version = self.version_at(id, state.position)?;
            epoch = chain.at(version).map_or(epoch, |roster| roster.epoch);
        }
        Ok(LogHead::sign(&self.key, id, state, epoch, self.clock.now_ms()))
    }

    /// The roster version that the log has reached at a position.
    fn version_at(&self, id: &ApplicationId, position: Position) -> Result<u64, HubError> {
        for fold in self.storage.folds(id, position)? {
            let mut at = fold.before.position;
            for run in fold.runs {
                at += if let Run::Accepted { count, .. } = run { count } else { 1 };
                if let Run::Roster { version } = run
                    && at > position
                {
                    return Ok(version.saturating_sub(1));
                }
            }
        }
        let mut versions = self.storage.log(id, position, usize::MAX)?.into_iter();
        let next = versions.find_map(|record| match record.place {
            Place::Roster { version, .. } => Some(version),
            _ => None,
        });
        let newest = self.opened(id)?.ledger.chain().version();
        Ok(next.map_or(newest, |next| next.saturating_sub(1)))
    }

    /// The page, with the signatures that prove its changes.
    pub(super) fn finish(
        &self,
        id: &ApplicationId,
        builder: PageBuilder<'_>,
        head: LogHead,
    ) -> Result<Page, HubError> {
        let open = self.opened(id)?;
        let mut segments: Vec<Segment> = Vec::new();
        for (actor, (first, last)) in builder.given() {
            for record in self.storage.segments_over(id, actor, *first, last.saturating_add(1))? {
                segments.extend(open.segment(&record));
            }
        }
        Ok(sealed(open, builder, &segments, head))
    }
}

/// A page with signatures that prove at least its changes.
pub(super) fn sealed(
    open: &OpenApplication,
    builder: PageBuilder<'_>,
    segments: &[Segment],
    head: LogHead,
) -> Page {
    let given = |segment: &&Segment| {
        let given = builder.given().get(&segment.actor);
        given.is_some_and(|(first, last)| segment.first_seq <= *last && segment.end_seq() > *first)
    };
    let segments: Vec<Segment> = segments.iter().filter(given).cloned().collect();
    let claims: Vec<Claim> =
        builder.newcomers().into_iter().filter_map(|actor| open.ledger.claim(actor)).cloned().collect();
    builder.finish(&segments, &claims, head)
}

/// What is stored of an application lacks something.
fn gap(id: &ApplicationId, what: impl fmt::Display) -> HubError {
    StorageError::Damaged(format!("application {id} lacks {what}")).into()
}

/// A page under construction.
struct Draft<'a> {
    open: &'a OpenApplication,
    builder: PageBuilder<'a>,
    have: &'a BTreeMap<ActorId, u64>,
    state: LogState,
    /// In bytes.
    left: usize,
    places: usize,
    /// Changes whose raw bytes are kept nowhere but in the document.
    rebuilt: Option<BTreeMap<ChangeHash, Vec<u8>>>,
}

impl Draft<'_> {
    /// Adds the next place of the log; false when the page is full.
    fn add(&mut self, core: &Core, id: &ApplicationId, place: Place) -> Result<bool, HubError> {
        let item = place.item();
        let logged = match place {
            Place::Accepted { actor, seq, .. } if self.has(&actor, seq) => {
                if !self.fits(0) {
                    return Ok(false);
                }
                self.builder.push_accepted(&actor, seq);
                self.state.push(item);
                return Ok(true);
            }
            Place::Accepted { actor, seq, hash, mut bytes } => {
                if bytes.is_empty() {
                    bytes = self.rebuilt(core, id, &hash)?;
                }
                Logged::Accepted { actor, seq, bytes }
            }
            Place::Refused { hash, reason } => Logged::Refused { hash, reason },
            Place::Roster { version, .. } => {
                let entry = self.open.ledger.chain().entries_after(version.saturating_sub(1)).first();
                let lacking = || gap(id, format_args!("entry {version} of its roster"));
                Logged::Roster(entry.ok_or_else(lacking)?.clone())
            }
        };
        let size = match &logged {
            Logged::Accepted { bytes, .. } => bytes.len(),
            Logged::Refused { .. } => 32,
            Logged::Roster(entry) => entry.content.len(),
        };
        if !self.fits(size) {
            return Ok(false);
        }
        self.builder.push(logged);
        self.state.push(item);
        Ok(true)
    }

    fn has(&self, actor: &ActorId, seq: u64) -> bool {
        self.have.get(actor).is_some_and(|have| seq <= *have)
    }

    /// Whether one more entry fits; the first one always does.
    fn fits(&mut self, size: usize) -> bool {
        let cost = size.saturating_add(ENTRY_BYTES);
        if self.places > 0 && (cost > self.left || self.places >= PAGE_PLACES) {
            return false;
        }
        self.left = self.left.saturating_sub(cost);
        self.places += 1;
        true
    }

    /// A change's raw bytes out of the document; all that the page may need are rebuilt at once.
    fn rebuilt(&mut self, core: &Core, id: &ApplicationId, hash: &ChangeHash) -> Result<Vec<u8>, HubError> {
        if self.rebuilt.is_none() {
            let mut known = vec![self.open.genesis];
            let seqs = core.accepted_at(id, self.state.position)?;
            let document = &self.open.ledger.document;
            known.extend(seqs.iter().filter_map(|(actor, seq)| document.hash_at(actor, *seq)));
            self.rebuilt = Some(document.changes_since(&known));
        }
        let lacking = || gap(id, format_args!("change {hash}, which its log accepts"));
        self.rebuilt.as_mut().and_then(|rebuilt| rebuilt.remove(hash)).ok_or_else(lacking)
    }
}
