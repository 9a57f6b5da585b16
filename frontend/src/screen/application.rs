//! An open application: parts at the left, paper in the middle, the field in hand at the right.

use std::rc::Rc;

use form_model::command::ExportFormat;
use form_model::id::{AnswerId, FieldId};
use form_model::language::Language;
use yew::prelude::*;

use super::attention::{use_commit_on_leaving, use_shortcuts, use_steady_clicks};
use super::bar::Bar;
use super::check_answers::CheckAnswers;
use super::search::Search;
use super::task_list::TaskList;
use super::writing::Writing;
use crate::field::{Work, page};
use crate::panel::block::PastedBlock;
use crate::panel::convert::Convert;
use crate::panel::field::FieldPanel;
use crate::paper::grid::Grid;
use crate::paper::sheet::SectionSheet;
use crate::state::desk::{Change, Desk, Notice, use_listener, use_version};
use crate::text;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub struct ApplicationProps {
    pub desk: Desk,
    pub onhome: Callback<()>,
    /// The application must be opened again.
    pub onreopen: Callback<()>,
}

/// What the middle shows.
#[derive(Clone, Debug, PartialEq)]
enum View {
    Section(String),
    Check,
    Writing(FieldId),
}

/// A question over the page.
#[derive(Clone, Debug, PartialEq)]
enum Asking {
    Search,
    Export,
    Block(AnswerId, String),
    Amount(AnswerId, String),
}

#[component]
pub fn Application(props: &ApplicationProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let desk = &props.desk;
    let version = use_version(desk, |change| *change == Change::Sheet);
    let view = use_state(|| View::Section(first_section(desk)));
    // Where one was before the check or the quiet page.
    let section = use_state(|| first_section(desk));
    let current = use_state(|| None::<AnswerId>);
    let asking = use_state(|| None::<Asking>);
    let notice = use_state(|| None::<Notice>);
    let panel_open = use_state(|| false);
    let to_enter = use_mut_ref(|| None::<AnswerId>);

    // A control is entered once the page that holds it has been drawn.
    {
        let to_enter = to_enter.clone();
        use_effect(move || {
            let wanted = to_enter.borrow().clone();
            if wanted.is_some_and(|answer| page::enter(&answer)) {
                to_enter.replace(None);
            }
        });
    }
    let show = {
        let (view, section, asking) = (view.clone(), section.clone(), asking.clone());
        Callback::from(move |answer: AnswerId| {
            to_enter.replace(Some(answer.base()));
            asking.set(None);
            let home = answer.section().to_owned();
            section.set(home.clone());
            // A view with that answer in it stays.
            let stays = match &*view {
                View::Check => true,
                View::Section(shown) => *shown == home,
                View::Writing(field) => field.answer() == answer,
            };
            view.set(if stays { (*view).clone() } else { View::Section(home) });
        })
    };
    use_messages(desk, &show, &notice);
    let search = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(Some(Asking::Search)))
    };
    use_shortcuts(desk, asking.is_some(), search);
    use_commit_on_leaving(desk);
    use_steady_clicks(desk);

    let choose_section = {
        let (view, section, current) = (view.clone(), section.clone(), current.clone());
        Callback::from(move |chosen: String| {
            section.set(chosen.clone());
            view.set(View::Section(chosen));
            current.set(None);
            page::focus_first("#form");
        })
    };
    let back_to_section = {
        let (view, section) = (view.clone(), section.clone());
        Callback::from(move |()| view.set(View::Section((*section).clone())))
    };
    let oncheck = {
        let (desk, view, back) = (desk.clone(), view.clone(), back_to_section.clone());
        Callback::from(move |()| {
            if *view == View::Check {
                back.emit(());
            } else {
                desk.commit_all();
                desk.show_blanks();
                view.set(View::Check);
            }
        })
    };
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
    let work = use_work(desk, &view, &current, &asking);
    let checking = *view == View::Check;
    let (screen, class) = match &*view {
        View::Section(_) => ("application", "three"),
        View::Check => ("check", "checking"),
        View::Writing(_) => ("writing", "quiet"),
    };
    let middle = match &*view {
        View::Section(shown) => html! {
            <>
                <TaskList section={shown.clone()} onchoose={choose_section.clone()} {version} />
                <main id="form" class="desk" tabindex="-1">
                    <SectionSheet key={shown.clone()} section={shown.clone()} {version} />
                    { next_section(desk, shown, &choose_section, language) }
                </main>
            </>
        },
        View::Check => html! { <CheckAnswers onchoose={show.clone()} {version} /> },
        View::Writing(field) => html! {
            <Writing work={work.clone()} field={field.clone()} onleave={back_to_section} {version} />
        },
    };
    html! {
        <ContextProvider<Work> context={work.clone()}>
            <div class="app" data-screen={screen}>
                <a class="skip" href="#form">{ text::SKIP.of(language) }</a>
                <Bar {checking} {onhome} onsearch={ask(Asking::Search)} onexport={ask(Asking::Export)} {oncheck}
                    onpanel={onpanel.clone()} panel_open={*panel_open} {version} />
                { messages(desk, &notice, &props.onreopen, language) }
                <div class={classes!("frame", class, panel_open.then_some("panel-open"))}>
                    { middle }
                    <aside class="panel" tabindex="0" aria-label={text::PANEL.of(language)}>
                        <Action name="close-panel" class="panel-close" label={text::CLOSE.of(language)}
                            weight={Weight::Link} onclick={onpanel} />
                        <FieldPanel answer={(*current).clone()} section={(*section).clone()} {version} />
                    </aside>
                </div>
                { question(&asking, desk, &show, language) }
            </div>
        </ContextProvider<Work>>
    }
}

fn first_section(desk: &Desk) -> String {
    desk.sheet().definition.sections.first().map(|section| section.id.clone()).unwrap_or_default()
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
        View::Writing(_) => false,
    });
    Rc::new(Grid::new(shown.map(|section| &section.layout)))
}

/// What the controls work with. Stays the same while one moves about, so that entering a field draws no other anew.
#[hook]
fn use_work(
    desk: &Desk,
    view: &UseStateHandle<View>,
    current: &UseStateHandle<Option<AnswerId>>,
    asking: &UseStateHandle<Option<Asking>>,
) -> Work {
    let (to_view, to_current, to_asking) = (view.clone(), current.clone(), asking.clone());
    let work = use_memo((desk.clone(), (**view).clone()), move |(desk, view)| {
        let (to_block, to_amount) = (to_asking.clone(), to_asking);
        Work {
            desk: desk.clone(),
            grid: grid_of(desk, view),
            onenter: Callback::from(move |answer: AnswerId| to_current.set(Some(answer.base()))),
            onblock: Callback::from(move |(answer, text)| to_block.set(Some(Asking::Block(answer, text)))),
            onamount: Callback::from(move |(answer, text)| to_amount.set(Some(Asking::Amount(answer, text)))),
            onexpand: Callback::from(move |answer: AnswerId| to_view.set(View::Writing(FieldId(answer.0)))),
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
        Change::Sheet | Change::Save | Change::Prose(_) => {}
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
        Notice::Imported(count) => {
            (Tone::Good, text::IMPORTED.fill(language, &[("count", &count.to_string())]))
        }
        Notice::Exported(file) => (Tone::Good, text::EXPORTED.fill(language, &[("file", file)])),
        Notice::Failed(failure) => (Tone::Problem, failure.sentence(language)),
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

fn question(
    asking: &UseStateHandle<Option<Asking>>,
    desk: &Desk,
    show: &Callback<AnswerId>,
    language: Language,
) -> Html {
    let onclose = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(None))
    };
    match (**asking).clone() {
        None => Html::default(),
        Some(Asking::Search) => html! { <Search onchoose={show.clone()} {onclose} /> },
        Some(Asking::Block(anchor, pasted)) => html! { <PastedBlock {anchor} {pasted} {onclose} /> },
        Some(Asking::Amount(answer, pasted)) => html! { <Convert {answer} {pasted} {onclose} /> },
        Some(Asking::Export) => {
            let export = |format: ExportFormat| {
                let (desk, onclose) = (desk.clone(), onclose.clone());
                Callback::from(move |()| {
                    desk.export(format);
                    onclose.emit(());
                })
            };
            html! {
                <Dialog name="export" title={text::EXPORT_WHAT.of(language)} onclose={onclose.clone()}
                    footer={html! {
                        <Action name="cancel" label={text::CANCEL.of(language)} weight={Weight::Link} onclick={onclose.clone()} />
                    }}>
                    <div class="stack">
                        <Action name="export-automerge" label={text::EXPORT_AUTOMERGE.of(language)}
                            onclick={export(ExportFormat::Automerge)} />
                        <Action name="export-json" label={text::EXPORT_JSON.of(language)}
                            onclick={export(ExportFormat::Json)} />
                    </div>
                </Dialog>
            }
        }
    }
}
