//! A form definition: what is asked, of whom, under which rules. Built by [`crate::package`] from a form
//! package's files; travels to the web view as JSON.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::answer::Answers;
use crate::check::short_label;
use crate::condition::Condition;
use crate::date;
use crate::directory::Comparison;
use crate::evidence::EvidenceKey;
use crate::id::{AnswerId, FieldId};
use crate::language::Language;
use crate::layout::Layout;
use crate::member::FormPart;
use crate::rule::{Calculation, Rule};

/// One loaded form package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormDefinition {
    /// The package's id, which is its folder's name: `zone-application-2026`.
    pub id: String,
    /// The package's version, `major.minor.patch`.
    pub version: String,
    /// SHA-256 over the package's files, lower-case hex.
    pub hash: String,
    /// The languages that every message exists in; the first is the official one.
    pub languages: Vec<Language>,
    /// The day by which the finished papers must be with the receiver, `YYYY-MM-DD`.
    pub deadline: Option<String>,
    /// The answer that holds an earlier deadline of the applicants' own, if the form asks for one.
    #[serde(default)]
    pub deadline_answer: Option<AnswerId>,
    /// The answer that names an application in lists (the zone's name).
    pub name_answer: AnswerId,
    /// The kinds of agency that fill the form; a section's owner is one of them.
    pub agencies: Vec<String>,
    /// In printed order.
    pub sections: Vec<Section>,
    /// In the form's numbering.
    pub evidence: Vec<EvidenceSlot>,
    /// Checks across fields.
    pub rules: Vec<Rule>,
    /// The clauses that fields, rules and checks cite (填报说明), in printed order.
    pub clauses: Vec<Clause>,
    /// Every text, by language and key. Keys: `form.title`, `agency.<id>`, `<section>.title`,
    /// `<field>.label`, `<field>.<option>.label`, `column.<column>`, `evidence.<slot>.label`,
    /// `evidence.<slot>.remark`, `evidence_kind.<kind>`, `rule.<id>`, and whatever the layout, the outlines
    /// and the clauses name. A text may lack `<field>.help` and `<field>.placeholder` (what the paper
    /// prints in the empty blank).
    pub messages: BTreeMap<Language, BTreeMap<String, String>>,
}

/// A part of the form that one agency fills and signs off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Lower-case English word, unique in the form.
    pub id: String,
    /// The kind of agency that usually fills it.
    pub owner: String,
    /// Whether the lead's completeness and snapshot cover it. The province's opinion, written after
    /// the city has signed, is not counted.
    pub counted: bool,
    /// In asking order.
    pub fields: Vec<Field>,
    /// How it is printed and edited.
    pub layout: Layout,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub id: FieldId,
    pub kind: FieldKind,
    /// Column keys (years) of a table row; empty for a field with one value.
    pub columns: Vec<String>,
    /// 填报说明 2: a required field must not be blank; 无 where nothing applies.
    pub required: bool,
    /// Whether 无 is an answer (numbers and texts of an official form).
    pub none_allowed: bool,
    /// When absent, always relevant. An irrelevant field is not required and not checked.
    pub relevant: Option<Condition>,
    /// Where the notice asks for it, such as `填报说明 5`; shown beside a problem.
    pub clause: Option<String>,
    /// The evidence slot that this field asks for.
    pub evidence: Option<String>,
    /// False for supplementary fields: signed, never printed on the form.
    pub printed: bool,
}

/// What an answer looks like and how concurrent edits of it merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// A value: names, addresses. One line or few; concurrent edits conflict.
    Text {
        /// Longest allowed answer, in characters as [`crate::count::characters`] counts them.
        limit: Option<u32>,
    },
    /// A telephone number, or a name and a number.
    Phone,
    /// Running text, merged character by character.
    Prose {
        /// Longest allowed answer, in characters as [`crate::count::characters`] counts them.
        limit: Option<u32>,
        /// The headings that the notice prescribes, offered at the side while writing.
        outline: Vec<OutlineItem>,
        /// 可另附纸: the text may be given on an attached paper instead (a flag answer
        /// `<field>.attached`).
        attachable: bool,
    },
    /// An exact decimal number, kept as text; see [`crate::number`].
    Number {
        /// Decimal places at the most; 0 for a count.
        scale: u32,
        min: Option<Decimal>,
        max: Option<Decimal>,
        /// What kind of amount a pasted 万元 or dollar figure converts to, if any.
        unit: Option<Unit>,
    },
    /// A calendar date, kept as `YYYY-MM-DD`, or `YYYY-MM` where a month is enough.
    Date {
        /// Whether a month without a day is a full answer.
        month_allowed: bool,
    },
    /// 是 / 否, kept as `yes` / `no`.
    YesNo {
        /// The answer that may disqualify: flagged, to be confirmed, never blocking.
        disqualifying: Option<String>,
    },
    /// Exactly one option, kept as the option's id.
    Choice { options: Vec<String> },
    /// Any number of options; each is a flag answer `<field>.<option>` of its own.
    Choices {
        options: Vec<String>,
        /// The option 其他, whose text is the answer `<field>.<option>_text`.
        other: Option<String>,
    },
    /// A statement that a person ticks as true; kept as a flag.
    Confirm,
    /// Computed from other answers, never stored.
    Calculated { calculation: Calculation },
}

/// The unit of a money field, for offers to convert what was pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 亿元 (10⁸ CNY).
    HundredMillionYuan,
    /// 万元 (10⁴ CNY).
    TenThousandYuan,
    /// Percent, 0–100 for shares, any sign for growth.
    Percent,
}

/// A heading of a prose field's prescribed outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineItem {
    /// 1 for a top heading.
    pub level: u8,
    /// Message key of the heading's text.
    pub text: String,
    /// Message key of the bracketed advice that the notice prints under the heading.
    pub hint: Option<String>,
}

/// A clause of the official text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// How it is cited, in the official language whatever the reader's: `填报说明 2`.
    pub citation: String,
    /// Message key of its full wording.
    pub text: String,
    /// The built-in checks that rest on it, by their rule ids.
    pub checks: Vec<String>,
}

/// A place for evidence (佐证材料).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSlot {
    /// `evidence_01` and so on.
    pub id: String,
    /// The number that the form prints.
    pub number: u32,
    /// The field that asks for it.
    pub field: FieldId,
    /// Who may have issued it (填报说明 4): `authority`, `third_party`, `self_declaration`.
    pub kinds: Vec<String>,
    /// Those of the kinds of which each must be there. Most forms take any: the notice's 填报说明 4 says 或 (or).
    #[serde(default)]
    pub demanded: Vec<String>,
    /// For a slot whose file is a directory of enterprises: which figures of the form it gives too.
    #[serde(default)]
    pub directory: Vec<Comparison>,
}

impl EvidenceSlot {
    /// The years whose columns the directory of this slot has, in order.
    pub fn years(&self) -> Vec<u16> {
        let years: BTreeSet<_> =
            self.directory.iter().filter_map(|comparison| comparison.total.year()).collect();
        years.into_iter().collect()
    }
}

/// What kind of value a stored answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// A text value; concurrent edits conflict.
    Value,
    /// A yes/no flag; concurrent edits conflict.
    Flag,
    /// Automerge text; concurrent edits merge.
    Prose,
}

impl FormDefinition {
    /// The sections that the lead's completeness and a final revision cover.
    pub fn counted_sections(&self) -> BTreeSet<String> {
        self.sections.iter().filter(|section| section.counted).map(|section| section.id.clone()).collect()
    }

    /// The day to count down to: the applicants' own where they stated one, else the form's;
    /// `YYYY-MM-DD`.
    pub fn deadline_for(&self, answers: &Answers) -> Option<String> {
        let own = self.deadline_answer.as_ref().map(|answer| answers.text(answer));
        own.and_then(|text| date::parse(text).ok())
            .filter(|date| date.has_day())
            .map(|date| date.to_string())
            .or_else(|| self.deadline.clone())
    }

    /// The section of that id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The field at that path.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.section(id.section())?.fields.iter().find(|field| &field.id == id)
    }

    /// All fields in asking order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| section.fields.iter())
    }

    /// The slot of that id or printed number.
    pub fn slot(&self, name: &str) -> Option<&EvidenceSlot> {
        self.evidence.iter().find(|slot| slot.id == name || slot.number.to_string() == name)
    }

    /// The first slot whose file is a directory of enterprises.
    pub fn directory_slot(&self) -> Option<&EvidenceSlot> {
        self.evidence.iter().find(|slot| !slot.directory.is_empty())
    }

    /// The slot whose files stand beside a field.
    pub fn slot_of(&self, field: &FieldId) -> Option<&EvidenceSlot> {
        self.evidence.iter().find(|slot| slot.field == *field)
    }

    /// The field that a stored answer (or a facet of it) belongs to.
    pub fn field_of(&self, answer: &AnswerId) -> Option<&Field> {
        if let Some(key) = EvidenceKey::read(answer) {
            return self.slot_of(&key.field).and_then(|slot| self.field(&slot.field));
        }
        let base = answer.base();
        let section = self.section(base.section())?;
        section.fields.iter().find(|field| field.answers().contains(&base))
    }

    /// What is stored at an answer; `None` when the form has no such answer.
    pub fn answer_kind(&self, answer: &AnswerId) -> Option<AnswerKind> {
        let field = self.field_of(answer)?;
        if answer.facet().is_some() {
            return Some(AnswerKind::Value);
        }
        field.answer_kind(answer)
    }

    /// A text of the package in the given language, falling back to the official language;
    /// `None` when neither has it.
    pub fn message(&self, language: Language, key: &str) -> Option<&str> {
        let official = self.languages.first().copied().unwrap_or_default();
        [language, official]
            .into_iter()
            .find_map(|language| self.messages.get(&language)?.get(key))
            .map(String::as_str)
    }

    /// [`Self::message`], or the key itself: the loader has checked that printed keys exist.
    pub fn text<'a>(&'a self, language: Language, key: &'a str) -> &'a str {
        self.message(language, key).unwrap_or(key)
    }

    /// The clause that a field or rule cites.
    pub fn clause(&self, citation: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.citation == citation)
    }

    /// The citation of the clause that a built-in check rests on.
    pub fn clause_of_check(&self, rule: &str) -> Option<&str> {
        self.clauses
            .iter()
            .find(|clause| clause.checks.iter().any(|check| check == rule))
            .map(|clause| clause.citation.as_str())
    }

    /// The printed heading of a column: `2023年`.
    pub fn column_label(&self, language: Language, column: &str) -> String {
        let key = format!("column.{column}");
        self.text(language, &key).to_owned()
    }

    /// The name of a part that is handed out: a section's title, a field's short name.
    pub fn part_name(&self, language: Language, part: &FormPart) -> String {
        let field = FieldId(part.0.clone());
        if self.field(&field).is_some() {
            return short_label(&self.label(language, &field));
        }
        self.text(language, &format!("{part}.title")).to_owned()
    }

    /// The label of a field, which alone says what is asked.
    pub fn label(&self, language: Language, field: &FieldId) -> String {
        let key = format!("{field}.label");
        self.text(language, &key).to_owned()
    }
}

impl Field {
    /// The stored answers of this field, in printed order. Calculated fields have none.
    pub fn answers(&self) -> Vec<AnswerId> {
        match &self.kind {
            FieldKind::Calculated { .. } => Vec::new(),
            FieldKind::Choices { options, other } => {
                let mut ids: Vec<_> = options.iter().map(|option| self.id.part(option)).collect();
                ids.extend(other.iter().map(|other| self.other_text(other)));
                ids
            }
            FieldKind::Prose { attachable: true, .. } => {
                vec![self.id.answer(), self.id.part("attached")]
            }
            _ if self.columns.is_empty() => vec![self.id.answer()],
            _ => self.columns.iter().map(|column| self.id.part(column)).collect(),
        }
    }

    /// The answer that holds the text beside 其他.
    pub fn other_text(&self, other: &str) -> AnswerId {
        self.id.part(&format!("{other}_text"))
    }

    /// What is stored at one of this field's own answers; `None` for any other answer and for facets.
    pub fn answer_kind(&self, answer: &AnswerId) -> Option<AnswerKind> {
        if !self.answers().contains(answer) {
            return None;
        }
        Some(match &self.kind {
            FieldKind::Prose { .. } if *answer == self.id.answer() => AnswerKind::Prose,
            FieldKind::Prose { .. } | FieldKind::Confirm => AnswerKind::Flag,
            FieldKind::Choices { other: Some(other), .. } if *answer == self.other_text(other) => {
                AnswerKind::Value
            }
            FieldKind::Choices { .. } => AnswerKind::Flag,
            _ => AnswerKind::Value,
        })
    }
}
