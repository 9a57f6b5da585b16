//! How results are printed: sentences and tables for people, JSON for programs.

use std::io::Write as _;

use form_model::error::UserError;
use form_model::language::Language;
use serde::Serialize;
use serde_json::json;

/// Where and how to print.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    pub language: Language,
}

impl Output {
    pub fn new(json: bool, language: Language) -> Self {
        Self { json, language }
    }

    /// Prints a result: as one JSON document, or as lines.
    pub fn result<T: Serialize>(
        &self,
        value: &T,
        lines: impl FnOnce(&T) -> Vec<String>,
    ) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, value)?;
            writeln!(out)?;
        } else {
            for line in lines(value) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    /// Prints a line for a person, at once; to a program the result says it.
    pub fn line(&self, text: &str) {
        if !self.json {
            // Who has closed the pipe does not want to read on.
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// Prints one of several results that come one after the other: a line for a person, a line of JSON.
    pub fn event<T: Serialize>(&self, value: &T, line: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, value)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{line}")?;
        }
        Ok(out.flush()?)
    }

    /// Prints why something could not be done: to standard error; as JSON also to standard output.
    pub fn failure(&self, error: &anyhow::Error) {
        let user = error.downcast_ref::<UserError>();
        let sentence = user.map_or_else(|| format!("{error:#}"), |user| user.sentence(self.language));
        if self.json {
            let details = user.map(|user| user.details_in(self.language)).unwrap_or_default();
            let code = user.map(|user| user.code);
            let body = json!({ "error": { "code": code, "message": sentence, "details": details } });
            let _ = writeln!(std::io::stdout(), "{body:#}");
        }
        warning(&sentence);
    }

    /// The text of this output's language.
    pub fn pick<'a>(&self, chinese: &'a str, english: &'a str) -> &'a str {
        self.language.pick(chinese, english)
    }
}

/// Prints what a person is to know beside the result, to standard error.
pub fn warning(sentence: &str) {
    // Who has closed the pipe does not want to read on.
    let _ = writeln!(std::io::stderr(), "{sentence}");
}
