//! Whose a section is, over its paper: not printed.

use form_model::command::AgencySummary;
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::member::FormPart;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::text;
use crate::time;
use crate::widget::agency;
use crate::widget::sign::sign;

/// Who fills the section and by when, which fields others fill, and whether it is only to be read here.
pub fn owner_line(sheet: &Sheet, section: &str, language: Language) -> Html {
    let team = &sheet.team;
    if !rights::has_colleagues(team) {
        return Html::default();
    }
    let owners = rights::section_owners(team, section);
    let own = owners.iter().any(|owner| Some(&owner.id) == team.me.as_ref());
    let writable = sheet.may_write(&AnswerId(section.to_owned()));
    let due = rights::due(team, section);
    let fields = rights::field_owners(team, section);
    html! {
        <div class={classes!("section-owner", (!writable).then_some("read-only"))} data-owner-of={section.to_owned()}>
            <span class="section-owner-who">
                if !writable { { sign(Icon::Lock) } }
                { agency::several(&owners) }
                <span>{ if own { text::OWNER_FILLS_OWN.of(language) } else { text::OWNER_FILLS.of(language) } }</span>
                if !writable { <span class="muted">{ text::OWNER_READ_ONLY.of(language) }</span> }
            </span>
            if let Some(due) = due {
                <span class="muted">
                    { text::DUE.fill(language, &[("day", &form_model::date::display(due, language))]) }
                    { countdown(due, language) }
                </span>
            }
            if !fields.is_empty() {
                <ul>{ for fields.iter().map(|(who, parts)| field_line(&sheet.definition, who, parts, language)) }</ul>
            }
        </div>
    }
}

fn countdown(due: &str, language: Language) -> Html {
    match time::days_left(&time::today(), due, language) {
        Some((words, urgency)) => html! { <>{ " · " }<span class={urgency.class()}>{ words }</span></> },
        None => Html::default(),
    }
}

fn field_line(
    definition: &FormDefinition,
    who: &AgencySummary,
    parts: &[&FormPart],
    language: Language,
) -> Html {
    let names: Vec<_> = parts.iter().map(|part| definition.part_name(language, part)).collect();
    html! {
        <li key={who.id.0.clone()}>
            { agency::named(who) }
            <span>{ text::OWNER_FIELDS.fill(language, &[("fields", &names.join(language.pick("、", ", ")))]) }</span>
        </li>
    }
}
