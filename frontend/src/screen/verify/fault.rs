//! What is wrong, where, and what to do.

use form_model::command::{Fault, Verification};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::text;
use crate::widget::sign::sign;

/// All of it.
pub fn list(found: &Verification, language: Language) -> Html {
    html! {
        <section class="card">
            <h2>{ text::VERIFY_FAULTS.of(language) }</h2>
            <ul class="verify-faults">{ for found.faults.iter().map(|fault| entry(found, fault, language)) }</ul>
        </section>
    }
}

fn entry(found: &Verification, fault: &Fault, language: Language) -> Html {
    let files = found.files_at(fault.place.as_deref().unwrap_or_default()).map(|file| {
        let slot = found.slot_title(&file.slot, language);
        text::VERIFY_FAULT_FILE.fill(language, &[("slot", &slot), ("name", &file.name)])
    });
    html! {
        <li data-fault={fault.code.clone()}>
            { sign(Icon::ExclamationCircle) }
            <div>
                { for files.map(|file| html! { <strong>{ file }</strong> }) }
                <p>{ fault.sentence(language) }</p>
            </div>
        </li>
    }
}
