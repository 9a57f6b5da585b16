//! What is to be carried between this desk and its hub, and how each file stands. What the hub has said is kept; what is
//! under way is known in memory alone.

use std::collections::{BTreeMap, BTreeSet};

use form_model::command::{BlobState, Transfer};
use form_model::error::UserError;
use form_model::evidence::{Attribute, EvidenceFile, EvidenceKey, entries};
use form_model::id::{ApplicationId, FieldId};
use form_store::StoreError;
use form_store::blob::BlobRow;

use super::{Workspace, not_saved, unusable};
use crate::hub::{Extent, Load, METERED_MAX_BYTES, Way};

/// The setting that tells whether the line to the hub costs money.
const METERED: &str = "metered";
/// The setting that tells since when nothing is carried, in milliseconds since 1970-01-01 UTC.
const PAUSED: &str = "paused";
/// The setting that tells which hub has said what is kept of an application's files.
const HUB_OF_FILES: &str = "hub_of_files";

/// Everything that is known of one file.
struct Standing {
    file: EvidenceFile,
    row: BlobRow,
    here: bool,
    /// It stands in a slot, and was not taken out of all of them.
    stands: bool,
    /// The roster gives it to this desk's agency.
    readable: bool,
}

/// What a person has said about the line.
#[derive(Clone, Copy)]
struct Line {
    metered: bool,
    paused_ms: Option<i64>,
}

impl Line {
    fn costs_too_much(self, size: u64, wanted_ms: i64) -> bool {
        self.metered && size > METERED_MAX_BYTES && wanted_ms == 0
    }

    /// Whether a file of that size waits. What somebody asks for after a pause began does not.
    fn holds_back(self, size: u64, wanted_ms: i64) -> bool {
        self.paused_ms.is_some_and(|since| wanted_ms <= since) || self.costs_too_much(size, wanted_ms)
    }
}

impl Workspace {
    /// Where the files of an application are.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn blob_states(&mut self, id: &ApplicationId) -> Result<Vec<BlobState>, UserError> {
        let (shared, line) = (self.hub(id).is_ok(), self.line());
        let standings = self.standings(id)?;
        let moving = self.moving.get(id);
        let state = |(sha256, standing): (String, Standing)| {
            let transfer = match moving.and_then(|moving| moving.get(&sha256)) {
                _ if !shared => Transfer::Unshared,
                Some(transfer) => transfer.clone(),
                None => self.at_rest(&sha256, &standing, line),
            };
            BlobState { here: standing.here, sha256, transfer }
        };
        Ok(standings.into_iter().map(state).collect())
    }

    /// How a file stands that is not under way.
    fn at_rest(&self, sha256: &str, standing: &Standing, line: Line) -> Transfer {
        let Standing { file, row, here, readable, .. } = standing;
        match (row.on_hub_ms > 0, here) {
            (true, _) => Transfer::OnHub,
            (false, true) if line.costs_too_much(file.size, row.wanted_ms) => Transfer::Held,
            (false, true) => Transfer::Waiting,
            (false, false) if !readable => Transfer::Restricted,
            (false, false) if self.blobs().has_damaged(sha256) => Transfer::Damaged,
            (false, false) if row.lost_ms > 0 => Transfer::Lost,
            (false, false) => Transfer::Waiting,
        }
    }

    /// What is to be carried, the next one first: what somebody asks for, then the smallest. Files that nobody sees any
    /// more (removed ones) go up all the same, since they can be put back elsewhere; they come down only when somebody
    /// asks for them.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn loads(&mut self, id: &ApplicationId, extent: &Extent) -> Result<Vec<Load>, UserError> {
        let line = self.line();
        let mut loads = Vec::new();
        for (sha256, Standing { file, row, here, stands, readable }) in self.standings(id)? {
            let called_for = match extent {
                Extent::One(one) if *one == sha256 => true,
                Extent::One(_) => continue,
                Extent::AsSet if line.holds_back(file.size, row.wanted_ms) => continue,
                Extent::AsSet | Extent::All => stands || row.wanted_ms > 0,
                Extent::Ever => true,
            };
            let way = match (here, row.on_hub_ms > 0) {
                (true, false) => Way::Up,
                (false, true) if called_for && readable => Way::Down,
                _ => continue,
            };
            loads.push(Load { file, upload: row.upload, wanted: row.wanted_ms > 0, way });
        }
        loads.sort_by_key(|load| (!load.wanted, load.file.size));
        Ok(loads)
    }

    /// Whether a file that is under way goes on, as the desk is set now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn goes_on(
        &mut self,
        id: &ApplicationId,
        file: &EvidenceFile,
        extent: &Extent,
    ) -> Result<bool, UserError> {
        if *extent != Extent::AsSet {
            return Ok(true);
        }
        let row = self.blob_row(id, &file.sha256)?;
        Ok(!self.line().holds_back(file.size, row.wanted_ms))
    }

    /// The files that the hub is asked about: all, or those of which it has not said that it has them.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn to_confirm(&mut self, id: &ApplicationId, all: bool) -> Result<Vec<String>, UserError> {
        let key = self.session(id)?.key;
        let rows = self.store.blobs(key).map_err(|error| unusable(&self.home, &error))?;
        let on_hub = rows.into_iter().filter(|(_, row)| row.on_hub_ms > 0).map(|(sha256, _)| sha256);
        let on_hub: BTreeSet<String> = on_hub.collect();
        let named = self.named_files(id)?.into_keys();
        Ok(named.filter(|sha256| all || !on_hub.contains(sha256)).collect())
    }

    /// The hub was asked about some files, and has those that are `known`. One that it had and has no longer goes up again
    /// from here, or is awaited. Answers how those stand for which that is news.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`]: nothing has changed then.
    pub fn confirmed(
        &mut self,
        id: &ApplicationId,
        asked: &[String],
        known: &[String],
    ) -> Result<Vec<BlobState>, UserError> {
        let now = (self.surroundings.now_ms)();
        let key = self.session(id)?.key;
        let known: BTreeSet<&String> = known.iter().collect();
        let rows = self.store.blobs(key).map_err(|error| unusable(&self.home, &error))?;
        let rows: BTreeMap<String, BlobRow> = rows.into_iter().collect();
        let mut news = BTreeMap::new();
        for sha256 in asked {
            let row = rows.get(sha256).cloned().unwrap_or_default();
            let (on_hub_ms, lost_ms) = match (known.contains(sha256), row.on_hub_ms > 0) {
                (true, false) => (now, 0),
                (false, true) => (0, now),
                (true, true) | (false, false) => continue,
            };
            news.insert(sha256, BlobRow { on_hub_ms, lost_ms, upload: String::new(), ..row });
        }
        if news.is_empty() {
            return Ok(Vec::new());
        }
        self.store
            .write(|write| news.iter().try_for_each(|(sha256, row)| write.put_blob(key, sha256, row)))
            .map_err(|error: StoreError| not_saved(&error))?;
        if let Some(moving) = self.moving.get_mut(id) {
            moving.retain(|sha256, _| !news.contains_key(sha256));
        }
        let states = self.blob_states(id)?;
        Ok(states.into_iter().filter(|state| news.contains_key(&state.sha256)).collect())
    }

    /// What is kept of an application's files was said by its hub of now: that of another one, or of an earlier epoch of
    /// its log, is forgotten.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NoHub`], [`form_model::error::ErrorCode::NotSaved`].
    pub fn hear_of_files_anew(&mut self, id: &ApplicationId) -> Result<(), UserError> {
        let hub = self.hub(id)?;
        let session = self.session(id)?;
        let (key, epoch) = (session.key, session.ledger.chain().newest().epoch);
        let (setting, says) = (format!("{HUB_OF_FILES}:{id}"), format!("{} {epoch}", hub.key));
        let said = self.store.setting(&setting).map_err(|error| unusable(&self.home, &error))?;
        if said.as_deref() == Some(says.as_str()) {
            return Ok(());
        }
        self.store
            .write(|write| {
                if said.is_some() {
                    write.forget_hub_of_blobs(key)?;
                }
                write.put_setting(&setting, &says)
            })
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// A file has moved on between this desk and the hub; how it stands now. Only what the hub has said is kept.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn blob_moved(
        &mut self,
        id: &ApplicationId,
        file: &EvidenceFile,
        transfer: Transfer,
    ) -> Result<BlobState, UserError> {
        let sha256 = file.sha256.clone();
        if transfer == Transfer::OnHub {
            let (row, now) = (self.blob_row(id, &sha256)?, (self.surroundings.now_ms)());
            let row = BlobRow { on_hub_ms: now, upload: String::new(), lost_ms: 0, ..row };
            self.keep_blob_row(id, &sha256, &row)?;
            self.moving.entry(id.clone()).or_default().remove(&sha256);
        } else {
            self.moving.entry(id.clone()).or_default().insert(sha256.clone(), transfer.clone());
        }
        Ok(BlobState { here: self.blobs().holds(&sha256, file.size), sha256, transfer })
    }

    /// A file is no longer under way; how it stands now.
    ///
    /// # Errors
    /// As [`Self::open_application`].
    pub fn blob_rests(&mut self, id: &ApplicationId, sha256: &str) -> Result<Option<BlobState>, UserError> {
        self.moving.entry(id.clone()).or_default().remove(sha256);
        Ok(self.blob_states(id)?.into_iter().find(|state| state.sha256 == sha256))
    }

    /// Keeps where an upload goes on.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn keep_upload(&mut self, id: &ApplicationId, sha256: &str, path: &str) -> Result<(), UserError> {
        let row = BlobRow { upload: path.to_owned(), ..self.blob_row(id, sha256)? };
        self.keep_blob_row(id, sha256, &row)
    }

    /// The line to the hub is new: what was under way on the old one is begun again from where it stood.
    pub(crate) fn forget_moving(&mut self, id: &ApplicationId) {
        self.moving.remove(id);
    }

    /// How the bytes of a file stand to the hub.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn blob_row(&mut self, id: &ApplicationId, sha256: &str) -> Result<BlobRow, UserError> {
        let key = self.session(id)?.key;
        self.store.blob(key, sha256).map_err(|error| unusable(&self.home, &error))
    }

    fn keep_blob_row(&mut self, id: &ApplicationId, sha256: &str, row: &BlobRow) -> Result<(), UserError> {
        let key = self.session(id)?.key;
        self.store
            .write(|write| write.put_blob(key, sha256, row))
            .map_err(|error: StoreError| not_saved(&error))
    }

    /// A person asks for a file before all others.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn want_file(&mut self, id: &ApplicationId, sha256: &str) -> Result<(), UserError> {
        let wanted_ms = (self.surroundings.now_ms)();
        let row = BlobRow { wanted_ms, ..self.blob_row(id, sha256)? };
        self.keep_blob_row(id, sha256, &row)?;
        self.wake(id).files.notify_one();
        Ok(())
    }

    fn line(&self) -> Line {
        Line { metered: self.metered(), paused_ms: self.paused_ms() }
    }

    /// Whether the line to the hub costs money, as a person has said.
    pub fn metered(&self) -> bool {
        matches!(self.store.setting(METERED), Ok(Some(said)) if said == "true")
    }

    /// A person says whether the line to the hub costs money.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn set_metered(&mut self, metered: bool) -> Result<(), UserError> {
        self.set_line(METERED, if metered { "true" } else { "false" })
    }

    /// Whether nothing is carried, as a person has said.
    pub fn paused(&self) -> bool {
        self.paused_ms().is_some()
    }

    fn paused_ms(&self) -> Option<i64> {
        self.store.setting(PAUSED).ok().flatten()?.parse().ok()
    }

    /// A person stops what is carried, but for what is asked for afterwards, or lets it go on.
    ///
    /// # Errors
    /// [`form_model::error::ErrorCode::NotSaved`].
    pub fn set_paused(&mut self, paused: bool) -> Result<(), UserError> {
        let since = (self.surroundings.now_ms)().to_string();
        self.set_line(PAUSED, if paused { &since } else { "" })
    }

    fn set_line(&mut self, setting: &str, says: &str) -> Result<(), UserError> {
        self.store
            .write(|write| write.put_setting(setting, says))
            .map_err(|error: StoreError| not_saved(&error))?;
        self.wakes.values().for_each(|wake| wake.files.notify_one());
        Ok(())
    }

    /// Every file that the application names, by its hash.
    fn standings(&mut self, id: &ApplicationId) -> Result<BTreeMap<String, Standing>, UserError> {
        let blobs = self.blobs();
        let session = self.session(id)?;
        let (key, answers) = (session.key, session.document().answers());
        let form = &session.definition.evidence;
        let grant = session.ledger.chain().newest().grant(&session.device);
        let may_read = |field: &FieldId| {
            let slots: Vec<_> =
                form.iter().filter(|slot| slot.field == *field).map(|slot| slot.id.clone()).collect();
            grant.is_none_or(|grant| grant.may_read(field, &slots))
        };
        let standing: BTreeSet<String> = form
            .iter()
            .flat_map(|slot| entries(&answers, &slot.field))
            .filter(|entry| !entry.removed)
            .map(|entry| entry.file.sha256)
            .collect();
        let mut found: BTreeMap<String, Standing> = BTreeMap::new();
        for (answer, value) in &answers.0 {
            let facts = EvidenceKey::read(answer).filter(|key| key.attribute == Attribute::Facts);
            let Some(facts) = facts else { continue };
            let Some(file) = EvidenceFile::read(value.as_text()) else { continue };
            let readable = may_read(&facts.field);
            let known = found.entry(file.sha256.clone()).or_insert_with(|| Standing {
                here: blobs.holds(&file.sha256, file.size),
                stands: standing.contains(&file.sha256),
                row: BlobRow::default(),
                readable,
                file,
            });
            known.readable |= readable;
        }
        for (sha256, row) in self.store.blobs(key).map_err(|error| unusable(&self.home, &error))? {
            if let Some(known) = found.get_mut(&sha256) {
                known.row = row;
            }
        }
        Ok(found)
    }
}
