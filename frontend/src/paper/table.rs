//! The official table: the notice's rows, columns and merged cells, with remarks on rows of their own between them.

use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::layout::{Part, Row};
use yew::prelude::*;

use super::block::{answers_in, parts};
use super::grid::{Placed, free_runs, place};
use crate::field::remark::{self, Remarks};
use crate::field::{Control, Work};
use crate::state::sheet::Sheet;

#[derive(PartialEq, Properties)]
pub struct TableProps {
    /// Relative widths of the grid's columns.
    pub columns: Vec<u16>,
    pub rows: Vec<Row>,
    pub version: u32,
}

#[component]
pub fn Table(props: &TableProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let placed = place(&props.rows, props.columns.len());
    let said: Vec<Vec<AnswerId>> = placed.iter().map(|row| said_under(&sheet, row)).collect();
    let total: u32 = props.columns.iter().copied().map(u32::from).sum();
    let width = |column: &u16| format!("{}%", u32::from(*column) * 100 / total.max(1));
    let mut rows = Vec::new();
    for (at, row) in placed.iter().enumerate() {
        let cells = row.iter().map(|cell| {
            // Rows of remarks that come between the rows that the cell covers.
            let inner = at..(at + usize::from(cell.cell.rows)).saturating_sub(1);
            let between =
                said.get(inner).map_or(0, |said| said.iter().filter(|said| !said.is_empty()).count());
            draw(&sheet, cell, between, language, props.version)
        });
        // Keyed, so that a row of remarks that comes or goes leaves the boxes below it alone.
        rows.push(html! { <tr key={format!("row-{at}")}>{ for cells }</tr> });
        if let Some(answers) = said.get(at).filter(|said| !said.is_empty()) {
            let runs = free_runs(&placed, props.columns.len(), at);
            rows.push(remark_row(at, runs, answers, props.version));
        }
    }
    html! {
        <table class="paper-table">
            <colgroup>{ for props.columns.iter().map(|column| html! { <col width={width(column)} /> }) }</colgroup>
            <tbody>{ for rows.into_iter() }</tbody>
        </table>
    }
}

/// The answers of a row about which something is to be said.
fn said_under(sheet: &Sheet, row: &[Placed<'_>]) -> Vec<AnswerId> {
    let answers = row.iter().flat_map(|cell| answers_in(&sheet.definition, &cell.cell.parts));
    answers.filter(|answer| remark::is_due(sheet, std::slice::from_ref(answer))).collect()
}

fn draw(sheet: &Sheet, placed: &Placed<'_>, between: usize, language: Language, version: u32) -> Html {
    let cell = placed.cell;
    let answers = answers_in(&sheet.definition, &cell.parts);
    let mark = remark::mark(sheet, &answers);
    let colspan = (cell.span > 1).then(|| cell.span.to_string());
    let rowspan =
        (usize::from(cell.rows) + between > 1).then(|| (usize::from(cell.rows) + between).to_string());
    // A heading without words is only a corner of the grid.
    if cell.head && !cell.parts.is_empty() {
        return html! { <th {colspan} {rowspan}>{ parts(&sheet.definition, &cell.parts, language, version) }</th> };
    }
    let content = match cell.parts.as_slice() {
        [Part::Answer(id)] => html! { <Control answer={AnswerId(id.clone())} {version} /> },
        several => parts(&sheet.definition, several, language, version),
    };
    html! { <td class={classes!("cell", mark)} {colspan} {rowspan}>{ content }</td> }
}

/// A row that is not on the form: what is to be said about the row above it, over the columns that are free.
fn remark_row(row: usize, runs: Vec<(usize, usize)>, answers: &[AnswerId], version: u32) -> Html {
    let widest = runs.iter().max_by_key(|(_, length)| *length).map(|(start, _)| *start);
    let cells = runs.into_iter().map(|(start, length)| {
        let here = widest == Some(start);
        html! {
            <td key={start} colspan={length.to_string()}>
                if here { <Remarks answers={answers.to_vec()} {version} /> }
            </td>
        }
    });
    html! { <tr class="remark-row" key={format!("remark-{row}")}>{ for cells }</tr> }
}
