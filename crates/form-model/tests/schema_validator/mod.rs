//! As much of JSON Schema 2020-12 as the generated schemas use. Any other keyword is refused, so that none
//! goes unchecked.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

/// Keywords that say something to readers only.
const ANNOTATIONS: [&str; 7] =
    ["$schema", "$id", "$comment", "title", "description", "x-minimum", "x-maximum"];

/// A schema that validates documents.
pub struct Validator {
    schema: Value,
    /// Compiled once: most fields share their pattern with others.
    patterns: BTreeMap<String, Regex>,
}

impl Validator {
    /// Panics when the schema has a keyword that is not understood here.
    pub fn new(schema: Value) -> Self {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let mut patterns = BTreeMap::new();
        understand(&schema, &mut patterns);
        Self { schema, patterns }
    }

    pub fn is_valid(&self, document: &Value) -> bool {
        self.errors(document).is_empty()
    }

    /// What is wrong, each with its path.
    pub fn errors(&self, document: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.validate(&self.schema, document, "", &mut errors);
        errors
    }

    fn validate(&self, schema: &Value, value: &Value, path: &str, errors: &mut Vec<String>) {
        for (keyword, rule) in object(schema) {
            let valid = match keyword.as_str() {
                "type" => type_of(value) == rule,
                "const" => value == rule,
                "enum" => rule.as_array().is_some_and(|allowed| allowed.contains(value)),
                "pattern" => value.as_str().is_none_or(|text| self.matches(rule, text)),
                "required" => has_all(value, rule),
                _ => true,
            };
            if !valid {
                errors.push(format!("{path}: {value} against {keyword} {rule}"));
            }
        }
        if schema.get("properties").is_some() {
            self.validate_members(schema, value, path, errors);
        }
    }

    fn validate_members(&self, schema: &Value, value: &Value, path: &str, errors: &mut Vec<String>) {
        let patterns = schema.get("patternProperties").map(object);
        for (key, member) in value.as_object().into_iter().flatten() {
            let path = format!("{path}/{key}");
            let named = object(&schema["properties"]).get(key);
            let patterns = patterns.into_iter().flatten();
            let matched = patterns.filter(|(pattern, _)| self.patterns[*pattern].is_match(key));
            let rules: Vec<_> = named.into_iter().chain(matched.map(|(_, rule)| rule)).collect();
            if rules.is_empty() {
                errors.push(format!("{path}: no such property"));
            }
            for rule in rules {
                self.validate(rule, member, &path, errors);
            }
        }
    }

    fn matches(&self, pattern: &Value, text: &str) -> bool {
        pattern.as_str().is_some_and(|pattern| self.patterns[pattern].is_match(text))
    }
}

/// Checks the schema's keywords and compiles its patterns.
fn understand(schema: &Value, patterns: &mut BTreeMap<String, Regex>) {
    for (keyword, value) in object(schema) {
        match keyword.as_str() {
            "type" | "const" | "enum" | "required" => {}
            "additionalProperties" => assert_eq!(*value, false),
            "pattern" => compile(value.as_str().unwrap_or_default(), patterns),
            "properties" => object(value).values().for_each(|inner| understand(inner, patterns)),
            "patternProperties" => {
                for (pattern, inner) in object(value) {
                    compile(pattern, patterns);
                    understand(inner, patterns);
                }
            }
            other => assert!(ANNOTATIONS.contains(&other), "the validator knows no keyword {other}"),
        }
    }
}

fn compile(pattern: &str, patterns: &mut BTreeMap<String, Regex>) {
    patterns
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).unwrap_or_else(|error| panic!("{error}")));
}

fn has_all(value: &Value, keys: &Value) -> bool {
    let mut keys = keys.as_array().into_iter().flatten().filter_map(Value::as_str);
    keys.all(|key| value.get(key).is_some())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{value} is an object"))
}
