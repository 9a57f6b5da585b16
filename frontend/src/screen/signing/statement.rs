//! Statements as people see them: who has signed what as whom, whether it holds, and what became of it.

use form_model::command::{StatementState, StatementSummary};
use form_model::language::Language;
use form_model::member::Step;
use yew::prelude::*;

use crate::text::{self, Text};
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::seal::seal;

/// What a step is called.
pub fn step_word(step: Step) -> &'static Text {
    match step {
        Step::Prepare => &text::STEP_PREPARE,
        Step::Review => &text::STEP_REVIEW,
        Step::Sign => &text::STEP_SIGN,
    }
}

/// What was said: a step of a sign-off, or the declaration.
fn word(statement: &StatementSummary) -> &'static Text {
    statement.step.map_or(&text::DECLARATION, step_word)
}

/// The word on its seal: two characters.
fn seal_word(statement: &StatementSummary) -> &'static Text {
    statement.step.map_or(&text::DECLARED, step_word)
}

/// Who signed, and when.
pub fn signer(statement: &StatementSummary, language: Language) -> Html {
    html! {
        <span class="statement-who">
            <span class="ink">{ &statement.person }</span>
            if !statement.title.is_empty() { <span class="muted">{ &statement.title }</span> }
            <span class="muted">{ time::moment(statement.time_ms, language) }</span>
            if !statement.remark.is_empty() { <q class="statement-remark">{ &statement.remark }</q> }
        </span>
    }
}

/// A statement that holds, with the way to take it back where it is this agency's.
pub fn standing(
    statement: &StatementSummary,
    onwithdraw: Option<Callback<StatementSummary>>,
    language: Language,
) -> Html {
    let name = word(statement).of(language);
    let of = statement.clone();
    html! {
        <span class="statement holds" data-statement={statement.id.clone()} data-state="holds">
            { seal(seal_word(statement).of(language)) }
            <span class="pf-v6-screen-reader">{ name }</span>
            { signer(statement, language) }
            if let Some(onwithdraw) = onwithdraw.filter(|_| statement.own) {
                <Action name="withdraw-statement" label={text::WITHDRAW_STATEMENT.of(language)} weight={Weight::Link}
                    small=true onclick={onwithdraw.reform(move |()| of.clone())} />
            }
        </span>
    }
}

/// All statements that were ever made on something, folded away.
pub fn record(statements: &[StatementSummary], language: Language) -> Html {
    if statements.is_empty() {
        return Html::default();
    }
    let count = statements.len().to_string();
    html! {
        <details class="statement-record">
            <summary>{ text::STATEMENTS.fill(language, &[("count", &count)]) }</summary>
            <ol>{ for statements.iter().rev().map(|statement| row(statement, language)) }</ol>
        </details>
    }
}

fn row(statement: &StatementSummary, language: Language) -> Html {
    let holds = statement.state == StatementState::Holds;
    html! {
        <li key={statement.id.clone()} class={classes!((!holds).then_some("past"))} data-state={state_name(statement.state)}>
            <span class="agency-name">{ &statement.agency_name }</span>
            <span>{ word(statement).of(language) }</span>
            { signer(statement, language) }
            <span class="statement-state">{ state_word(statement.state).of(language) }</span>
            if !statement.reason.is_empty() { <q class="statement-remark">{ &statement.reason }</q> }
        </li>
    }
}

fn state_name(state: StatementState) -> &'static str {
    match state {
        StatementState::Holds => "holds",
        StatementState::Lapsed => "lapsed",
        StatementState::Withdrawn => "withdrawn",
        StatementState::OutOfOrder => "out-of-order",
        StatementState::NotTheirs => "not-theirs",
    }
}

fn state_word(state: StatementState) -> &'static Text {
    match state {
        StatementState::Holds => &text::STATEMENT_HOLDS,
        StatementState::Lapsed => &text::STATEMENT_LAPSED,
        StatementState::Withdrawn => &text::STATEMENT_WITHDRAWN,
        StatementState::OutOfOrder => &text::STATEMENT_OUT_OF_ORDER,
        StatementState::NotTheirs => &text::STATEMENT_NOT_THEIRS,
    }
}
