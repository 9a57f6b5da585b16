//! Who has signed which part.

use form_model::command::{Verification, VerifiedStatement, VerifiedSubmission};
use form_model::language::Language;
use yew::prelude::*;

use crate::screen::signing::step_word;
use crate::text::{self, Text};
use crate::time;

/// All sign-offs and the declaration.
pub fn table(found: &Verification, submission: &VerifiedSubmission, language: Language) -> Html {
    let columns: [&Text; 5] = [
        &text::VERIFY_SECTION,
        &text::VERIFY_STEP,
        &text::VERIFY_SIGNER,
        &text::VERIFY_WHEN,
        &text::VERIFY_REMARK,
    ];
    html! {
        <table class="verify-table">
            <thead>
                <tr>{ for columns.iter().map(|column| html! { <th scope="col">{ column.of(language) }</th> }) }</tr>
            </thead>
            <tbody>{ for submission.statements.iter().map(|said| row(found, said, language)) }</tbody>
        </table>
    }
}

fn row(found: &Verification, said: &VerifiedStatement, language: Language) -> Html {
    let (section, step) = match (&said.section, said.step) {
        (Some(section), Some(step)) => (found.section_title(section, language), step_word(step).of(language)),
        _ => (text::VERIFY_DECLARED.of(language), ""),
    };
    html! {
        <tr>
            <th scope="row">{ section }</th>
            <td>{ step }</td>
            <td>
                { format!("{} {}", said.signer.agency_name, said.person) }
                if !said.title.is_empty() { <span class="muted">{ format!(" {}", said.title) }</span> }
            </td>
            <td class="figures">{ time::full(said.time_ms) }</td>
            <td>{ &said.remark }</td>
        </tr>
    }
}
