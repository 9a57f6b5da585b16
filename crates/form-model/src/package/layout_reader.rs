//! Reads `layout/<id>.toml`.

use super::draft::{Draft, FormPlan, Wanted};
use super::fault::{FaultKind, Place};
use super::field_reader::referred;
use super::table_reader::{Element, Expected, Located, TableReader};
use crate::layout::{Block, Cell, Layout, Part, Row};

const BLOCKS: [&str; 6] = ["title", "note", "line", "prose", "table", "supplement"];
/// The text that stands for a new line among parts.
const BREAK: &str = "break";
const PART: Expected = (
    "{ text = \"…\" }、{ label = \"…\" }、{ answer = \"…\" }、{ evidence = \"…\" } 或 \"break\"",
    "{ text = \"…\" }, { label = \"…\" }, { answer = \"…\" }, { evidence = \"…\" } or \"break\"",
);
const CELL: Expected =
    ("单元格列表，例如 [ { text = \"…\" } ]", "a list of cells, such as [ { text = \"…\" } ]");
const WIDTH: Expected = ("1 到 65535 的整数", "a whole number from 1 to 65535");

/// Reads how a section is printed.
pub(super) fn read(draft: &mut Draft<'_>, form: &FormPlan, section: &Located<String>) -> Layout {
    let path = format!("layout/{}.toml", section.value);
    let Some(table) = draft.open(&path, &section.place) else {
        return Layout::default();
    };
    let blocks = table.tables("block");
    let blocks = blocks.into_iter().filter_map(|block| read_block(draft, form, block)).collect();
    table.finish();
    Layout { blocks }
}

fn read_block(draft: &mut Draft<'_>, form: &FormPlan, table: TableReader<'_>) -> Option<Block> {
    let kind = table.needed_word("type", &BLOCKS)?;
    let block = match kind.value.as_str() {
        "title" => needed_message(draft, &table).map(|text| Block::Title { text }),
        "note" => needed_message(draft, &table).map(|text| Block::Note { text }),
        "line" => Some(Block::Line { parts: parts(draft, form, &table) }),
        "prose" => referred(draft, &table, "field", Wanted::Prose).map(|field| Block::Prose { field }),
        "supplement" => Some(Block::Supplement { fields: supplement(draft, &table) }),
        _ => Some(read_table(draft, form, &table)),
    };
    table.finish();
    block
}

fn needed_message(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Option<String> {
    let text = table.needed_text("text")?;
    draft.need(text.value.clone(), &text.place);
    Some(text.value)
}

fn supplement(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<String> {
    let fields = table.texts("fields");
    for field in &fields {
        draft.refer(field, Wanted::Field);
    }
    fields.into_iter().map(|field| field.value).collect()
}

fn read_table(draft: &mut Draft<'_>, form: &FormPlan, table: &TableReader<'_>) -> Block {
    let columns: Vec<u16> =
        table.wholes("columns").into_iter().filter_map(|width| narrow(table, "columns", width)).collect();
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for element in table.elements("rows") {
        let Element::List(cells, place) = element else {
            let kind = FaultKind::WrongValue { key: "rows".to_owned(), expected: CELL };
            table.report(table.place(), kind);
            continue;
        };
        let cells = cells.into_iter().filter_map(|cell| read_cell(draft, form, table, cell)).collect();
        rows.push(Row { cells });
        places.push(place);
    }
    check_grid(draft, columns.len(), &rows, &places);
    Block::Table { columns, rows }
}

fn narrow(table: &TableReader<'_>, key: &str, number: u32) -> Option<u16> {
    let narrow = u16::try_from(number).ok().filter(|number| *number > 0);
    if narrow.is_none() {
        let kind = FaultKind::WrongValue { key: key.to_owned(), expected: WIDTH };
        table.report(table.place(), kind);
    }
    narrow
}

fn read_cell(
    draft: &mut Draft<'_>,
    form: &FormPlan,
    parent: &TableReader<'_>,
    element: Element<'_>,
) -> Option<Cell> {
    let Element::Table(table) = element else {
        let kind = FaultKind::WrongValue { key: "rows".to_owned(), expected: CELL };
        parent.report(parent.place(), kind);
        return None;
    };
    let span = table.whole("span").unwrap_or(1);
    let rows = table.whole("rows").unwrap_or(1);
    let (span, rows) = (narrow(&table, "span", span)?, narrow(&table, "rows", rows)?);
    let head = table.flag("head", false);
    // A cell with one part says it directly: `{ answer = "…" }`.
    let parts = if table.has("parts") {
        parts(draft, form, &table)
    } else {
        part(draft, form, &table).into_iter().collect()
    };
    table.finish();
    Some(Cell { span, rows, head, parts })
}

fn parts(draft: &mut Draft<'_>, form: &FormPlan, table: &TableReader<'_>) -> Vec<Part> {
    let mut parts = Vec::new();
    for element in table.elements("parts") {
        match element {
            Element::Table(inner) => {
                let found = part(draft, form, &inner);
                if found.is_none() && !PART_KEYS.iter().any(|key| inner.has(key)) {
                    report_part(table, inner.place());
                }
                parts.extend(found);
                inner.finish();
            }
            Element::Text(text) if text.value == BREAK => parts.push(Part::Break),
            Element::Text(text) => report_part(table, text.place),
            Element::List(_, place) => report_part(table, place),
        }
    }
    parts
}

const PART_KEYS: [&str; 4] = ["text", "label", "answer", "evidence"];

fn report_part(table: &TableReader<'_>, place: Place) {
    table.report(place, FaultKind::WrongValue { key: "parts".to_owned(), expected: PART });
}

fn part(draft: &mut Draft<'_>, form: &FormPlan, table: &TableReader<'_>) -> Option<Part> {
    if table.has("text") {
        return needed_message(draft, table).map(Part::Text);
    }
    if table.has("label") {
        return referred(draft, table, "label", Wanted::Field).map(Part::Label);
    }
    if table.has("answer") {
        return referred(draft, table, "answer", Wanted::Control).map(Part::Answer);
    }
    let slot = table.text("evidence")?;
    if !form.evidence.iter().any(|known| known.value.id == slot.value) {
        draft.report(
            slot.place,
            FaultKind::UnknownWord {
                key: "evidence".to_owned(),
                word: slot.value.clone(),
                known: form.evidence.iter().map(|known| known.value.id.clone()).collect(),
            },
        );
    }
    Some(Part::Evidence(slot.value))
}

/// Every row must fill the grid: its own cells and those that reach down into it.
fn check_grid(draft: &Draft<'_>, columns: usize, rows: &[Row], places: &[Place]) {
    // Cells of earlier rows that still cover columns, as (columns, rows left).
    let mut hanging: Vec<(usize, u16)> = Vec::new();
    for (index, (row, place)) in rows.iter().zip(places).enumerate() {
        let above: usize = hanging.iter().map(|(span, _)| span).sum();
        let own: usize = row.cells.iter().map(|cell| usize::from(cell.span)).sum();
        if above + own != columns {
            let kind = FaultKind::UnevenRow { row: index + 1, covered: above + own, columns };
            draft.report(place.clone(), kind);
        }
        for (_, left) in &mut hanging {
            *left -= 1;
        }
        hanging.retain(|(_, left)| *left > 0);
        let reaching = row.cells.iter().filter(|cell| cell.rows > 1);
        hanging.extend(reaching.map(|cell| (usize::from(cell.span), cell.rows - 1)));
    }
}
