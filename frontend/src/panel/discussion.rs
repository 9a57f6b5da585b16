//! Everything that was said: what is new, what is for this agency, all of it; each with the way to its field.

use form_model::check;
use form_model::command::{CommentSummary, DiscussAct};
use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use super::comment::{Composer, Thread};
use crate::field::Work;
use crate::state::rights;
use crate::state::watch::{Change, use_changes};
use crate::text::{self, Text};
use crate::widget::action::{Action, Weight};

/// Which comments are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Unread,
    ForMe,
    All,
}

impl Shown {
    const ALL: [(Self, &Text); 3] = [
        (Self::Unread, &text::COMMENTS_NEW),
        (Self::ForMe, &text::COMMENTS_FOR_ME),
        (Self::All, &text::COMMENTS_ALL),
    ];

    fn has(self, comment: &CommentSummary) -> bool {
        match self {
            Self::Unread => comment.unread,
            Self::ForMe => comment.for_me && !comment.settled,
            Self::All => true,
        }
    }
}

#[derive(PartialEq, Properties)]
pub struct DiscussionListProps {
    pub work: Work,
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
}

#[component]
pub fn DiscussionList(props: &DiscussionListProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    use_changes(&props.work.desk, |change| matches!(change, Change::Discussion | Change::Sheet));
    let sheet = props.work.desk.sheet();
    let discussion = sheet.discussion.clone();
    let shown = use_state(|| if sheet.unread > 0 { Shown::Unread } else { Shown::All });
    let may_comment = rights::may_comment(&sheet.team);
    drop(sheet);
    let of = |shown: Shown| threads(&discussion.comments, |comment| shown.has(comment));
    let tab = |(offered, words): &(Shown, &Text)| {
        let onclick = {
            let (shown, offered) = (shown.clone(), *offered);
            Callback::from(move |_: MouseEvent| shown.set(offered))
        };
        let count = of(*offered).len();
        html! {
            <button type="button" class="chip" data-action="show-comments" aria-pressed={(*shown == *offered).to_string()}
                {onclick}>
                { words.of(language) }{ format!(" {count}") }
            </button>
        }
    };
    let read = {
        let desk = props.work.desk.clone();
        Callback::from(move |()| desk.discuss_now(DiscussAct::MarkRead))
    };
    let listed = of(*shown);
    let unread = discussion.comments.iter().any(|comment| comment.unread);
    html! {
        <div class="discussion">
            <div class="chips" role="group" aria-label={text::COMMENTS.of(language)}>{ for Shown::ALL.iter().map(tab) }</div>
            if unread {
                <Action name="mark-read" label={text::MARK_READ.of(language)} weight={Weight::Link} small=true onclick={read} />
            }
            if listed.is_empty() { <p class="muted">{ text::COMMENTS_NONE.of(language) }</p> }
            { for listed.into_iter().map(|root| html! {
                <div class="discussed" key={root.id.clone()}>
                    { place(props, &root, language) }
                    <Thread work={props.work.clone()} comment={root.clone()} />
                </div>
            }) }
            if may_comment {
                <section class="panel-part">
                    <h3>{ text::COMMENT_WHOLE.of(language) }</h3>
                    <Composer work={props.work.clone()} on={None::<AnswerId>} reply_to={None::<String>} />
                </section>
            }
        </div>
    }
}

/// The way to the field that a thread is about.
fn place(props: &DiscussionListProps, root: &CommentSummary, language: Language) -> Html {
    match root.on.as_ref().map(AnswerId::base) {
        None => html! { <p class="muted">{ text::COMMENT_WHOLE.of(language) }</p> },
        Some(on) => {
            let label = check::subject(&props.work.desk.sheet().definition, language, &on);
            let onclick = props.onshow.reform(move |()| on.clone());
            html! { <Action name="go-to-comment" {label} weight={Weight::Link} small=true {onclick} /> }
        }
    }
}

/// The comments that begin threads in which one is wanted, newest first.
fn threads(comments: &[CommentSummary], wanted: impl Fn(&CommentSummary) -> bool) -> Vec<CommentSummary> {
    let mut roots: Vec<&CommentSummary> = Vec::new();
    for comment in comments.iter().filter(|comment| wanted(comment)) {
        if let Some(root) = root_of(comments, comment)
            && !roots.iter().any(|known| known.id == root.id)
        {
            roots.push(root);
        }
    }
    roots.sort_by_key(|root| (root.settled, std::cmp::Reverse(root.stamp.time_ms)));
    roots.into_iter().cloned().collect()
}

/// The comment that began the thread; a reply whose thread is not here yet begins its own.
fn root_of<'a>(comments: &'a [CommentSummary], comment: &'a CommentSummary) -> Option<&'a CommentSummary> {
    let mut at = comment;
    // A thread has no more steps than there are comments, also when somebody made a ring of them.
    for _ in comments {
        let Some(to) = &at.reply_to else { return Some(at) };
        match comments.iter().find(|other| other.id == *to) {
            Some(above) => at = above,
            None => return Some(at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use form_model::command::Stamp;

    use super::*;

    fn comment(id: &str, reply_to: Option<&str>, unread: bool, time_ms: i64) -> CommentSummary {
        CommentSummary {
            id: id.to_owned(),
            on: None,
            to: Vec::new(),
            text: String::new(),
            reply_to: reply_to.map(ToOwned::to_owned),
            stamp: Stamp { author: String::new(), agency: None, own: false, time_ms },
            settled: false,
            unread,
            for_me: false,
        }
    }

    #[test]
    fn a_new_reply_brings_its_whole_thread() {
        let comments =
            [comment("a", None, false, 1), comment("b", None, false, 2), comment("c", Some("a"), true, 3)];
        let unread = threads(&comments, |comment| Shown::Unread.has(comment));
        assert_eq!(unread.iter().map(|root| root.id.as_str()).collect::<Vec<_>>(), ["a"]);
        let all = threads(&comments, |comment| Shown::All.has(comment));
        assert_eq!(all.iter().map(|root| root.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn replies_in_a_ring_end_nowhere() {
        let comments = [comment("a", Some("b"), true, 1), comment("b", Some("a"), true, 2)];
        assert!(threads(&comments, |_| true).is_empty());
    }
}
