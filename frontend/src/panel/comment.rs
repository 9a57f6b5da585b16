//! Comments (批注): one with what can be done about it, a thread, and the box for a new one.

use form_model::command::{CommentSummary, DiscussAct};
use form_model::id::AnswerId;
use form_model::language::Language;
use form_model::member::AgencyId;
use yew::prelude::*;

use crate::field::{Work, answers_at};
use crate::state::rights;
use crate::state::sheet::Sheet;
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::agency;
use crate::widget::line::Area;
use crate::widget::task::use_task;

#[derive(PartialEq, Properties)]
pub struct ThreadsProps {
    pub work: Work,
    /// The answer in hand, as a control names it.
    pub answer: AnswerId,
}

/// What was said about the answer in hand, and the box to say more.
#[component]
pub fn Threads(props: &ThreadsProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    use_changes(&props.work.desk, |change| matches!(change, Change::Discussion));
    let sheet = props.work.desk.sheet();
    if !rights::has_colleagues(&sheet.team) && sheet.discussion.comments.is_empty() {
        return Html::default();
    }
    let answers = answers_at(&sheet.definition, &props.answer);
    let about: Vec<CommentSummary> = sheet.comments_on(&answers).cloned().collect();
    let may_comment = rights::may_comment(&sheet.team);
    drop(sheet);
    let roots = about.iter().filter(|comment| comment.reply_to.is_none());
    let mut roots: Vec<CommentSummary> = roots.cloned().collect();
    // What waits for an answer comes first.
    roots.sort_by_key(|root| root.settled);
    html! {
        <section class="panel-part comments">
            <h3>{ text::COMMENTS.of(language) }</h3>
            { for roots.into_iter().map(|root| html! {
                <Thread key={root.id.clone()} work={props.work.clone()} comment={root.clone()} />
            }) }
            if may_comment {
                <Composer work={props.work.clone()} on={props.answer.base()} reply_to={None::<String>} />
            } else if about.is_empty() {
                <p class="muted">{ text::COMMENTS_NONE.of(language) }</p>
            }
        </section>
    }
}

#[derive(PartialEq, Properties)]
pub struct ThreadProps {
    pub work: Work,
    /// The comment that begins it.
    pub comment: CommentSummary,
}

/// A comment with its replies.
#[component]
pub fn Thread(props: &ThreadProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let replying = use_state(|| false);
    let root = &props.comment;
    let sheet = props.work.desk.sheet();
    let replies: Vec<_> = replies(&sheet, &root.id);
    let may_comment = rights::may_comment(&sheet.team);
    let settle = {
        let (desk, comment, settled) = (props.work.desk.clone(), root.id.clone(), !root.settled);
        Callback::from(move |()| desk.discuss_now(DiscussAct::Settle { comment: comment.clone(), settled }))
    };
    let reply = {
        let replying = replying.clone();
        Callback::from(move |()| replying.set(!*replying))
    };
    let settle_label = if root.settled { &text::REOPEN_COMMENT } else { &text::SETTLE };
    html! {
        <article class={classes!("thread", root.settled.then_some("settled"))} data-comment={root.id.clone()}>
            { said(&sheet, root, language) }
            { for replies.iter().map(|reply| html! { <div class="reply" key={reply.id.clone()}>{ said(&sheet, reply, language) }</div> }) }
            if may_comment {
                <div class="thread-actions">
                    <Action name="reply" label={text::REPLY.of(language)} weight={Weight::Link} small=true
                        pressed={*replying} onclick={reply.clone()} />
                    <Action name="settle" label={settle_label.of(language)} weight={Weight::Link} small=true onclick={settle} />
                </div>
            }
            if *replying {
                <Composer work={props.work.clone()} on={root.on.clone()} reply_to={Some(root.id.clone())} onsaid={reply} />
            }
        </article>
    }
}

/// The replies to a comment, and the replies to those, oldest first.
fn replies(sheet: &Sheet, root: &str) -> Vec<CommentSummary> {
    let mut thread = vec![root.to_owned()];
    let mut replies = Vec::new();
    for comment in &sheet.discussion.comments {
        if comment.reply_to.as_ref().is_some_and(|to| thread.contains(to)) {
            thread.push(comment.id.clone());
            replies.push(comment.clone());
        }
    }
    replies
}

/// One comment: who, when, for whom, what.
fn said(sheet: &Sheet, comment: &CommentSummary, language: Language) -> Html {
    let team = &sheet.team;
    let to: Vec<_> = comment.to.iter().filter_map(|id| rights::agency(team, id)).collect();
    html! {
        <>
            <p class="said-by">
                { agency::author(team, &comment.stamp, language) }
                <span class="muted">{ time::moment(comment.stamp.time_ms, language) }</span>
                if comment.unread { <span class="unread">{ text::UNREAD.of(language) }</span> }
                if comment.settled { <span class="muted">{ text::SETTLED.of(language) }</span> }
            </p>
            if !to.is_empty() {
                <p class="said-to">{ for to.iter().map(|agency| html! { <span>{ "@" }{ &agency.name }</span> }) }</p>
            }
            <p class="said">{ &comment.text }</p>
        </>
    }
}

#[derive(PartialEq, Properties)]
pub struct ComposerProps {
    pub work: Work,
    /// `None`: about the application as a whole.
    pub on: Option<AnswerId>,
    pub reply_to: Option<String>,
    /// It was said.
    #[prop_or_default]
    pub onsaid: Callback<()>,
}

/// The box for something new: text, and the agencies that it is for.
#[component]
pub fn Composer(props: &ComposerProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let typed = use_state(String::new);
    let to = use_state(Vec::<AgencyId>::new);
    let task = use_task();
    let say = {
        let (desk, task, typed, to) = (props.work.desk.clone(), task.clone(), typed.clone(), to.clone());
        let (on, reply_to, onsaid) = (props.on.clone(), props.reply_to.clone(), props.onsaid.clone());
        Callback::from(move |()| {
            let text = typed.trim().to_owned();
            if text.is_empty() {
                return;
            }
            let act = DiscussAct::Say { on: on.clone(), to: (*to).clone(), text, reply_to: reply_to.clone() };
            let (desk, typed, to, onsaid) = (desk.clone(), typed.clone(), to.clone(), onsaid.clone());
            task.run(async move { desk.discuss(act).await }, move |()| {
                typed.set(String::new());
                to.set(Vec::new());
                onsaid.emit(());
            });
        })
    };
    let onchange = {
        let typed = typed.clone();
        Callback::from(move |text| typed.set(text))
    };
    let label = if props.reply_to.is_some() { &text::REPLY } else { &text::COMMENT_NEW };
    html! {
        <div class="composer">
            <Area name="comment" label={label.of(language)} example={text::COMMENT_EXAMPLE.of(language)} rows=2 quiet=true
                value={(*typed).clone()} {onchange} onsend={say.clone()} />
            if !typed.is_empty() {
                { recipients(&props.work, &to, language) }
                <Action name="say" label={text::COMMENT_SAY.of(language)} small=true weight={Weight::Primary}
                    disabled={typed.trim().is_empty() || task.is_busy()} onclick={say} />
            }
            { task.failure(language) }
        </div>
    }
}

/// The other agencies, to be addressed.
fn recipients(work: &Work, to: &UseStateHandle<Vec<AgencyId>>, language: Language) -> Html {
    let sheet = work.desk.sheet();
    let others = rights::active(&sheet.team).filter(|agency| sheet.team.me.as_ref() != Some(&agency.id));
    let chip = |agency: &form_model::command::AgencySummary| {
        let addressed = to.contains(&agency.id);
        let onclick = {
            let (to, id) = (to.clone(), agency.id.clone());
            Callback::from(move |_: MouseEvent| {
                let mut changed = (*to).clone();
                match changed.iter().position(|other| *other == id) {
                    Some(at) => drop(changed.remove(at)),
                    None => changed.push(id.clone()),
                }
                to.set(changed);
            })
        };
        html! {
            <button type="button" class="chip" data-action="address" data-agency={agency.id.0.clone()}
                aria-pressed={addressed.to_string()} {onclick}>
                { "@" }{ &agency.name }
            </button>
        }
    };
    html! {
        <div class="chips" role="group" aria-label={text::COMMENT_TO.of(language)}>{ for others.map(chip) }</div>
    }
}
