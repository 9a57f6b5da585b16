//! A folder that is looked at again and again, as a camera's card: what has come to rest there is taken as evidence.
//! The card may be pulled out and put back at any time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use form_model::command::{Event, Watch};
use form_model::error::{ErrorCode, UserError};
use form_model::id::ApplicationId;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::blob::BlobFolder;
use crate::evidence::{PhotoSize, Prepared, prepare_as};
use crate::folder::{files_in, name};
use crate::hub::Ask;

/// How often the folder is looked at: soon enough for somebody who waits, and nothing that a card would notice.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);
/// In so many looks in a row a file must have been the same before it is taken: a program that writes it pauses less.
const LOOKS_AT_REST: u8 = 2;
/// How many files are put into the slot in one change.
const PORTION: usize = 8;

/// Which folder is watched, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    pub application: ApplicationId,
    /// The slot's id.
    pub slot: String,
    pub folder: PathBuf,
    /// When a person chose it: two watches of one folder are two.
    pub since_ms: i64,
}

impl Watched {
    /// How it stands before the first look.
    pub fn begun(&self) -> Watch {
        Watch { slot: self.slot.clone(), folder: name(&self.folder), there: true, ..Watch::default() }
    }
}

/// For how long a folder is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until a person ends it.
    Ended,
    /// Until all that is there has been taken.
    AllTaken,
}

/// A file as the last look found it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sighting {
    size: u64,
    modified: Option<SystemTime>,
    /// How many looks in a row found it like this.
    looks: u8,
    taken: bool,
}

/// What the looks have found so far.
#[derive(Debug, Default)]
struct Sightings(BTreeMap<PathBuf, Sighting>);

/// What one look found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Look {
    /// Whether the folder is there.
    there: bool,
    /// Files at rest that were not taken before.
    rested: Vec<PathBuf>,
    /// How many files have not come to rest.
    restless: usize,
    left_out: Vec<UserError>,
}

impl Sightings {
    fn look(&mut self, folder: &Path) -> Look {
        if !folder.is_dir() {
            return Look::default();
        }
        let walk = files_in(&[folder.to_owned()]);
        let mut look = Look { there: true, left_out: walk.left_out, ..Look::default() };
        let mut now = BTreeMap::new();
        for path in walk.files {
            // Gone since it was found.
            let Ok(meta) = fs::metadata(&path) else { continue };
            let fresh = Sighting { size: meta.len(), modified: meta.modified().ok(), looks: 1, taken: false };
            let sighting = match self.0.remove(&path) {
                Some(last) if (last.size, last.modified) == (fresh.size, fresh.modified) => {
                    Sighting { looks: last.looks.saturating_add(1), ..last }
                }
                _ => fresh,
            };
            match (sighting.taken, sighting.looks >= LOOKS_AT_REST) {
                (true, _) => {}
                (false, true) => look.rested.push(path.clone()),
                (false, false) => look.restless += 1,
            }
            now.insert(path, sighting);
        }
        self.0 = now;
        look
    }

    fn taken(&mut self, path: &Path) {
        if let Some(sighting) = self.0.get_mut(path) {
            sighting.taken = true;
        }
    }
}

/// What a file turned out to be.
enum Found {
    New(Box<Prepared>),
    Known,
    Refused(UserError),
    /// It could not be read, for the card is gone.
    Gone,
}

/// Watches until it is ended. Everything that a person is to know goes to the view of the application.
///
/// # Errors
/// Why it ended by itself: the slot is full, the right to write there was taken.
pub async fn run<A: Ask>(desk: A, watched: Watched, until: Until) -> Result<(), UserError> {
    let mut watching = Watching { told: watched.begun(), desk, watched, sightings: Sightings::default() };
    loop {
        let look = watching.look().await?;
        if !watching.take(look.rested).await? {
            return Ok(());
        }
        if until == Until::AllTaken && look.restless == 0 {
            return watching.told.trouble.map_or(Ok(()), Err);
        }
        sleep(LOOK_EVERY).await;
    }
}

struct Watching<A> {
    desk: A,
    watched: Watched,
    sightings: Sightings,
    told: Watch,
}

impl<A: Ask> Watching<A> {
    async fn look(&mut self) -> Result<Look, UserError> {
        let (folder, mut sightings) = (self.watched.folder.clone(), std::mem::take(&mut self.sightings));
        let looked = spawn_blocking(move || {
            let look = sightings.look(&folder);
            (look, sightings)
        });
        let (look, sightings) = looked.await.map_err(|error| died(&error))?;
        self.sightings = sightings;
        let mut told = self.told.clone();
        told.there = look.there;
        told.waiting = count(look.rested.len() + look.restless);
        // The same folder is left out again at every look.
        told.trouble = look.left_out.first().cloned();
        self.tell(told).await?;
        Ok(look)
    }

    /// Takes what is at rest; whether the folder is still to be watched.
    async fn take(&mut self, rested: Vec<PathBuf>) -> Result<bool, UserError> {
        for portion in rested.chunks(PORTION) {
            let found = self.read(portion).await?;
            let mut told = self.told.clone();
            let (mut new, mut paths) = (Vec::new(), Vec::new());
            for (path, found) in portion.iter().zip(found) {
                match found {
                    Found::Gone => return self.still_wanted().await,
                    Found::New(file) => new.push(*file),
                    Found::Known => told.known += 1,
                    Found::Refused(error) => refuse(&mut told, error),
                }
                told.waiting = told.waiting.saturating_sub(1);
                paths.push(path);
            }
            told.added += count(new.len());
            match self.add(new).await {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) if ends(error.code) => return Err(error),
                Err(error) => {
                    // The files are tried again at the next look.
                    self.tell(Watch { trouble: Some(error), ..self.told.clone() }).await?;
                    return Ok(true);
                }
            }
            paths.into_iter().for_each(|path| self.sightings.taken(path));
            self.tell(told).await?;
        }
        self.still_wanted().await
    }

    /// Reads files, and keeps those that the application does not have.
    async fn read(&self, portion: &[PathBuf]) -> Result<Vec<Found>, UserError> {
        let id = self.watched.application.clone();
        let known = self.desk.ask(move |desk| Ok((desk.named_files(&id)?, desk.blobs(), desk.photo_size())));
        let (known, blobs, photos) = known.await?;
        let known: BTreeSet<String> = known.into_keys().collect();
        let (portion, folder) = (portion.to_vec(), self.watched.folder.clone());
        let read = spawn_blocking(move || {
            portion.iter().map(|path| find(&blobs, &known, (path, photos), &folder)).collect::<Vec<_>>()
        });
        read.await.map_err(|error| died(&error))
    }

    /// Puts files into the slot; whether that was still wanted.
    async fn add(&self, files: Vec<Prepared>) -> Result<bool, UserError> {
        let watched = self.watched.clone();
        let added = self.desk.ask(move |desk| {
            if !desk.is_watching(&watched) {
                return Ok(None);
            }
            if files.is_empty() {
                return Ok(Some(Vec::new()));
            }
            let (id, slot) = (&watched.application, &watched.slot);
            let mut events = desk.add_evidence(id, slot, &files)?.events;
            events.push(Event::Evidence { blobs: desk.blob_states(id)? });
            Ok(Some(events))
        });
        let Some(events) = added.await? else { return Ok(false) };
        self.desk.tell(&self.watched.application, events).await;
        Ok(true)
    }

    async fn still_wanted(&self) -> Result<bool, UserError> {
        let watched = self.watched.clone();
        self.desk.ask(move |desk| Ok(desk.is_watching(&watched))).await
    }

    /// Says how it stands, if that is new.
    async fn tell(&mut self, told: Watch) -> Result<(), UserError> {
        if told == self.told {
            return Ok(());
        }
        self.told = told.clone();
        let (watched, state) = (self.watched.clone(), told.clone());
        let wanted = self.desk.ask(move |desk| Ok(desk.watch_told(&watched, state))).await?;
        if wanted {
            self.desk.tell(&self.watched.application, vec![Event::Watch { watch: Some(told) }]).await;
        }
        Ok(())
    }
}

fn find(
    blobs: &BlobFolder,
    known: &BTreeSet<String>,
    (path, photos): (&Path, PhotoSize),
    folder: &Path,
) -> Found {
    let unread = |error: UserError| if folder.is_dir() { Found::Refused(error) } else { Found::Gone };
    match crate::blob::hash_of(path) {
        Ok(sha256) if known.contains(&sha256) => return Found::Known,
        Ok(_) => {}
        Err(error) => return unread(error),
    }
    prepare_as(blobs, path, photos).map_or_else(unread, |file| Found::New(Box::new(file)))
}

fn refuse(told: &mut Watch, error: UserError) {
    told.refused += 1;
    told.refusals.push(error);
    if told.refusals.len() > form_model::command::WATCH_REFUSED_MAX {
        told.refusals.remove(0);
    }
}

/// Whether trying again is of no use.
fn ends(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::SlotFull
            | ErrorCode::NoSuchSlot
            | ErrorCode::NotYours
            | ErrorCode::NotMember
            | ErrorCode::UnknownApplication
    )
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn died(error: &tokio::task::JoinError) -> UserError {
    UserError::new(ErrorCode::NotSaved).with("cause", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_once_it_was_the_same_in_two_looks_and_again_only_when_it_changes() {
        let card = tempfile::tempdir().unwrap();
        let photo = card.path().join("DCIM").join("1.jpg");
        fs::create_dir(card.path().join("DCIM")).unwrap();
        fs::write(&photo, "half").unwrap();
        let mut sightings = Sightings::default();
        assert_eq!((sightings.look(card.path()).rested.len(), sightings.0.len()), (0, 1));
        fs::write(&photo, "whole file").unwrap();
        assert_eq!(sightings.look(card.path()).restless, 1, "it has grown");
        assert_eq!(sightings.look(card.path()).rested, std::slice::from_ref(&photo));
        assert_eq!(sightings.look(card.path()).rested, std::slice::from_ref(&photo), "it was not taken");
        sightings.taken(&photo);
        assert_eq!(sightings.look(card.path()).rested.len(), 0);
        fs::write(&photo, "another picture under that name").unwrap();
        sightings.look(card.path());
        assert_eq!(sightings.look(card.path()).rested, [photo]);
    }

    #[test]
    fn a_card_that_is_pulled_out_is_no_error_and_is_known_when_it_comes_back() {
        let place = tempfile::tempdir().unwrap();
        let (card, away) = (place.path().join("card"), place.path().join("away"));
        fs::create_dir(&card).unwrap();
        fs::write(card.join("1.jpg"), "photo").unwrap();
        let mut sightings = Sightings::default();
        sightings.look(&card);
        sightings.look(&card);
        sightings.taken(&card.join("1.jpg"));
        fs::rename(&card, &away).unwrap();
        assert_eq!(sightings.look(&card), Look::default());
        fs::rename(&away, &card).unwrap();
        let look = sightings.look(&card);
        assert_eq!((look.there, look.rested.len(), look.restless), (true, 0, 0));
    }
}
