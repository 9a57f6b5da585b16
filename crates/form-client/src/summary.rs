//! The home screen's figures of an application.

use form_model::answer::Answers;
use form_model::command::ApplicationSummary;
use form_model::definition::FormDefinition;
use form_model::id::ApplicationId;
use form_model::language::Language;
use form_model::progress;
use serde::{Deserialize, Serialize};

/// What is kept so that the home screen need not open every application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// The form's name answer; empty while it is not given.
    name: String,
    /// The applicants' own where they state one, else the form's.
    deadline: Option<String>,
    answered: u32,
    required: u32,
    problems: u32,
}

impl Figures {
    pub fn of(definition: &FormDefinition, answers: &Answers) -> Self {
        let total = progress::total(definition, answers);
        Self {
            name: answers.text(&definition.name_answer).trim().to_owned(),
            deadline: definition.deadline_for(answers),
            answered: total.answered,
            required: total.required,
            problems: total.problems,
        }
    }

    /// The line of the home screen. `given` is the name that the application was started with.
    pub fn summary(
        &self,
        id: ApplicationId,
        given: &str,
        definition: &FormDefinition,
        language: Language,
        changed_ms: i64,
    ) -> ApplicationSummary {
        let name = if self.name.is_empty() { given } else { &self.name };
        ApplicationSummary {
            id,
            name: name.to_owned(),
            form: definition.id.clone(),
            form_title: definition.text(language, "form.title").to_owned(),
            deadline: self.deadline.clone(),
            answered: self.answered,
            required: self.required,
            problems: self.problems,
            changed_ms,
        }
    }
}
