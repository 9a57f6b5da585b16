//! A small form and named replicas.

#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod company;
pub mod desk;
pub mod hub;
pub mod scene;
pub mod signing;
pub mod verdict;

use form_document::{Document, Genesis, Merged, actor_id, application_id};
use form_model::answer::AnswerValue;
use form_model::definition::{EvidenceSlot, Field, FieldKind, FormDefinition, Section};
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use form_model::layout::Layout;

fn field(section: &str, id: &str, kind: FieldKind) -> Field {
    Field {
        id: FieldId::new(section, id),
        kind,
        columns: Vec::new(),
        required: true,
        none_allowed: true,
        relevant: None,
        clause: None,
        evidence: None,
        printed: true,
    }
}

fn section(id: &str, fields: Vec<Field>) -> Section {
    Section { id: id.to_owned(), owner: "lead".to_owned(), counted: true, fields, layout: Layout::default() }
}

/// Two sections: `basics` (values, a flag) and `plan` (two prose texts).
pub fn form() -> FormDefinition {
    let prose = || FieldKind::Prose { limit: Some(3000), outline: Vec::new(), attachable: false };
    let mut revenue =
        field("basics", "revenue", FieldKind::Number { scale: 2, min: None, max: None, unit: None });
    revenue.columns = vec!["2023".to_owned(), "2024".to_owned(), "2025".to_owned()];
    FormDefinition {
        id: "sample".to_owned(),
        version: "1.0.0".to_owned(),
        hash: "ab".repeat(32),
        languages: vec![Language::Chinese],
        deadline: None,
        deadline_answer: None,
        name_answer: id("basics.name"),
        agencies: vec!["lead".to_owned()],
        sections: vec![
            section(
                "basics",
                vec![
                    field("basics", "name", FieldKind::Text { limit: None }),
                    field("basics", "phone", FieldKind::Phone),
                    field("basics", "agreed", FieldKind::Confirm),
                    revenue,
                ],
            ),
            section("plan", vec![field("plan", "goals", prose()), field("plan", "measures", prose())]),
        ],
        evidence: vec![EvidenceSlot {
            id: "evidence_01".to_owned(),
            number: 1,
            field: FieldId::new("basics", "revenue"),
            kinds: vec!["authority".to_owned(), "third_party".to_owned()],
            demanded: Vec::new(),
            directory: Vec::new(),
        }],
        rules: Vec::new(),
        clauses: Vec::new(),
        messages: Default::default(),
    }
}

pub fn id(path: &str) -> AnswerId {
    AnswerId(path.to_owned())
}

pub fn text(value: &str) -> Option<AnswerValue> {
    Some(AnswerValue::Text(value.to_owned()))
}

pub fn genesis() -> Vec<u8> {
    Genesis::new(&form(), [7; 16], [9; 32]).unwrap().build(&form()).unwrap()
}

/// A replica of the sample application on device number `device`.
pub fn replica(device: u8) -> Document {
    let genesis = genesis();
    let actor = actor_id(&application_id(&genesis).unwrap(), &[device; 32], &[0; 16]);
    Document::from_genesis(&genesis, &form(), actor).unwrap()
}

/// Brings two replicas to the same changes; nothing may be refused or left waiting.
pub fn sync(a: &mut Document, b: &mut Document) -> (Merged, Merged) {
    let (from_a, from_b) = (a.changes(), b.changes());
    let merged = (a.merge(&from_b), b.merge(&from_a));
    for merged in [&merged.0, &merged.1] {
        assert_eq!(merged.refused, []);
        assert_eq!(merged.waiting, []);
    }
    assert_eq!(a.heads(), b.heads());
    assert_eq!(a.answers(), b.answers());
    merged
}

/// Numbers that look random, from a seed (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}
