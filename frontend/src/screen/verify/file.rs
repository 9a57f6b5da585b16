//! Which files of evidence belong to it, and whether they are what was signed for.

use form_model::command::{Verification, VerifiedFile, VerifiedKind};
use form_model::evidence::size;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::text::{self, Text};
use crate::widget::sign::sign;

/// All of them, in the form's numbering.
pub fn table(found: &Verification, language: Language) -> Html {
    if found.files.is_empty() {
        return html! { <p class="muted">{ text::VERIFY_NO_FILES.of(language) }</p> };
    }
    let columns: [&Text; 4] =
        [&text::VERIFY_SLOT, &text::VERIFY_FILE, &text::VERIFY_SIZE, &text::VERIFY_RESULT];
    html! {
        <table class="verify-table">
            <thead>
                <tr>{ for columns.iter().map(|column| html! { <th scope="col">{ column.of(language) }</th> }) }</tr>
            </thead>
            <tbody>{ for found.files.iter().map(|file| row(found, file, language)) }</tbody>
        </table>
    }
}

fn row(found: &Verification, file: &VerifiedFile, language: Language) -> Html {
    let (class, icon, words) = match (file.checked, found.kind) {
        (true, _) => ("good-word", Some(Icon::CheckCircle), &text::VERIFY_FILE_GOOD),
        (false, VerifiedKind::Package) => {
            ("problem-word", Some(Icon::ExclamationCircle), &text::VERIFY_FILE_BAD)
        }
        (false, VerifiedKind::Receipt) => ("muted", None, &text::VERIFY_FILE_OPEN),
    };
    html! {
        <tr data-file={file.name.clone()}>
            <td>{ found.slot_title(&file.slot, language) }</td>
            <th scope="row">{ &file.name }</th>
            <td class="figures">{ size(file.size) }</td>
            <td class={classes!("result", class)}>
                if let Some(icon) = icon { { sign(icon) } }
                { words.of(language) }
            </td>
        </tr>
    }
}
