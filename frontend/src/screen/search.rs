//! Ctrl+K: to a field by a part of its name.

use form_model::check;
use form_model::definition::FormDefinition;
use form_model::id::AnswerId;
use form_model::language::Language;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::field::Work;
use crate::text;
use crate::widget::dialog::Dialog;

/// How many fields are listed: what fits a screen; more letters find the rest.
const LISTED: usize = 12;

#[derive(PartialEq, Properties)]
pub struct SearchProps {
    pub onchoose: Callback<AnswerId>,
    pub onclose: Callback<()>,
}

#[component]
pub fn Search(props: &SearchProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let query = use_state(String::new);
    let chosen = use_state(|| 0_usize);
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let definition = work.desk.sheet().definition.clone();
    let found = find(&definition, &query, language);
    let oninput = {
        let (query, chosen) = (query.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                query.set(input.value());
                chosen.set(0);
            }
        })
    };
    let onkeydown = {
        let (chosen, found, onchoose) = (chosen.clone(), found.clone(), props.onchoose.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.is_composing() {
                return;
            }
            let last = found.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => chosen.set((*chosen + 1).min(last)),
                "ArrowUp" => chosen.set(chosen.saturating_sub(1)),
                "Enter" => {
                    if let Some(hit) = found.get(*chosen) {
                        onchoose.emit(hit.answer.clone());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let line = |(at, hit): (usize, &Hit)| {
        let answer = hit.answer.clone();
        let onclick = props.onchoose.reform(move |_: MouseEvent| answer.clone());
        html! {
            <li key={hit.answer.0.clone()} id={format!("hit-{at}")} role="option" aria-selected={(at == *chosen).to_string()}
                class={classes!((at == *chosen).then_some("chosen"))} {onclick}>
                <span>{ &hit.label }</span><span class="muted">{ &hit.section }</span>
            </li>
        }
    };
    html! {
        <Dialog name="search" title={text::SEARCH.of(language)} onclose={props.onclose.clone()}>
            <span class="pf-v6-c-form-control">
                <input type="text" role="combobox" aria-expanded="true" aria-controls="hits" autocomplete="off"
                    aria-label={text::SEARCH_HINT.of(language)} placeholder={text::SEARCH_HINT.of(language)}
                    aria-activedescendant={format!("hit-{}", *chosen)} data-field="search" {oninput} {onkeydown} />
            </span>
            <ul id="hits" class="hits" role="listbox" aria-label={text::SEARCH.of(language)}>
                { for found.iter().enumerate().map(line) }
            </ul>
            if found.is_empty() { <p class="muted">{ text::SEARCH_NONE.fill(language, &[("query", &query)]) }</p> }
        </Dialog>
    }
}

/// A field whose name matches.
#[derive(Clone, Debug, PartialEq)]
struct Hit {
    answer: AnswerId,
    label: String,
    section: String,
}

/// Fields whose name has all words of the query, in printed order.
fn find(definition: &FormDefinition, query: &str, language: Language) -> Vec<Hit> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let hits = definition.sections.iter().flat_map(|section| {
        let title = definition.text(language, &format!("{}.title", section.id)).to_owned();
        section.fields.iter().map(move |field| Hit {
            answer: field.id.answer(),
            label: check::short_label(&definition.label(language, &field.id)),
            section: title.clone(),
        })
    });
    let matches = |hit: &Hit| words.iter().all(|word| hit.label.to_lowercase().contains(word));
    hits.filter(matches).take(LISTED).collect()
}
