//! Taking applications out of a desk and into one.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use form_document::{UnverifiedGenesis, change_hash, import};
use form_model::answer::{AnswerValue, Answers};
use form_model::check::subject;
use form_model::command::{BroughtFiles, Event, ExportFormat, Imported, Overlap};
use form_model::definition::FormDefinition;
use form_model::error::{ErrorCode, UserError};
use form_model::id::{AnswerId, ApplicationId};
use form_model::package::{PackageFiles, load};
use form_store::StoreError;
use serde::Serialize;

use super::bundle::{self, Taken};
use super::courier::Courier;
use super::{Workspace, not_saved, unusable};
use crate::cause::{Cause, because};
use crate::file;
use crate::library::{Package, bad_form};
use crate::session::keep_merged;

/// How a ZIP begins.
const ZIP: &[u8] = b"PK";

/// The exported answers, by the schema that `form_model::schema` generates.
#[derive(Serialize)]
struct Exported<'a> {
    form: &'a str,
    version: &'a str,
    package: &'a str,
    application: &'a ApplicationId,
    answers: &'a BTreeMap<AnswerId, AnswerValue>,
}

/// Answers as a file's bytes: equal bytes for equal answers.
pub(super) fn json(
    definition: &FormDefinition,
    application: &ApplicationId,
    answers: &Answers,
) -> Result<Vec<u8>, UserError> {
    let exported = Exported {
        form: &definition.id,
        version: &definition.version,
        package: &definition.hash,
        application,
        answers: &answers.0,
    };
    let mut bytes = serde_json::to_vec_pretty(&exported).map_err(|error| not_saved(&error))?;
    bytes.push(b'\n');
    Ok(bytes)
}

impl Workspace {
    /// An application as a file's bytes.
    ///
    /// # Errors
    /// As [`Workspace::open_application`].
    pub fn export(&mut self, id: &ApplicationId, format: ExportFormat) -> Result<Vec<u8>, UserError> {
        let session = self.session(id)?;
        match format {
            ExportFormat::Automerge => Ok(session.document().save()),
            ExportFormat::Json => json(&session.definition, id, &session.document().answers()),
        }
    }

    /// Takes a file in that a person names: an exported document, an exchange file of any size, or a receipt. Files of evidence are
    /// yet to be taken out of it then, beside other work.
    ///
    /// # Errors
    /// As [`Self::import`], and [`ErrorCode::FileUnusable`]; [`ErrorCode::NotHandedIn`] for a submission, which needs the
    /// hub ([`crate::hub::carry_file`]).
    pub fn import_file(&mut self, path: &Path) -> Result<Taken, UserError> {
        if let Some(courier) = Courier::read(path)? {
            return self.take_courier(&courier);
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let mut source = bundle::open(path)?;
        if bundle::is_bundle(&mut source).map_err(|error| file::failed(path, &error))? {
            return self.import_bundle(source, &name);
        }
        let (imported, events) = self.import_document(&file::read(path)?, &name)?;
        Ok(Taken { imported, events, files: None })
    }

    /// Takes a file's bytes in. Nothing changes unless all of a document is taken in; of an exchange file, what is good.
    /// The events tell the view of the open application.
    ///
    /// # Errors
    /// [`ErrorCode::BadImport`] with the cause; [`ErrorCode::UnknownForm`]; [`ErrorCode::NotSaved`].
    pub fn import(&mut self, bytes: &[u8], file: &str) -> Result<(Imported, Vec<Event>), UserError> {
        let mut source = Cursor::new(bytes);
        if !bundle::is_bundle(&mut source).unwrap_or_default() {
            return self.import_document(bytes, file);
        }
        let Taken { mut imported, events, files } = self.import_bundle(source, file)?;
        if let Some(files) = files {
            imported.files = files.take(&mut |_| {});
        }
        Ok((imported, events))
    }

    /// Takes an exported document in: as a new application, or merged into the one that is here already.
    fn import_document(&mut self, bytes: &[u8], file: &str) -> Result<(Imported, Vec<Event>), UserError> {
        let bad = |cause: &dyn Cause| because(UserError::new(ErrorCode::BadImport).with("file", file), cause);
        if bytes.starts_with(ZIP) {
            return Err(bad(&(
                "这是压缩包；别人交来的提交包请在首页的“验真”里核验".to_owned(),
                "it is a ZIP; a submission package is checked under “Verify” on the first screen".to_owned(),
            )));
        }
        let unverified = import::read(bytes).map_err(|error| bad(&error))?;
        let application = form_document::application_id(&unverified.genesis).map_err(|error| bad(&error))?;
        let known = self.store.application(&application).map_err(|error| unusable(&self.home, &error))?;
        if known.is_none() {
            let genesis = UnverifiedGenesis::read(&unverified.genesis).map_err(|error| bad(&error))?;
            let package = self.package_of(&genesis)?;
            genesis.verify(&package.definition).map_err(|error| bad(&error))?;
            let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
            self.add_application(
                &application,
                &unverified.genesis,
                &package.definition,
                &package.files,
                &stem,
            )?;
        }
        let (imported, events) = self.merge(&application, &unverified.changes, file, &bad)?;
        Ok((Imported { new: known.is_none(), ..imported }, events))
    }

    /// Merges changes into an application.
    fn merge(
        &mut self,
        id: &ApplicationId,
        changes: &[Vec<u8>],
        file: &str,
        bad: &dyn Fn(&dyn Cause) -> UserError,
    ) -> Result<(Imported, Vec<Event>), UserError> {
        let now = (self.surroundings.now_ms)();
        let session = self.session(id)?;
        let new =
            |change: &&Vec<u8>| change_hash(change).is_none_or(|hash| !session.document().has_change(&hash));
        if session.ledger.chain().newest().hub.is_some() && changes.iter().any(|change| new(&change)) {
            return Err(UserError::new(ErrorCode::UnsignedImport).with("file", file));
        }
        let merged = session.document_mut().merge(changes);
        if let Some(refused) = merged.refused.first() {
            self.reload(id)?;
            return Err(bad(&refused.reason));
        }
        let (key, newest) = (session.key, session.newest.0);
        let own = session.document().actor().clone();
        let cloned = merged.applied.iter().any(|change| change.actor == own);
        let kept = self.store.write(|write| keep_merged(write, key, newest, &merged, now));
        let number = match kept {
            Ok(number) => number,
            Err(error) => {
                let error: StoreError = error;
                self.reload(id)?;
                return Err(not_saved(&error));
            }
        };
        let session = self.session(id)?;
        if number > newest {
            session.newest = (number, now);
        }
        let mut events = session.events(merged.patched, &merged.changed);
        events.extend(self.reread_news(id, &merged.overlaps)?);
        if cloned {
            self.renew_actor(id)?;
        }
        let changes = u64::try_from(number - newest).unwrap_or_default();
        let overlaps = self.named(id, merged.overlaps)?;
        Ok((
            Imported {
                application: id.clone(),
                new: false,
                changes,
                refused: 0,
                reasons: Vec::new(),
                overlaps,
                files: BroughtFiles::default(),
                carried: None,
            },
            events,
        ))
    }

    /// Texts to be looked at, with names that a person knows.
    pub(super) fn named(
        &mut self,
        id: &ApplicationId,
        answers: Vec<AnswerId>,
    ) -> Result<Vec<Overlap>, UserError> {
        let language = self.language();
        let definition = &self.session(id)?.definition;
        let named = answers.into_iter().map(|answer| {
            let name = subject(definition, language, &answer);
            Overlap { answer, name }
        });
        Ok(named.collect())
    }

    /// The form package that a genesis names, by its hash.
    pub(super) fn package_of(&self, genesis: &UnverifiedGenesis) -> Result<Package, UserError> {
        let hash = genesis.package();
        if let Some(package) = self.library.packages().find(|package| package.definition.hash == hash) {
            return Ok(package.clone());
        }
        let kept = self.store.package_files(&hash).map_err(|error| unusable(&self.home, &error))?;
        let files = kept.map(PackageFiles).ok_or_else(|| {
            let form = format!("{} {} ({})", genesis.form(), genesis.version(), &hash[..hash.len().min(12)]);
            UserError::new(ErrorCode::UnknownForm).with("form", form)
        })?;
        let definition: FormDefinition = load(&files).map_err(|error| bad_form(&error))?;
        Ok(Package { definition, files })
    }
}
