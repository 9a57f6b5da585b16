//! Throwing away files that nothing names any more.

use std::collections::BTreeSet;
use std::time::Duration;

use form_document::files_ever_named;
use form_document::history::{HistoryRow, RowStep};
use form_document::wire::WireChange;
use form_model::error::UserError;
use form_model::evidence::EvidenceFile;
use form_model::id::ApplicationId;
use form_store::StoreError;

use super::{Workspace, not_saved, unusable};
use crate::blob::Collected;
use crate::session::recalled;

/// When files were last thrown away, milliseconds since 1970-01-01 UTC.
const COLLECTED: &str = "evidence/collected";

/// How often that is done: nothing here is in a hurry.
const COLLECT_EVERY: Duration = Duration::from_secs(86_400);

impl Workspace {
    /// [`Self::collect_garbage`], when it was not done for a day. To be called when nobody is typing.
    ///
    /// # Errors
    /// As [`Self::collect_garbage`].
    pub fn collect_garbage_if_due(&mut self) -> Result<Collected, UserError> {
        let kept = self.store.setting(COLLECTED).map_err(|error| unusable(&self.home, &error))?;
        let last = kept.and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
        let every = i64::try_from(COLLECT_EVERY.as_millis()).unwrap_or(i64::MAX);
        let now = (self.surroundings.now_ms)();
        // A clock that was set back is no reason to wait for years.
        if (0..every).contains(&now.saturating_sub(last)) {
            return Ok(Collected::default());
        }
        self.store
            .write(|write| write.put_setting(COLLECTED, &now.to_string()))
            .map_err(|error: StoreError| not_saved(&error))?;
        self.collect_garbage()
    }

    /// Removes files that nothing ever named, as after a crash between keeping a file and naming it, with what was made
    /// of them; old halves and pictures; damaged copies of which a sound one came. What any change of any application
    /// here ever named stays: also what was refused, was taken back, or waits for earlier changes.
    ///
    /// # Errors
    /// When the database or an application can't be read; nothing is removed then.
    pub fn collect_garbage(&mut self) -> Result<Collected, UserError> {
        let (blobs, now) = (self.blobs(), (self.surroundings.now_ms)());
        let mut unnamed =
            blobs.unnamed(&BTreeSet::new(), now).map_err(|error| unusable(&self.home, &error))?;
        let rows = self.store.applications().map_err(|error| unusable(&self.home, &error))?;
        for row in rows {
            // Reading every change of an application costs a second for a large one: only while it decides anything.
            if unnamed.is_empty() {
                break;
            }
            let open = self.sessions.contains_key(&row.id);
            let named = self.files_ever_named(&row.id);
            if !open {
                self.sessions.remove(&row.id);
            }
            let named = named?;
            unnamed.retain(|sha256| !named.contains(sha256));
        }
        blobs.collect(&unnamed, now).map_err(|error| unusable(&self.home, &error))
    }

    /// Every file that any change of an application ever named.
    fn files_ever_named(&mut self, id: &ApplicationId) -> Result<BTreeSet<String>, UserError> {
        let session = self.session(id)?;
        let (key, changes) = (session.key, session.document().changes());
        let mut named = files_ever_named(changes.iter().map(Vec::as_slice));
        named.extend(self.named_files(id)?.into_keys());
        let kept = self.store.history(key, Some("?file."));
        let mut kept = kept.map_err(|error| unusable(&self.home, &error))?;
        let refused = self.store.refused(key).map_err(|error| unusable(&self.home, &error))?;
        named.extend(files_ever_named(refused.iter().map(|row| row.raw.as_slice())));
        kept.extend(refused.into_iter().map(|row| row.history));
        named.extend(recalled(&kept).iter().flat_map(hashes_in));
        let early = self.early(id)?.unwrap_or_default();
        named.extend(files_ever_named(early.changes.iter().map(|WireChange(bytes)| bytes.as_slice())));
        Ok(named)
    }
}

/// The files that a row of the history names.
fn hashes_in(row: &HistoryRow) -> Vec<String> {
    let RowStep::Value { before, after, .. } = &row.step else { return Vec::new() };
    let values = before.iter().chain(after);
    values.filter_map(|value| EvidenceFile::read(value.as_text())).map(|file| file.sha256).collect()
}
