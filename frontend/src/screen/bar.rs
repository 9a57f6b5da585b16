//! The bar over an open application: its name, the state line that never lies, what can be done with the whole.

use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::presence::Presence;
use super::state_line::StateLine;
use crate::field::Work;
use crate::state::desk::Desk;
use crate::state::rights;
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::seal::seal;
use crate::widget::sign::{comment_sign, sign};

#[derive(PartialEq, Properties)]
pub struct BarProps {
    /// The whole form is being checked.
    pub checking: bool,
    pub onhome: Callback<()>,
    pub onsearch: Callback<()>,
    pub onexport: Callback<()>,
    pub oncheck: Callback<()>,
    pub onpanel: Callback<()>,
    pub panel_open: bool,
    pub onsync: Callback<()>,
    pub onmembers: Callback<()>,
    pub members_shown: bool,
    pub onsigning: Callback<()>,
    pub signing_shown: bool,
    pub oncomments: Callback<()>,
    /// To where a colleague is.
    pub onshow: Callback<form_model::id::AnswerId>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

#[component]
pub fn Bar(props: &BarProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let sheet = work.desk.sheet();
    let name = match sheet.name() {
        "" => text::UNNAMED.of(language).to_owned(),
        name => name.to_owned(),
    };
    let form = sheet.definition.text(language, "form.title").to_owned();
    let undo = sheet.undo.clone();
    let (founded, closed) = (!sheet.team.agencies.is_empty(), sheet.team.revision.closed);
    let draft = text::REVISION.fill(language, &[("number", &sheet.team.revision.current.to_string())]);
    drop(sheet);
    let step_back = step(&work, Desk::undo);
    let step_forth = step(&work, Desk::redo);
    let check = if props.checking { &text::BACK_TO_PARTS } else { &text::CHECK };
    html! {
        <header class="bar">
            <Action name="home" label={text::APPLICATIONS.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                onclick={props.onhome.clone()} />
            <div class="bar-name">
                <h1 class="bar-title">{ name }</h1>
                <span class="muted bar-form">
                    { form }
                    if founded { <span data-bar-revision="">{ " · " }{ draft }</span> }
                </span>
                if closed { { seal(text::FINAL.of(language)) } }
            </div>
            <span class="bar-space" />
            <button type="button" class="bar-search" data-action="search" onclick={props.onsearch.reform(|_: MouseEvent| ())}>
                { sign(Icon::Search) }<span>{ text::SEARCH.of(language) }</span><kbd>{ "Ctrl K" }</kbd>
            </button>
            <span class="bar-group">
                <Action name="undo" label={text::UNDO.of(language)} icon={Icon::Undo} weight={Weight::Plain}
                    shortcut="Ctrl+Z" disabled={!undo.undo} onclick={step_back} />
                <Action name="redo" label={text::REDO.of(language)} icon={Icon::Redo} weight={Weight::Plain}
                    shortcut="Ctrl+Y" disabled={!undo.redo} onclick={step_forth} />
            </span>
            <Presence work={work.clone()} onshow={props.onshow.clone()} />
            <StateLine work={work.clone()} onopen={props.onsync.clone()} />
            <span class="bar-group">
                <Action name="members" label={text::MEMBERS.of(language)} icon={Icon::Users} weight={Weight::Plain}
                    pressed={props.members_shown} onclick={props.onmembers.clone()} />
                <Action name="signing" label={text::SIGNING.of(language)} icon={Icon::ClipboardCheck} weight={Weight::Plain}
                    pressed={props.signing_shown} onclick={props.onsigning.clone()} />
                <Comments work={work.clone()} onopen={props.oncomments.clone()} />
                <Action name="export" label={text::EXPORT.of(language)} icon={Icon::Download} weight={Weight::Plain}
                    onclick={props.onexport.clone()} />
            </span>
            <Action name="panel" class="panel-toggle" label={text::PANEL.of(language)} icon={Icon::InfoCircle}
                weight={Weight::Plain} pressed={props.panel_open} onclick={props.onpanel.clone()} />
            <Action name="check" label={check.of(language)}
                weight={if props.checking { Weight::Secondary } else { Weight::Primary }} onclick={props.oncheck.clone()} />
        </header>
    }
}

fn step(work: &Work, act: impl Fn(&Desk) + 'static) -> Callback<()> {
    let desk = work.desk.clone();
    Callback::from(move |()| act(&desk))
}

#[derive(PartialEq, Properties)]
struct CommentsProps {
    work: Work,
    onopen: Callback<()>,
}

/// The way to what was said, with the number of what was not read yet.
#[component]
fn Comments(props: &CommentsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    use_changes(&props.work.desk, |change| matches!(change, Change::Discussion | Change::Sheet));
    let sheet = props.work.desk.sheet();
    if !rights::has_colleagues(&sheet.team) {
        return Html::default();
    }
    let label = match sheet.unread {
        0 => text::COMMENTS.of(language).to_owned(),
        unread => text::COMMENTS_UNREAD.fill(language, &[("count", &unread.to_string())]),
    };
    html! {
        <button type="button" class="pf-v6-c-button pf-m-plain comments-button" data-action="comments"
            aria-label={label.clone()} title={label.clone()} onclick={props.onopen.reform(|_: MouseEvent| ())}>
            <span class="pf-v6-c-button__icon">{ comment_sign() }</span>
            if sheet.unread > 0 { <span class="badge" data-unread={sheet.unread.to_string()}>{ sheet.unread }</span> }
        </button>
    }
}
