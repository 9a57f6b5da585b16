//! The zone application prints what the notice prints: word for word, cell for cell, in the same order.
//!
//! The notice's text (`notice/miit-2026-156.txt`) comes from a PDF: table cells are separated by tabs,
//! boxes and paragraphs by tags, blanks are underscores, and lines break anywhere. Both sides are compared
//! without white space, tags and underscores; every other character, half or full width, must be equal.

mod package_files;

use form_model::answer::{AnswerValue, Answers};
use form_model::check::check;
use form_model::definition::{Field, FieldKind, FormDefinition, Section};
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use form_model::layout::{Block, Cell, Part};
use package_files::{shipped, text};

const FORM: &str = "zone-application-2026";

/// A printed line or table row: the texts of its cells, empty cells left out.
type Line = Vec<String>;

/// 附件1 as the notice prints it.
fn notice_lines() -> Vec<Line> {
    let notice = text(FORM, "notice/miit-2026-156.txt");
    let annex = notice.split_once("附件 2\n\n2026").map_or("", |(before, _)| before);
    let start = annex.rfind("附件 1\n").unwrap_or_else(|| panic!("the notice has 附件 1"));
    annex[start..].lines().map(cells).filter(|line| !line.is_empty()).collect()
}

fn cells(line: &str) -> Line {
    line.split('\t').map(bare).filter(|cell| !cell.is_empty()).collect()
}

/// The text without white space, tags and underscores.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        bare.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    bare.retain(|char| !char.is_whitespace() && char != '_');
    bare
}

/// 附件1 as the form's layouts print it when nothing is filled in.
fn form_lines(form: &FormDefinition) -> Vec<Line> {
    let mut lines = Vec::new();
    for section in &form.sections {
        // 填报说明 stands between the cover and part 一.
        if section.id == "basics" {
            lines.push(vec!["填报说明".to_owned()]);
            for (number, clause) in (1..).zip(&form.clauses) {
                assert_eq!(clause.citation, format!("填报说明 {number}"));
                lines.push(vec![bare(&format!("{number}. {}", message(form, &clause.text)))]);
            }
        }
        lines.extend(section_lines(form, section));
    }
    lines
}

fn section_lines(form: &FormDefinition, section: &Section) -> Vec<Line> {
    let blocks = &section.layout.blocks;
    let mut lines: Vec<Line> = blocks.iter().flat_map(|block| block_lines(form, block)).collect();
    let own_title = blocks.iter().any(|block| matches!(block, Block::Title { .. }));
    if !own_title && !lines.is_empty() {
        lines.insert(0, vec![bare(message(form, &format!("{}.title", section.id)))]);
    }
    lines
}

fn block_lines(form: &FormDefinition, block: &Block) -> Vec<Line> {
    match block {
        Block::Title { text } | Block::Note { text } => vec![vec![bare(message(form, text))]],
        Block::Line { parts } => vec![vec![parts_text(form, parts)]],
        Block::Prose { field } => outline_lines(form, field),
        Block::Table { rows, .. } => {
            let rows = rows.iter().map(|row| {
                let cells = row.cells.iter().map(|cell: &Cell| parts_text(form, &cell.parts));
                cells.filter(|cell| !cell.is_empty()).collect()
            });
            // A row of blanks under a row of years: the notice's text shows nothing of it.
            rows.filter(|row: &Line| !row.is_empty()).collect()
        }
        Block::Supplement { .. } => Vec::new(),
    }
}

fn outline_lines(form: &FormDefinition, field: &str) -> Vec<Line> {
    let Some(Field { kind: FieldKind::Prose { outline, .. }, .. }) = form.field(&FieldId(field.to_owned()))
    else {
        panic!("{field} is prose");
    };
    let keys = outline.iter().flat_map(|item| [Some(&item.text), item.hint.as_ref()]);
    keys.flatten().map(|key| vec![bare(message(form, key))]).collect()
}

fn parts_text(form: &FormDefinition, parts: &[Part]) -> String {
    let texts = parts.iter().map(|part| match part {
        Part::Text(key) => bare(message(form, key)),
        Part::Label(field) => bare(&form.label(Language::Chinese, &FieldId(field.clone()))),
        Part::Evidence(slot) => bare(message(form, &format!("evidence.{slot}.remark"))),
        Part::Answer(answer) => blank(form, answer),
        Part::Break => String::new(),
    });
    texts.collect()
}

/// What the paper prints where an answer goes: boxes with their words, or the blank's own words.
fn blank(form: &FormDefinition, answer: &str) -> String {
    let field = form
        .field_of(&AnswerId(answer.to_owned()))
        .or_else(|| form.field(&FieldId(answer.to_owned())))
        .unwrap_or_else(|| panic!("the form has {answer}"));
    match &field.kind {
        FieldKind::YesNo { .. } => "是否".to_owned(),
        FieldKind::Choices { options, .. } => {
            let labels = options.iter().map(|option| format!("{}.{option}.label", field.id));
            labels.map(|key| bare(message(form, &key))).collect()
        }
        _ => form
            .message(Language::Chinese, &format!("{}.placeholder", field.id))
            .map_or_else(String::new, bare),
    }
}

fn message<'f>(form: &'f FormDefinition, key: &str) -> &'f str {
    form.messages[&Language::Chinese].get(key).unwrap_or_else(|| panic!("there is a text {key}"))
}

#[test]
fn the_form_prints_the_notices_words_in_the_notices_order_and_cells() {
    let form = shipped(FORM);
    let (notice, printed) = (notice_lines(), form_lines(&form));
    for (index, (notice, printed)) in notice.iter().zip(&printed).enumerate() {
        assert_eq!(printed, notice, "line {} of 附件1", index + 1);
    }
    assert_eq!(printed.len(), notice.len(), "as many lines and table rows");
    assert_eq!(notice.len(), 87, "the comparison covers the whole annex");
}

#[test]
fn the_comparison_sees_a_single_changed_character() {
    let mut form = shipped(FORM);
    let texts = form.messages.get_mut(&Language::Chinese).unwrap();
    let label = texts.get_mut("openness.exchanges.talent.label").unwrap();
    *label = label.replace('才', "材");
    assert_ne!(form_lines(&form), notice_lines());
}

#[test]
fn the_deadline_is_the_one_in_the_notice() {
    let deadline = shipped(FORM).deadline.unwrap();
    let day = form_model::date::display(&deadline, Language::Chinese);
    let notice = bare(&text(FORM, "notice/miit-2026-156.txt"));
    assert!(notice.contains(&format!("{day}前")), "the notice names {day}");
}

#[test]
fn a_city_counts_down_to_the_day_that_its_province_set() {
    let form = shipped(FORM);
    let mut answers = Answers::default();
    assert_eq!(form.deadline_for(&answers), form.deadline);
    let mut state = |text: &str| {
        answers.set(AnswerId("cover.city_deadline".to_owned()), Some(AnswerValue::Text(text.to_owned())));
        form.deadline_for(&answers)
    };
    assert_eq!(state("2026-07-20").as_deref(), Some("2026-07-20"));
    assert_eq!(state("七月底"), form.deadline, "what is no date sets none");
}

#[test]
fn every_limit_in_the_notice_is_the_fields_limit() {
    let form = shipped(FORM);
    let limits: Vec<_> = form
        .fields()
        .filter(|field| field.printed)
        .filter_map(|field| match field.kind {
            FieldKind::Text { limit } | FieldKind::Prose { limit, .. } => {
                limit.map(|limit| (field.id.to_string(), limit))
            }
            _ => None,
        })
        .collect();
    let expected = [
        ("plan.text", 3000, "(不超过3000字,"),
        ("openness.cooperation_mechanism", 100, "（简要描述，100字以内）"),
        ("innovation.measures", 200, "（简要描述，不超过200字）"),
        ("cultivation.measures", 300, "(简要描述,不超过300字)"),
    ];
    let wanted: Vec<_> = expected.iter().map(|(id, limit, _)| ((*id).to_owned(), *limit)).collect();
    assert_eq!(limits, wanted);
    let notice: String = notice_lines().concat().concat();
    for (id, _, words) in expected {
        assert!(notice.contains(words), "{id}: the notice says {words}");
    }
    assert_eq!(notice.matches("字以内").count() + notice.matches("不超过").count(), expected.len());
}

#[test]
fn all_fifteen_pieces_of_evidence_are_asked_for_at_a_field_and_printed_in_order() {
    let form = shipped(FORM);
    let numbers: Vec<_> = form.evidence.iter().map(|slot| slot.number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    for slot in &form.evidence {
        let remark = message(&form, &format!("evidence.{}.remark", slot.id));
        assert!(bare(remark).contains(&format!("佐证材料{}", slot.number)), "{remark}");
        assert_eq!(slot.kinds, ["authority", "third_party", "self_declaration"], "填报说明 4");
        let layout = &form.section(slot.field.section()).unwrap().layout;
        let printed = format!("{layout:?}").matches(&format!("Evidence({:?})", slot.id)).count();
        assert_eq!(printed, 1, "{} is printed once, in its field's section", slot.id);
    }
}

#[test]
fn an_answer_that_may_disqualify_is_a_caution_and_blocks_nothing() {
    let form = shipped(FORM);
    let expected = [
        ("basics.accidents", "yes"),
        ("basics.dishonesty", "yes"),
        ("basics.within_boundary", "no"),
        ("basics.industrial_policy", "no"),
        ("basics.four_boundaries", "no"),
    ];
    let disqualifying: Vec<_> = form
        .fields()
        .filter_map(|field| match &field.kind {
            FieldKind::YesNo { disqualifying: Some(answer) } => Some((field.id.as_str(), answer.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(disqualifying, expected);
    let mut answers = Answers::default();
    for (id, answer) in expected {
        answers.set(AnswerId(id.to_owned()), Some(AnswerValue::Text(answer.to_owned())));
    }
    let problems = check(&form, &answers);
    for (id, _) in expected {
        let own: Vec<_> = problems.iter().filter(|problem| problem.answer.as_str() == id).collect();
        assert_eq!(own.len(), 1);
        assert!(own.iter().all(|problem| problem.rule == "disqualifying" && !problem.blocks()));
    }
}

#[test]
fn what_annex_2_asks_for_and_annex_1_does_not_print_is_asked_and_not_printed() {
    let form = shipped(FORM);
    for id in
        ["core_zone", "core_zone_name", "output_value", "sme_count", "partner_countries", "introduction"]
    {
        let field = form.field(&FieldId::new("basics", id)).unwrap_or_else(|| panic!("{id} is asked"));
        assert!(!field.printed, "{id} is not printed");
    }
}

#[test]
fn the_provinces_opinion_is_printed_in_part_seven_and_not_counted() {
    let form = shipped(FORM);
    let recommendation = form.section("recommendation").unwrap();
    assert!(!recommendation.counted);
    assert_eq!(recommendation.owner, "province");
    let declaration = format!("{:?}", form.section("declaration").unwrap().layout);
    assert!(declaration.contains("Answer(\"recommendation.opinion\")"));
    assert!(
        form.sections.iter().filter(|section| section.id != "recommendation").all(|section| section.counted)
    );
}
