//! The rim at the right: help, rule, evidence, figures, note, comments, history of the answer in hand; everything
//! that was said; and the dialogs that a paste brings.

pub mod block;
pub mod comment;
pub mod convert;
pub mod discussion;
pub mod field;
pub mod history;
pub mod problem;
pub mod rule;

use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use self::discussion::DiscussionList;
use self::field::FieldPanel;
use crate::field::Work;
use crate::state::rights;
use crate::text;

/// What the rim shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelPage {
    /// The answer in hand.
    Field,
    /// Everything that was said.
    Discussion,
}

#[derive(PartialEq, Properties)]
pub struct PanelProps {
    pub page: PanelPage,
    pub onpage: Callback<PanelPage>,
    /// The answer in hand, as a control names it.
    pub answer: Option<AnswerId>,
    /// The section in hand.
    pub section: AttrValue,
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
    /// Moves on whenever the sheet changes.
    pub version: u32,
}

/// The page about the field and, once there are colleagues, the page about what was said.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let Some(work) = use_context::<Work>() else { return Html::default() };
    let alone = !rights::has_colleagues(&work.desk.sheet().team);
    let page = if alone { PanelPage::Field } else { props.page };
    let tab = |offered: PanelPage, words: &text::Text| {
        let onclick = props.onpage.reform(move |_: MouseEvent| offered);
        html! {
            <button type="button" class="panel-tab" data-action="panel-page" aria-pressed={(page == offered).to_string()}
                {onclick}>
                { words.of(language) }
            </button>
        }
    };
    html! {
        <>
            if !alone {
                <div class="panel-tabs" role="group" aria-label={text::PANEL_PAGES.of(language)}>
                    { tab(PanelPage::Field, &text::PANEL) }
                    { tab(PanelPage::Discussion, &text::COMMENTS) }
                </div>
            }
            if page == PanelPage::Field {
                <FieldPanel answer={props.answer.clone()} section={props.section.clone()} version={props.version} />
            } else {
                <DiscussionList work={work.clone()} onshow={props.onshow.clone()} />
            }
        </>
    }
}
