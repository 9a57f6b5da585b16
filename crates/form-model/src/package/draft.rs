//! A form in the making: what the files said so far, and what they refer to.

use std::collections::BTreeMap;

use super::fault::{FaultKind, PackageError, Place};
use super::source::Sources;
use super::table_reader::{Located, TableReader};
use crate::definition::{Clause, EvidenceSlot, FormDefinition, Section};
use crate::id::{AnswerId, FieldId};
use crate::language::Language;
use crate::rule::Rule;

/// What `form.toml` says.
pub(super) struct FormPlan {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) languages: Vec<Located<Language>>,
    pub(super) deadline: Option<String>,
    pub(super) deadline_answer: Option<AnswerId>,
    pub(super) name_answer: AnswerId,
    pub(super) agencies: Vec<String>,
    pub(super) sections: Vec<Located<String>>,
    pub(super) evidence: Vec<Located<EvidenceSlot>>,
    pub(super) clauses: Vec<Clause>,
}

/// Something that names an answer or field elsewhere in the form.
pub(super) struct Reference {
    pub(super) target: String,
    pub(super) wanted: Wanted,
    pub(super) place: Place,
}

/// What a reference must lead to.
pub(super) enum Wanted {
    /// Any stored answer.
    Answer,
    /// A stored answer that can hold this value.
    Is(String),
    /// A flag: an option of a multiple choice or a confirmation.
    Flag,
    /// A date.
    Date,
    /// A stored number.
    Number,
    /// A stored text of names.
    Text,
    /// A field of numbers in columns.
    NumberRow,
    /// A field of numbers, in columns or not.
    NumberField,
    /// A field of any kind.
    Field,
    /// A prose field.
    Prose,
    /// A field without columns, or one stored answer.
    Control,
}

/// The form in the making.
pub(super) struct Draft<'s> {
    pub(super) sources: &'s Sources<'s>,
    pub(super) sections: Vec<Section>,
    pub(super) rules: Vec<Rule>,
    /// Where each field begins.
    pub(super) fields: BTreeMap<FieldId, Place>,
    /// Where each rule begins; ids are unique in the form.
    pub(super) rule_places: BTreeMap<String, Place>,
    pub(super) references: Vec<Reference>,
    /// Message keys that something needs, and where.
    pub(super) needs: Vec<Located<String>>,
    pub(super) texts: BTreeMap<Language, BTreeMap<String, Located<String>>>,
    /// False once a file was missing.
    pub(super) all_files_found: bool,
}

impl<'s> Draft<'s> {
    pub(super) fn new(sources: &'s Sources<'s>) -> Self {
        Self {
            sources,
            sections: Vec::new(),
            rules: Vec::new(),
            fields: BTreeMap::new(),
            rule_places: BTreeMap::new(),
            references: Vec::new(),
            needs: Vec::new(),
            texts: BTreeMap::new(),
            all_files_found: true,
        }
    }

    /// Opens a file that `named_at` asks for; reports it when it is missing.
    pub(super) fn open(&mut self, path: &str, named_at: &Place) -> Option<TableReader<'s>> {
        let reader = self.sources.open(path);
        if reader.is_none() {
            self.all_files_found = false;
            // A file that is there but is not text has been reported already.
            if self.sources.all_parsed() {
                self.report(named_at.clone(), FaultKind::MissingFile { file: path.to_owned() });
            }
        }
        reader
    }

    pub(super) fn report(&self, place: Place, kind: FaultKind) {
        self.sources.report(place, kind);
    }

    /// Notes that a text must exist in every language.
    pub(super) fn need(&mut self, key: impl Into<String>, place: &Place) {
        self.needs.push(Located { value: key.into(), place: place.clone() });
    }

    /// Notes that something names an answer or field.
    pub(super) fn refer(&mut self, target: &Located<String>, wanted: Wanted) {
        let place = target.place.clone();
        self.references.push(Reference { target: target.value.clone(), wanted, place });
    }

    /// Reports an id that is not made of `a–z`, `0–9` and `_`.
    pub(super) fn check_id(&self, id: &Located<String>) {
        let well_formed = !id.value.is_empty()
            && id.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !well_formed {
            self.report(id.place.clone(), FaultKind::BadId { id: id.value.clone() });
        }
    }

    /// Reports an id that means something else already.
    pub(super) fn check_free(&self, id: &Located<String>, reserved: &[&str]) {
        if reserved.contains(&id.value.as_str()) {
            self.report(id.place.clone(), FaultKind::ReservedId { id: id.value.clone() });
        }
    }

    /// Reports every id of the list that stands in it before.
    pub(super) fn check_unique(&self, ids: &[Located<String>]) {
        let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
        for id in ids {
            if let Some(first) = seen.get(id.value.as_str()) {
                let kind = FaultKind::DuplicateId { id: id.value.clone(), first: (*first).clone() };
                self.report(id.place.clone(), kind);
            } else {
                seen.insert(&id.value, &id.place);
            }
        }
    }

    /// The definition as far as it could be read; only whole when there were no faults.
    pub(super) fn define(&mut self, form: FormPlan, hash: String) -> FormDefinition {
        let messages = self.texts.iter().map(|(language, texts)| {
            let texts = texts.iter().map(|(key, text)| (key.clone(), text.value.clone()));
            (*language, texts.collect())
        });
        FormDefinition {
            id: form.id,
            version: form.version,
            hash,
            languages: form.languages.into_iter().map(|language| language.value).collect(),
            deadline: form.deadline,
            deadline_answer: form.deadline_answer,
            name_answer: form.name_answer,
            agencies: form.agencies,
            messages: messages.collect(),
            sections: std::mem::take(&mut self.sections),
            evidence: form.evidence.into_iter().map(|slot| slot.value).collect(),
            rules: std::mem::take(&mut self.rules),
            clauses: form.clauses,
        }
    }

    /// The definition, if nothing was wrong.
    pub(super) fn finish(self, definition: Option<FormDefinition>) -> Result<FormDefinition, PackageError> {
        let faults = self.sources.faults();
        match definition {
            Some(definition) if faults.is_empty() => Ok(definition),
            _ => Err(PackageError { faults }),
        }
    }
}
