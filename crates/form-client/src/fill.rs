//! Answers that come from outside: a JSON file, a word on the command line.

use std::collections::BTreeMap;

use crate::cause::{Cause, because};
use form_model::answer::AnswerValue;
use form_model::definition::{AnswerKind, FormDefinition};
use form_model::error::{ErrorCode, UserError};
use form_model::id::AnswerId;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Answers to be stored; `None` clears.
pub type Values = Vec<(AnswerId, Option<AnswerValue>)>;

/// An exported document holds the answers under this name; a plain map of answers is taken as well.
#[derive(Deserialize)]
struct Exported<'a> {
    #[serde(borrow)]
    answers: BTreeMap<String, &'a RawValue>,
}

/// Reads a JSON file of answers: `{ "<answer id>": "text" | number | true | null }`, or an export, which has
/// them under `answers`. Numbers are taken digit by digit, never through floating point.
///
/// # Errors
/// [`ErrorCode::BadImport`] naming the file, the line and the answer.
pub fn parse(text: &str, file: &str) -> Result<Values, UserError> {
    let bad = |cause: &dyn Cause| because(UserError::new(ErrorCode::BadImport).with("file", file), cause);
    let answers = match serde_json::from_str::<Exported<'_>>(text) {
        Ok(exported) => exported.answers,
        Err(_) => serde_json::from_str(text).map_err(|error| bad(&error))?,
    };
    answers
        .into_iter()
        .map(|(id, raw)| match value(raw.get()) {
            Some(value) => Ok((AnswerId(id), value)),
            None => Err(bad(&no_answer(&id, raw.get()))),
        })
        .collect()
}

fn no_answer(id: &str, raw: &str) -> (String, String) {
    (
        format!("“{id}”的内容 {raw} 不是文字、数字或是否"),
        format!("{id}: {raw} is no text, number or true/false"),
    )
}

fn value(raw: &str) -> Option<Option<AnswerValue>> {
    match raw.bytes().next()? {
        b'"' => Some(Some(AnswerValue::Text(serde_json::from_str(raw).ok()?))),
        b't' => Some(Some(AnswerValue::Flag(true))),
        b'f' => Some(Some(AnswerValue::Flag(false))),
        b'n' => Some(None),
        b'0'..=b'9' | b'-' => Some(Some(AnswerValue::Text(raw.to_owned()))),
        _ => None,
    }
}

/// A word from the command line as the kind of value that the answer takes.
///
/// # Errors
/// [`ErrorCode::UnknownAnswer`]; [`ErrorCode::WrongKind`] for a flag that is neither yes nor no.
pub fn from_text(
    definition: &FormDefinition,
    answer: &AnswerId,
    text: &str,
) -> Result<Option<AnswerValue>, UserError> {
    let kind = definition
        .answer_kind(answer)
        .ok_or_else(|| UserError::new(ErrorCode::UnknownAnswer).with("answer", answer))?;
    if kind != AnswerKind::Flag {
        return Ok(Some(AnswerValue::Text(text.to_owned())));
    }
    match text.trim() {
        "true" | "yes" | "是" | "1" => Ok(Some(AnswerValue::Flag(true))),
        "false" | "no" | "否" | "0" | "" => Ok(Some(AnswerValue::Flag(false))),
        _ => Err(UserError::new(ErrorCode::WrongKind).with("answer", answer).with_pair(
            "expected",
            "“是”或“否”".to_owned(),
            "yes or no".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_every_digit() {
        let values =
            parse(r#"{"basics.revenue.2025": 128.50, "a.b": 12345678901234567890.12}"#, "x").unwrap();
        assert_eq!(values[1].1, Some(AnswerValue::Text("128.50".into())));
        assert_eq!(values[0].1, Some(AnswerValue::Text("12345678901234567890.12".into())));
    }

    #[test]
    fn an_export_is_taken_like_a_plain_map() {
        let values = parse(r#"{"form": "f", "answers": {"a.b": null, "a.c": true}}"#, "x").unwrap();
        assert_eq!(
            values,
            vec![(AnswerId("a.b".into()), None), (AnswerId("a.c".into()), Some(AnswerValue::Flag(true)))]
        );
    }

    #[test]
    fn a_lone_surrogate_or_a_list_is_refused_with_its_place() {
        for text in [r#"{"a.b": "\ud800"}"#, r#"{"a.b": [1]}"#, "{", "[]"] {
            let error = parse(text, "答案.json").unwrap_err();
            assert_eq!(error.code, ErrorCode::BadImport, "{text}");
            assert!(error.sentence(form_model::language::Language::Chinese).contains("答案.json"));
        }
    }
}
