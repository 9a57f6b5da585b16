//! What is wrong with the answer in hand, beside its rules.

use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use crate::field::Work;
use crate::text;

#[derive(PartialEq, Properties)]
pub struct ProblemsProps {
    /// All answers of the control in hand.
    pub answers: Vec<AnswerId>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// The sentences that also stand under the field.
#[component]
pub fn Problems(props: &ProblemsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let problems = props.answers.iter().flat_map(|answer| sheet.problems_of(answer));
    let lines: Vec<_> = problems
        .filter(|problem| !problem.confirmed)
        .map(|problem| {
            let class = if problem.blocks() { "problem-word" } else { "caution-word" };
            html! { <li {class}>{ problem.sentence(&sheet.definition, language) }</li> }
        })
        .collect();
    if lines.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel-part">
            <h3>{ text::PANEL_PROBLEMS.of(language) }</h3>
            <ul>{ for lines.into_iter() }</ul>
        </section>
    }
}
