//! A JSON Schema of an application's answers, for third parties: JSON Schema 2020-12
//! (<https://json-schema.org/draft/2020-12>), generated from the form's definition.
//!
//! The document is what an export holds:
//! `{ "form": id, "version": v, "package": hash, "application": id, "answers": { "<answer id>": "text" | true } }`.
//! Only `form`, `version` and `answers` must be there: an answer file written by hand has no hash and no
//! application yet. The schema says what kind of value an answer is, not whether the form is complete: a
//! half-filled form is valid; a figure or date that could not be read as one is not. Limits on length are annotations (`$comment`): people count characters otherwise than
//! JSON Schema does.

use serde_json::{Map, Value, json};

use crate::check::{self, rule_id};
use crate::definition::{AnswerKind, Field, FieldKind, FormDefinition, Section};
use crate::evidence::{Attribute, ENTRY_DIGITS};
use crate::id::{AnswerId, NOTE_FACET};
use crate::input::{NO, YES};
use crate::number::NONE_WORD;

/// The schema's identifier is a name, not a place to load it from (RFC 8141 asks for a registered
/// namespace; `tag:` URIs, RFC 4151, need none).
const ID_PREFIX: &str = "tag:huiqian,2026:form";

/// The schema of an answers document of this form, titles in the form's official language.
pub fn answers_schema(form: &FormDefinition) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{ID_PREFIX}/{}/{}", form.id, form.version),
        "title": official(form, "form.title"),
        "type": "object",
        "required": ["form", "version", "answers"],
        "additionalProperties": false,
        "properties": {
            "form": { "const": form.id },
            "version": { "const": form.version },
            "package": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "application": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
            "answers": {
                "type": "object",
                "additionalProperties": false,
                "properties": answers(form),
                "patternProperties": facets(form),
            },
        },
    })
}

fn official<'f>(form: &'f FormDefinition, key: &'f str) -> &'f str {
    form.text(form.languages.first().copied().unwrap_or_default(), key)
}

/// A schema for each stored answer, by its id.
fn answers(form: &FormDefinition) -> Value {
    let mut properties = Map::new();
    for section in &form.sections {
        for field in &section.fields {
            for answer in field.answers() {
                let schema = answer_schema(form, section, field, &answer);
                properties.insert(answer.0, schema);
            }
        }
    }
    Value::Object(properties)
}

fn answer_schema(form: &FormDefinition, section: &Section, field: &Field, answer: &AnswerId) -> Value {
    let language = form.languages.first().copied().unwrap_or_default();
    let mut schema = match field.answer_kind(answer) {
        Some(AnswerKind::Flag) => Map::from_iter([("type".to_owned(), json!("boolean"))]),
        _ => value_schema(field),
    };
    schema.insert("title".to_owned(), json!(check::subject(form, language, answer)));
    let help = format!("{}.help", field.id);
    if let Some(help) = form.message(language, &help) {
        schema.insert("description".to_owned(), json!(help));
    }
    schema.insert("$comment".to_owned(), json!(comment(section, field)));
    Value::Object(schema)
}

/// What the schema can't say in its own words.
fn comment(section: &Section, field: &Field) -> String {
    let mut notes = vec![format!("filled by: {}", section.owner)];
    if field.required {
        notes.push("required before the form is final".to_owned());
    }
    if field.relevant.is_some() {
        notes.push("asked only under a condition".to_owned());
    }
    if let FieldKind::Text { limit: Some(limit) } | FieldKind::Prose { limit: Some(limit), .. } = field.kind {
        notes.push(format!("at most {limit} characters without white space"));
    }
    notes.extend(field.clause.clone());
    notes.join("; ")
}

/// A stored text. Blank is always valid: it is the same as no answer.
fn value_schema(field: &Field) -> Map<String, Value> {
    let mut schema = Map::from_iter([("type".to_owned(), json!("string"))]);
    match &field.kind {
        FieldKind::Number { scale, min, max, .. } => {
            let negative = min.is_none_or(|min| min.is_sign_negative() && !min.is_zero());
            schema.insert("pattern".to_owned(), json!(number_pattern(*scale, negative, field.none_allowed)));
            // A text has no minimum; the bounds are for the reader and for other programs.
            let bounds = [("x-minimum", min), ("x-maximum", max)];
            let bounds = bounds.into_iter().filter_map(|(key, bound)| Some((key, (*bound)?)));
            schema.extend(bounds.map(|(key, bound)| (key.to_owned(), json!(bound.normalize().to_string()))));
        }
        FieldKind::Date { month_allowed } => {
            schema.insert("pattern".to_owned(), json!(date_pattern(*month_allowed)));
        }
        FieldKind::YesNo { .. } => {
            schema.insert("enum".to_owned(), json!(["", YES, NO]));
        }
        FieldKind::Choice { options } => {
            let options = std::iter::once("").chain(options.iter().map(String::as_str));
            schema.insert("enum".to_owned(), options.collect());
        }
        FieldKind::Text { .. }
        | FieldKind::Phone
        | FieldKind::Prose { .. }
        | FieldKind::Choices { .. }
        | FieldKind::Confirm
        | FieldKind::Calculated { .. } => {}
    }
    schema
}

/// Exact decimals as they are stored (`128`, `128.50`), and 无 where the form allows it.
fn number_pattern(scale: u32, negative: bool, none_allowed: bool) -> String {
    let sign = if negative { "-?" } else { "" };
    let fraction = if scale == 0 { String::new() } else { format!("(\\.[0-9]{{1,{scale}}})?") };
    let none = if none_allowed { format!("|{NONE_WORD}") } else { String::new() };
    format!("^({sign}[0-9]+{fraction}{none})?$")
}

fn date_pattern(month_allowed: bool) -> &'static str {
    if month_allowed {
        "^([0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
    } else {
        "^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$"
    }
}

/// Notes and confirmed cautions beside an answer: `<answer>?note`, `<answer>?<rule>`.
fn facets(form: &FormDefinition) -> Value {
    let own = form.rules.iter().map(|rule| rule.id.as_str());
    let built_in =
        [rule_id::DIRECTION_MARK, rule_id::DIRECTORY, rule_id::DISQUALIFYING, rule_id::UNKNOWN_ANSWER];
    let facets: Vec<_> = [NOTE_FACET].into_iter().chain(built_in).chain(own).collect();
    let pattern = format!("^[a-z0-9_]+(\\.[a-z0-9_]+)+\\?({})$", facets.join("|"));
    let mut patterns = Map::from_iter([(pattern, json!({ "type": "string" }))]);
    patterns.extend(evidence_files(form));
    Value::Object(patterns)
}

/// What is said about files of evidence: `<field>?file.<entry>` and what stands beside it.
fn evidence_files(form: &FormDefinition) -> Option<(String, Value)> {
    let fields: Vec<_> = form.evidence.iter().map(|slot| slot.field.0.replace('.', "\\.")).collect();
    if fields.is_empty() {
        return None;
    }
    let attributes: Vec<_> = Attribute::ALL.into_iter().filter_map(Attribute::name).collect();
    let pattern = format!(
        "^({})\\?file\\.[0-9a-f]{{{ENTRY_DIGITS}}}(\\.({}))?$",
        fields.join("|"),
        attributes.join("|")
    );
    Some((pattern, json!({ "type": "string" })))
}
