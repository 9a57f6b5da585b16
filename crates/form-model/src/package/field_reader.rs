//! Reads a `[[field]]`.

use super::draft::{Draft, FormPlan, Wanted};
use super::fault::FaultKind;
use super::rule_reader;
use super::table_reader::{Expected, Located, TableReader};
use crate::definition::{Field, FieldKind, OutlineItem, Unit};
use crate::id::FieldId;

const KINDS: [&str; 10] =
    ["text", "phone", "prose", "number", "date", "yes_no", "choice", "choices", "confirm", "calculated"];
/// Texts of a section beside those of its fields.
const FIELDS_RESERVED: [&str; 2] = ["title", "help"];
/// Texts of a field beside those of its options.
const OPTIONS_RESERVED: [&str; 3] = ["label", "help", "placeholder"];
const YES_NO: [&str; 2] = ["yes", "no"];
const SCALE_MAX: u32 = 9;
const SCALE: Expected = ("0 到 9 的整数", "a whole number from 0 to 9");
const LIMIT: Expected = ("1 以上的整数", "a whole number of 1 or more");
const OWN_OPTION: Expected = ("本栏的一个选项", "an option of this field");

/// Reads one field; `None` when it has no id. A field with a fault in its kind is kept as a text, so that
/// what refers to it is not reported as well.
pub(super) fn read(
    draft: &mut Draft<'_>,
    form: &FormPlan,
    section: &str,
    table: &TableReader<'_>,
) -> Option<Field> {
    let kind_word = table.needed_word("kind", &KINDS);
    let id = read_id(draft, section, table)?;
    let kind =
        kind_word.map_or(FieldKind::Text { limit: None }, |kind| kind_of(draft, &id, &kind.value, table));
    let condition = table.table("relevant");
    Some(Field {
        columns: if in_columns(&kind) { columns(draft, table) } else { Vec::new() },
        required: is_asked(&kind) && table.flag("required", true),
        none_allowed: is_written(&kind) && table.flag("none_allowed", true),
        relevant: condition.and_then(|condition| rule_reader::condition(draft, condition)),
        clause: rule_reader::clause(draft, form, table),
        evidence: evidence(draft, form, table),
        printed: table.flag("printed", true),
        kind,
        id,
    })
}

fn read_id(draft: &mut Draft<'_>, section: &str, table: &TableReader<'_>) -> Option<FieldId> {
    let place = table.place();
    let own = table.needed_text("id")?;
    draft.check_id(&own);
    draft.check_free(&own, &FIELDS_RESERVED);
    let id = FieldId::new(section, &own.value);
    draft.need(format!("{id}.label"), &place);
    if let Some(first) = draft.fields.get(&id) {
        let kind = FaultKind::DuplicateId { id: id.to_string(), first: first.clone() };
        draft.report(own.place, kind);
    } else {
        draft.fields.insert(id.clone(), place);
    }
    Some(id)
}

/// Whether people answer the field.
fn is_asked(kind: &FieldKind) -> bool {
    !matches!(kind, FieldKind::Calculated { .. })
}

/// Whether the answer is written in words or figures, so that it may be 无.
fn is_written(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text { .. } | FieldKind::Prose { .. } | FieldKind::Number { .. })
}

/// Multiple choices, long texts and confirmations have no columns.
fn in_columns(kind: &FieldKind) -> bool {
    !matches!(kind, FieldKind::Prose { .. } | FieldKind::Choices { .. } | FieldKind::Confirm)
}

fn columns(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<String> {
    let columns = table.texts("columns");
    draft.check_unique(&columns);
    for column in &columns {
        draft.check_id(column);
        draft.need(format!("column.{}", column.value), &column.place);
    }
    columns.into_iter().map(|column| column.value).collect()
}

fn evidence(draft: &Draft<'_>, form: &FormPlan, table: &TableReader<'_>) -> Option<String> {
    let slot = table.text("evidence")?;
    if form.evidence.iter().any(|known| known.value.id == slot.value) {
        return Some(slot.value);
    }
    draft.report(
        slot.place,
        FaultKind::UnknownWord {
            key: "evidence".to_owned(),
            word: slot.value,
            known: form.evidence.iter().map(|known| known.value.id.clone()).collect(),
        },
    );
    None
}

fn kind_of(draft: &mut Draft<'_>, id: &FieldId, kind: &str, table: &TableReader<'_>) -> FieldKind {
    match kind {
        "phone" => FieldKind::Phone,
        "prose" => prose(draft, id, table),
        "number" => number(draft, table),
        "date" => FieldKind::Date { month_allowed: table.flag("month_allowed", false) },
        "yes_no" => FieldKind::YesNo {
            disqualifying: table.word("disqualifying", &YES_NO).map(|answer| answer.value),
        },
        "choice" => FieldKind::Choice { options: options(draft, id, table) },
        "choices" => choices(draft, id, table),
        "confirm" => FieldKind::Confirm,
        "calculated" => rule_reader::calculation(draft, table)
            .map_or(FieldKind::Text { limit: None }, |calculation| FieldKind::Calculated { calculation }),
        _ => FieldKind::Text { limit: limit(table) },
    }
}

fn limit(table: &TableReader<'_>) -> Option<u32> {
    let limit = table.whole("limit")?;
    if limit == 0 {
        table.report_wrong("limit", LIMIT);
    }
    Some(limit)
}

fn prose(draft: &mut Draft<'_>, id: &FieldId, table: &TableReader<'_>) -> FieldKind {
    let attachable = table.flag("attachable", false);
    if attachable {
        draft.need(format!("{id}.attached.label"), &table.place());
    }
    let mut outline = Vec::new();
    for item in table.tables("outline") {
        let level = item.whole("level").and_then(|level| u8::try_from(level).ok());
        let text = item.needed_text("text");
        let hint = item.text("hint");
        item.finish();
        for key in [&text, &hint].into_iter().flatten() {
            draft.need(key.value.clone(), &key.place);
        }
        if let Some(text) = text {
            let hint = hint.map(|hint| hint.value);
            outline.push(OutlineItem { level: level.unwrap_or(1), text: text.value, hint });
        }
    }
    FieldKind::Prose { limit: limit(table), outline, attachable }
}

fn number(draft: &Draft<'_>, table: &TableReader<'_>) -> FieldKind {
    let scale = table.whole("scale").unwrap_or(0);
    if scale > SCALE_MAX {
        table.report_wrong("scale", SCALE);
    }
    let (min, max) = (table.decimal("min"), table.decimal("max"));
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        let kind = FaultKind::EmptyRange { min: min.to_string(), max: max.to_string() };
        draft.report(table.place_of("min"), kind);
    }
    let unit = table.word("unit", &["hundred_million_yuan", "ten_thousand_yuan", "percent"]);
    let unit = unit.map(|unit| match unit.value.as_str() {
        "hundred_million_yuan" => Unit::HundredMillionYuan,
        "ten_thousand_yuan" => Unit::TenThousandYuan,
        _ => Unit::Percent,
    });
    FieldKind::Number { scale, min, max, unit }
}

fn options(draft: &mut Draft<'_>, id: &FieldId, table: &TableReader<'_>) -> Vec<String> {
    let options = if table.need("options") { table.texts("options") } else { Vec::new() };
    draft.check_unique(&options);
    for option in &options {
        draft.check_id(option);
        draft.check_free(option, &OPTIONS_RESERVED);
        draft.need(format!("{id}.{}.label", option.value), &option.place);
    }
    options.into_iter().map(|option| option.value).collect()
}

fn choices(draft: &mut Draft<'_>, id: &FieldId, table: &TableReader<'_>) -> FieldKind {
    let options = options(draft, id, table);
    let other: Option<Located<String>> = table.text("other");
    if let Some(other) = other.as_ref().filter(|other| !options.contains(&other.value)) {
        let answer = other.value.clone();
        let kind = FaultKind::UnfitAnswer { answer, expected: OWN_OPTION };
        draft.report(other.place.clone(), kind);
    }
    FieldKind::Choices { options, other: other.map(|other| other.value) }
}

/// Notes that a condition, rule or layout names something.
pub(super) fn referred(
    draft: &mut Draft<'_>,
    table: &TableReader<'_>,
    key: &'static str,
    wanted: Wanted,
) -> Option<String> {
    let target = table.needed_text(key)?;
    draft.refer(&target, wanted);
    Some(target.value)
}
