//! The first rows of a sheet, and above each column what it holds.

use form_model::command::{Choice, DirectoryAct, DirectoryTable, SheetRow};
use form_model::directory::{Column, Unit, column_letters};
use form_model::language::Language;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::text;
use crate::widget::pick::Pick;

/// Rows that a table program can have.
const ROW_MAX: usize = 1_048_576;

/// Draws them.
pub fn draw(
    table: &DirectoryTable,
    years: &[u16],
    choose: &Callback<Choice>,
    act: &Callback<DirectoryAct>,
    language: Language,
) -> Html {
    let look = &table.look;
    let head = (0..look.width).map(|index| head(&look.choice, index, years, choose, language));
    html! {
        <section class="directory-part">
            <h3 id="directory-columns">{ text::DIRECTORY_COLUMNS.of(language) }</h3>
            <p class="muted">{ text::DIRECTORY_COLUMNS_WHY.of(language) }</p>
            <div class="directory-choice">
                { sheets(table, act, language) }
                { first_row(&look.choice, choose, language) }
            </div>
            <div class="directory-scroll" tabindex="0" role="region" aria-labelledby="directory-columns">
                <table class="directory-sheet">
                    <thead>
                        <tr><th scope="col">{ text::DIRECTORY_ROW.of(language) }</th>{ for head }</tr>
                    </thead>
                    <tbody>{ for look.rows.iter().map(row) }</tbody>
                </table>
            </div>
            <p class="muted">{ text::DIRECTORY_MORE_ROWS.of(language) }</p>
        </section>
    }
}

fn row(row: &SheetRow) -> Html {
    html! {
        <tr key={row.number} class={(!row.enterprise).then_some("above")}>
            <th scope="row">{ row.number }</th>
            { for row.cells.iter().map(|cell| html! { <td>{ cell }</td> }) }
        </tr>
    }
}

/// A column's letters, what it holds, and the unit of a revenue.
fn head(choice: &Choice, index: usize, years: &[u16], choose: &Callback<Choice>, language: Language) -> Html {
    let letters = column_letters(index);
    let held = choice.mapping.at(index);
    let onchange = changed(choice, choose, move |choice, value| {
        choice.mapping.assign(index, Column::read(value));
    });
    let label = text::DIRECTORY_COLUMN_OF.fill(language, &[("column", &letters)]);
    let not_used = (String::new(), text::DIRECTORY_NOT_USED.of(language).to_owned());
    let columns = Column::all(years).into_iter().map(|column| (column.name(), column.label(language)));
    let options: Vec<_> = std::iter::once(not_used).chain(columns).collect();
    html! {
        <th scope="col" key={index} class={held.is_some().then_some("used")}>
            <span class="directory-letters">{ &letters }</span>
            <Pick name="column" {label} column={letters.clone()} value={held.map(Column::name).unwrap_or_default()} {options}
                {onchange} />
            if let Some(column @ Column::Revenue(_)) = held {
                { unit(choice, column, &letters, choose, language) }
            }
        </th>
    }
}

fn unit(
    choice: &Choice,
    column: Column,
    letters: &str,
    choose: &Callback<Choice>,
    language: Language,
) -> Html {
    let held = choice.mapping.units.get(&column).copied().unwrap_or_default();
    let onchange = changed(choice, choose, move |choice, value| {
        if let Some(unit) = Unit::read(value) {
            choice.mapping.units.insert(column, unit);
        }
    });
    let label = text::DIRECTORY_UNIT_OF.fill(language, &[("column", letters)]);
    let options: Vec<_> =
        Unit::ALL.iter().map(|unit| (unit.name().to_owned(), unit.label(language).to_owned())).collect();
    html! { <Pick name="unit" {label} column={letters.to_owned()} value={held.name()} {options} {onchange} /> }
}

/// Chooses anew when another option is taken.
fn changed(
    choice: &Choice,
    choose: &Callback<Choice>,
    change: impl Fn(&mut Choice, &str) + 'static,
) -> Callback<String> {
    let choice = choice.clone();
    choose.reform(move |value: String| {
        let mut changed = choice.clone();
        change(&mut changed, &value);
        changed
    })
}

fn sheets(table: &DirectoryTable, act: &Callback<DirectoryAct>, language: Language) -> Html {
    if table.sheets.len() < 2 {
        return Html::default();
    }
    let onchange = {
        let (act, number) = (act.clone(), table.table);
        Callback::from(move |value: String| {
            if let Ok(sheet) = value.parse() {
                act.emit(DirectoryAct::Turn { table: number, sheet });
            }
        })
    };
    let options: Vec<_> =
        table.sheets.iter().enumerate().map(|(at, name)| (at.to_string(), name.clone())).collect();
    html! {
        <label class="form-line">
            <span>{ text::DIRECTORY_SHEET.of(language) }</span>
            <Pick name="sheet" value={table.look.choice.sheet.to_string()} {options} {onchange} />
        </label>
    }
}

fn first_row(choice: &Choice, choose: &Callback<Choice>, language: Language) -> Html {
    let onchange = {
        let (choice, choose) = (choice.clone(), choose.clone());
        Callback::from(move |event: Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let row = input.and_then(|input| input.value().trim().parse::<usize>().ok());
            if let Some(row) = row.filter(|row| (1..=ROW_MAX).contains(row)) {
                let mut changed = choice.clone();
                changed.mapping.first_row = row - 1;
                choose.emit(changed);
            }
        })
    };
    html! {
        <label class="form-line">
            <span>{ text::DIRECTORY_FIRST_ROW.of(language) }</span>
            <span class="pf-v6-c-form-control">
                <input type="number" min="1" max={ROW_MAX.to_string()} data-field="first-row"
                    value={(choice.mapping.first_row + 1).to_string()} {onchange} />
            </span>
        </label>
    }
}
