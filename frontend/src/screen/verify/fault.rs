//! What is wrong, where, and what to do.

use form_model::command::{Fault, Verification, VerifiedFile};
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::text;
use crate::widget::sign::sign;

/// All of it.
pub fn list(found: &Verification, language: Language) -> Html {
    html! {
        <section class="verify-card">
            <h2>{ text::VERIFY_FAULTS.of(language) }</h2>
            <ul class="verify-faults">{ for found.faults.iter().map(|fault| entry(found, fault, language)) }</ul>
        </section>
    }
}

fn entry(found: &Verification, fault: &Fault, language: Language) -> Html {
    let place = fault.place.as_deref().unwrap_or_default();
    let files: Vec<_> = found.files_at(place).collect();
    let named = |file: &&VerifiedFile| {
        let slot = found.slot_title(&file.slot, language);
        text::VERIFY_FAULT_FILE.fill(language, &[("slot", &slot), ("name", &file.name)])
    };
    // A file of evidence lies there under a number; people know it by its name.
    let sentence = match files.first() {
        Some(file) => fault.sentence(language).replace(place, &file.name),
        None => fault.sentence(language).to_owned(),
    };
    html! {
        <li data-fault={fault.code.clone()}>
            { sign(Icon::ExclamationCircle) }
            <div>
                { for files.iter().map(named).map(|file| html! { <strong>{ file }</strong> }) }
                <p>{ sentence }</p>
            </div>
        </li>
    }
}
