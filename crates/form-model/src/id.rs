//! Names of things: fields, stored answers, applications.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Separates an answer's path from the facet that is kept beside it.
const FACET_MARK: char = '?';

/// The facet that holds a free note about an answer (a conversion rate and its source, for example).
pub const NOTE_FACET: &str = "note";

/// The path of a field in a form definition: section id and field id joined by a dot,
/// such as `openness.foreign_funded_enterprises`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldId(pub String);

/// The path of one stored answer.
///
/// - a field with one value: the field's path, `cover.zone_name`;
/// - a column of a table row: field and column, `openness.foreign_funded_enterprises.2023`;
/// - an option of a multiple choice: field and option, `openness.exchanges.other`;
/// - something said about an answer: the answer, `?` and a facet. The facet `note` is a free note, any
///   other is the id of a rule whose caution a person confirmed (the stored value is the answer that
///   was confirmed, so a later edit voids it): `basics.revenue.2025?jump`.
///
/// ```
/// use form_model::id::FieldId;
///
/// let cell = FieldId::new("basics", "revenue").part("2025");
/// assert_eq!((cell.section(), cell.key()), ("basics", "revenue.2025"));
/// assert_eq!(cell.with_facet("note").as_str(), "basics.revenue.2025?note");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnswerId(pub String);

impl FieldId {
    /// Joins a section id and a field's own id.
    pub fn new(section: &str, field: &str) -> Self {
        Self(format!("{section}.{field}"))
    }

    /// The section's id: the path up to the first dot.
    pub fn section(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// The answer of a field that has one value.
    pub fn answer(&self) -> AnswerId {
        AnswerId(self.0.clone())
    }

    /// The answer in one column (a year) or of one option.
    pub fn part(&self, part: &str) -> AnswerId {
        AnswerId(format!("{}.{part}", self.0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AnswerId {
    /// The section's id: the path up to the first dot.
    pub fn section(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }

    /// What follows the section's id: the key under which the section's map holds the answer.
    /// Empty when the path has no dot.
    pub fn key(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, key)| key)
    }

    /// The answer that a facet speaks about; the answer itself when there is no facet.
    pub fn base(&self) -> Self {
        Self(self.0.split(FACET_MARK).next().unwrap_or(&self.0).to_owned())
    }

    /// The facet's name, if this is one.
    pub fn facet(&self) -> Option<&str> {
        self.0.split_once(FACET_MARK).map(|(_, facet)| facet)
    }

    /// The given facet of this answer.
    pub fn with_facet(&self, facet: &str) -> Self {
        Self(format!("{}{FACET_MARK}{facet}", self.base().0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for AnswerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An application's identity: the SHA-256 of its genesis, as 64 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApplicationId(pub String);

impl ApplicationId {
    /// Enough of the id to tell a person's applications apart.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
