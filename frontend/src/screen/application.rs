//! An open application: parts at the left, paper in the middle, the field in hand at the right.

use std::rc::Rc;

use form_model::id::AnswerId;
use form_model::language::Language;
use yew::prelude::*;

use super::attention::{use_commit_on_leaving, use_shortcuts, use_steady_clicks, use_whereabouts};
use super::bar::Bar;
use super::check_answers::CheckAnswers;
use super::evidence::{EvidenceScreen, use_drops};
use super::members::Members;
use super::question::{Asking, question};
use super::signing::{SectionSigns, SigningScreen, news};
use super::task_list::TaskList;
use super::way::{View, Way, use_way};
use super::writing::Writing;
use crate::field::Work;
use crate::panel::{Panel, PanelPage};
use crate::paper::grid::Grid;
use crate::paper::sheet::SectionSheet;
use crate::state::desk::Desk;
use crate::state::watch::{Change, Notice, use_listener, use_version};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{self, Banner, Tone};

#[derive(PartialEq, Properties)]
pub struct ApplicationProps {
    pub desk: Desk,
    pub onhome: Callback<()>,
    /// The application must be opened again.
    pub onreopen: Callback<()>,
}

#[component]
pub fn Application(props: &ApplicationProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let desk = &props.desk;
    let version = use_version(desk, |change| *change == Change::Sheet);
    let asking = use_state(|| None::<Asking>);
    let notice = use_state(|| None::<Notice>);
    let panel_open = use_state(|| false);
    let panel_page = use_state(|| PanelPage::Field);
    let way = use_way(desk, &asking);
    use_messages(desk, &way.show, &notice);
    let search = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(Some(Asking::Search)))
    };
    use_shortcuts(desk, asking.is_some(), search);
    use_commit_on_leaving(desk);
    use_steady_clicks(desk);
    use_whereabouts(desk);
    use_drops(desk, matches!(way.view, View::Evidence(_)));

    let onhome = {
        let (desk, onhome) = (desk.clone(), props.onhome.clone());
        Callback::from(move |()| {
            let onhome = onhome.clone();
            desk.close(move || onhome.emit(()));
        })
    };
    let ask = |question: Asking| {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(Some(question.clone())))
    };
    let onpanel = {
        let panel_open = panel_open.clone();
        Callback::from(move |()| panel_open.set(!*panel_open))
    };
    let oncomments = {
        let (panel_open, panel_page, back) = (panel_open.clone(), panel_page.clone(), way.back.clone());
        let in_view = matches!(way.view, View::Section(_));
        Callback::from(move |()| {
            panel_page.set(PanelPage::Discussion);
            panel_open.set(true);
            if !in_view {
                back.emit(());
            }
        })
    };
    let onpage = {
        let panel_page = panel_page.clone();
        Callback::from(move |page| panel_page.set(page))
    };
    let work = use_work(desk, &way, &asking);
    let (screen, class) = match way.view {
        View::Section(_) => ("application", "three"),
        View::Check => ("check", "checking"),
        View::Writing(_) => ("writing", "quiet"),
        View::Members => ("members", "quiet"),
        View::Evidence(_) => ("evidence", "checking"),
        View::Signing => ("signing", "quiet"),
    };
    html! {
        <ContextProvider<Work> context={work.clone()}>
            <div class="app" data-screen={screen}>
                <a class="skip" href="#form">{ text::SKIP.of(language) }</a>
                <Bar checking={way.view == View::Check} {onhome} onsearch={ask(Asking::Search)} onexport={ask(Asking::Export)} oncheck={way.check.clone()}
                    onpanel={onpanel.clone()} panel_open={*panel_open} onsync={ask(Asking::Sync)}
                    onmembers={way.members.clone()} members_shown={way.view == View::Members} {oncomments}
                    onsigning={way.signing.clone()} signing_shown={way.view == View::Signing}
                    onshow={way.show.clone()} {version} />
                { messages(desk, &notice, &props.onreopen, language) }
                <div class={classes!("frame", class, panel_open.then_some("panel-open"))}>
                    { middle(desk, &work, &way, version, language) }
                    <aside class="panel" tabindex="0" aria-label={text::PANEL.of(language)}>
                        <Action name="close-panel" class="panel-close" label={text::CLOSE.of(language)}
                            weight={Weight::Link} onclick={onpanel} />
                        <Panel page={*panel_page} {onpage} answer={way.current.clone()} section={way.section.clone()}
                            onshow={way.show.clone()} {version} />
                    </aside>
                </div>
                { question(&asking, &work, &way.show, language) }
            </div>
        </ContextProvider<Work>>
    }
}

/// The list of parts and the paper, or what else is in view.
fn middle(desk: &Desk, work: &Work, way: &Way, version: u32, language: Language) -> Html {
    match &way.view {
        View::Section(shown) => html! {
            <>
                <TaskList section={shown.clone()} onchoose={way.choose.clone()} onevidence={way.evidence.clone()} {version} />
                <main id="form" class="desk" tabindex="-1">
                    <SectionSheet key={shown.clone()} section={shown.clone()} {version} />
                    <SectionSigns section={shown.clone()} whole=true {version} />
                    { next_section(desk, shown, &way.choose, language) }
                </main>
            </>
        },
        View::Check => html! {
            <CheckAnswers onchoose={way.show.clone()} onsigning={way.signing.clone()} {version} />
        },
        View::Writing(field) => html! {
            <Writing work={work.clone()} field={field.clone()} onleave={way.back.clone()} {version} />
        },
        View::Members => html! { <Members {version} /> },
        View::Signing => html! {
            <SigningScreen onchoose={way.choose.clone()} onshow={way.show.clone()} onmembers={way.members.clone()} {version} />
        },
        View::Evidence(slot) => html! {
            <EvidenceScreen slot={slot.clone()} onslot={way.evidence.clone()} onback={way.back.clone()} onshow={way.show.clone()} {version} />
        },
    }
}

/// The way on to the part that follows.
fn next_section(desk: &Desk, shown: &str, choose: &Callback<String>, language: Language) -> Html {
    let sheet = desk.sheet();
    let after = sheet.definition.sections.iter().skip_while(|section| section.id != *shown).nth(1);
    let Some(next) = after.map(|section| section.id.clone()) else { return Html::default() };
    let title = sheet.definition.text(language, &format!("{next}.title")).to_owned();
    let onclick = choose.reform(move |()| next.clone());
    html! {
        <div class="turn">
            <Action name="next-section" label={text::NEXT_PART.fill(language, &[("part", &title)])} {onclick} />
        </div>
    }
}

/// The way of the arrow keys in what is shown.
fn grid_of(desk: &Desk, view: &View) -> Rc<Grid> {
    let sheet = desk.sheet();
    let shown = sheet.definition.sections.iter().filter(|section| match view {
        View::Section(shown) => section.id == *shown,
        View::Check => true,
        View::Writing(_) | View::Members | View::Evidence(_) | View::Signing => false,
    });
    Rc::new(Grid::new(shown.map(|section| &section.layout)))
}

/// What the controls work with. Stays the same while one moves about, so that entering a field draws no other anew.
#[hook]
fn use_work(desk: &Desk, way: &Way, asking: &UseStateHandle<Option<Asking>>) -> Work {
    let (onenter, onexpand, onevidence) = (way.enter.clone(), way.write.clone(), way.evidence.clone());
    let asking = asking.clone();
    let work = use_memo((desk.clone(), way.view.clone()), move |(desk, view)| {
        let (to_block, to_amount) = (asking.clone(), asking);
        Work {
            desk: desk.clone(),
            grid: grid_of(desk, view),
            onenter,
            onevidence,
            onblock: Callback::from(move |(answer, text)| to_block.set(Some(Asking::Block(answer, text)))),
            onamount: Callback::from(move |(answer, text)| to_amount.set(Some(Asking::Amount(answer, text)))),
            onexpand,
        }
    });
    (*work).clone()
}

/// Shows what was undone, and messages.
#[hook]
fn use_messages(desk: &Desk, show: &Callback<AnswerId>, notice: &UseStateHandle<Option<Notice>>) {
    // The listener outlives one drawing of the page; the way to show an answer is that of the last.
    let last_show = use_mut_ref(|| show.clone());
    last_show.replace(show.clone());
    let (show, notice) = (last_show, notice.clone());
    use_listener(desk, move |change| match change {
        Change::Show(answer) => {
            let show = show.borrow().clone();
            show.emit(answer);
        }
        Change::Notice(told) => notice.set(Some(told)),
        Change::Sheet
        | Change::Save
        | Change::Prose(_)
        | Change::Presence(_)
        | Change::Discussion
        | Change::Evidence
        | Change::Dropped(_) => {}
    });
}

fn messages(
    desk: &Desk,
    notice: &UseStateHandle<Option<Notice>>,
    onreopen: &Callback<()>,
    language: Language,
) -> Html {
    let close = {
        let notice = notice.clone();
        Callback::from(move |()| notice.set(None))
    };
    let told = (**notice).as_ref().map(|notice| match notice {
        Notice::Imported(imported) => banner::imported(imported, &text::IMPORTED, language),
        Notice::Exported(file) => (Tone::Good, text::EXPORTED.fill(language, &[("file", file)])),
        Notice::Failed(failure) => (Tone::Problem, failure.sentence(language)),
        Notice::Signing(told) => news(&desk.sheet(), told, language),
    });
    let out_of_step = desk.sheet().out_of_step.is_some();
    html! {
        <div class="messages">
            if out_of_step {
                <Banner tone={Tone::Problem} message={text::OUT_OF_STEP.of(language)}>
                    <Action name="reopen" label={text::REOPEN.of(language)} small=true onclick={onreopen.clone()} />
                </Banner>
            }
            if let Some((tone, message)) = told {
                <Banner {tone} {message}>
                    <Action name="close-message" label={text::CLOSE.of(language)} weight={Weight::Link} small=true
                        onclick={close} />
                </Banner>
            }
        </div>
    }
}
