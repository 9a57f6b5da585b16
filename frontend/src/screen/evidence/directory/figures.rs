//! The directory's sums beside the form's figures. What differs is said in words, not by colour alone.

use form_model::check::subject;
use form_model::definition::EvidenceSlot;
use form_model::directory::{Agreement, Compared, DirectoryTotals, compare};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::state::sheet::Sheet;
use crate::text;
use crate::widget::sign::sign;

/// Draws them, as the form stands now.
pub fn draw(sheet: &Sheet, slot: &EvidenceSlot, totals: &DirectoryTotals, language: Language) -> Html {
    let compared = compare(&sheet.definition, slot, sheet.answers(), totals);
    html! {
        <section class="directory-part">
            <h3 id="directory-figures">{ text::DIRECTORY_COMPARED.of(language) }</h3>
            <table class="directory-figures" aria-labelledby="directory-figures">
                <thead>
                    <tr>
                        <th scope="col">{ text::DIRECTORY_FIGURE.of(language) }</th>
                        <th scope="col" class="figure">{ text::DIRECTORY_FORM.of(language) }</th>
                        <th scope="col" class="figure">{ text::DIRECTORY_SUM.of(language) }</th>
                        <th scope="col">{ text::DIRECTORY_RESULT.of(language) }</th>
                    </tr>
                </thead>
                <tbody>{ for compared.iter().map(|one| row(sheet, one, language)) }</tbody>
            </table>
        </section>
    }
}

fn row(sheet: &Sheet, one: &Compared, language: Language) -> Html {
    let (class, words, icon) = match one.agreement {
        Agreement::Agrees => ("agrees", &text::DIRECTORY_AGREES, Some(Icon::CheckCircle)),
        Agreement::Differs => ("differs", &text::DIRECTORY_DIFFERS, Some(Icon::ExclamationTriangle)),
        Agreement::Unfilled => ("open", &text::DIRECTORY_UNFILLED, None),
        Agreement::Absent => ("open", &text::DIRECTORY_ABSENT, None),
    };
    html! {
        <tr key={one.answer.0.clone()} {class} data-figure={one.answer.0.clone()} data-result={class}>
            <th scope="row">{ subject(&sheet.definition, language, &one.answer) }</th>
            <td class="figure ink">{ &one.form }</td>
            <td class="figure">{ &one.directory }</td>
            <td class="result">
                if let Some(icon) = icon { { sign(icon) } }
                { words.of(language) }
            </td>
        </tr>
    }
}
