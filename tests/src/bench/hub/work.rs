//! What is written in every benchmark of the hub, and in those of its peers: the form's filled sample, then single
//! characters and single values.

use anyhow::Context;
use form_client::library::Package;
use form_client::{fill, library};
use form_document::Document;
use form_model::answer::AnswerValue;
use form_model::definition::{AnswerKind, FormDefinition};
use form_model::delta::{Delta, utf16_len};
use form_model::id::AnswerId;
use serde::Serialize;

use crate::place::repository;
use crate::typist::FORM;

/// The long text that most is written in.
pub const TEXT: &str = "plan.text";
/// The section of [`TEXT`].
pub const SECTION: &str = "plan";
/// A value, in a section of its own.
pub const VALUE: &str = "basics.revenue.2023";

/// The form that is filled, with its sample.
#[derive(Debug)]
pub struct Form {
    pub package: Package,
    pub sample: Sample,
}

/// The filled sample.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// Short answers: each is one change.
    pub values: Vec<(AnswerId, AnswerValue)>,
    /// Long texts: each character is one change, as typed.
    pub texts: Vec<(AnswerId, String)>,
}

impl Form {
    /// Reads the form and its sample from the repository.
    ///
    /// # Errors
    /// When a file is missing or faulty.
    pub fn read() -> anyhow::Result<Self> {
        let folder = repository().join("forms").join(FORM);
        let files = library::read_folder(&folder)?;
        let definition = form_model::package::load(&files).context("the form package")?;
        let file = folder.join("sample/answers.json");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let sample = Sample::new(&definition, fill::parse(&text, "answers.json")?);
        Ok(Self { package: Package { definition, files }, sample })
    }
}

impl Sample {
    fn new(definition: &FormDefinition, answers: fill::Values) -> Self {
        let (mut values, mut texts) = (Vec::new(), Vec::new());
        for (answer, value) in answers {
            let Some(value) = value else { continue };
            if definition.answer_kind(&answer) == Some(AnswerKind::Prose) {
                texts.push((answer, form_model::input::clean(value.as_text())));
            } else {
                values.push((answer, value));
            }
        }
        Self { values, texts }
    }

    /// Every step of filling it: one change each.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        let values = self.values.iter().map(|(answer, value)| Step::Set(answer.clone(), value.clone()));
        let texts = self.texts.iter().flat_map(|(answer, text)| {
            text.chars().map(|character| Step::Append(answer.clone(), character.to_string()))
        });
        values.chain(texts)
    }
}

/// One change.
#[derive(Clone, Debug)]
pub enum Step {
    Set(AnswerId, AnswerValue),
    /// At the end of a text.
    Append(AnswerId, String),
}

impl Step {
    /// The `number`th of the steps that are measured: a character of the text.
    pub fn character(number: usize) -> Self {
        const TYPED: &str = "合作区坚持开放发展推动中小企业走专精特新之路";
        let count = TYPED.chars().count();
        let character = TYPED.chars().nth(number % count).map(String::from).unwrap_or_default();
        Self::Append(AnswerId(TEXT.to_owned()), character)
    }

    /// The same for a value.
    pub fn value(number: usize) -> Self {
        Self::Set(AnswerId(VALUE.to_owned()), AnswerValue::Text(number.to_string()))
    }

    /// Makes the change.
    ///
    /// # Errors
    /// When the form does not take it, or nothing would change.
    pub fn make(&self, document: &mut Document, now_ms: i64) -> anyhow::Result<()> {
        let committed = match self {
            Self::Set(answer, value) => document.set(&[(answer.clone(), Some(value.clone()))], now_ms)?,
            Self::Append(answer, text) => {
                let end = utf16_len(document.text(answer).unwrap_or_default());
                document.splice(answer, &Delta::splice(end, 0, text), now_ms)?
            }
        };
        committed.map(drop).context("a step changed nothing")
    }
}
