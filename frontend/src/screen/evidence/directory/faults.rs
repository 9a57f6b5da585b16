//! What is wrong in the table, by its rows, to be mended there.

use form_model::command::{DirectoryLook, RowFault};
use form_model::language::Language;
use form_model::number;
use yew::prelude::*;

use crate::text;

/// So many are drawn; the first ones are mended first, and the saved table has all of them.
const SHOWN: usize = 100;

/// Draws them.
pub fn draw(look: &DirectoryLook, language: Language) -> Html {
    if look.fault_count == 0 {
        return Html::default();
    }
    let count = |count: usize| number::display(&count.to_string());
    let shown = look.faults.iter().take(SHOWN);
    let untold = look.fault_count - shown.len();
    let heads = [
        &text::DIRECTORY_CELL,
        &text::DIRECTORY_ENTERPRISE,
        &text::DIRECTORY_COLUMN,
        &text::DIRECTORY_WRONG,
        &text::DIRECTORY_REMEDY,
    ];
    html! {
        <section class="directory-part">
            <h3 id="directory-faults">
                { text::DIRECTORY_FAULTS.fill(language, &[("count", &count(look.fault_count))]) }
            </h3>
            <table class="directory-faults" aria-labelledby="directory-faults">
                <thead>
                    <tr>{ for heads.into_iter().map(|head| html! { <th scope="col">{ head.of(language) }</th> }) }</tr>
                </thead>
                <tbody>{ for shown.map(|fault| row(fault, language)) }</tbody>
            </table>
            if untold > 0 {
                <p class="muted">{ text::DIRECTORY_MORE_FAULTS.fill(language, &[("count", &count(untold))]) }</p>
            }
        </section>
    }
}

fn row(fault: &RowFault, language: Language) -> Html {
    html! {
        <tr key={format!("{} {}", fault.cell, fault.what)} data-fault={fault.cell.clone()}>
            <th scope="row">{ &fault.cell }</th>
            <td>{ &fault.name }</td>
            <td>{ fault.column.label(language) }</td>
            <td>{ &fault.what }</td>
            <td>{ &fault.remedy }</td>
        </tr>
    }
}
