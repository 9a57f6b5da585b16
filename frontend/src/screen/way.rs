//! Where one is in an open application, and the ways from there.

use form_model::evidence::EvidenceKey;
use form_model::id::{AnswerId, FieldId};
use yew::prelude::*;

use super::question::Asking;
use crate::field::page;
use crate::state::desk::Desk;

/// What the middle shows.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// A part of the form.
    Section(String),
    /// The whole form and what is wrong with it.
    Check,
    /// One long text on the quiet page.
    Writing(FieldId),
    /// Who takes part.
    Members,
    /// The files of evidence, with the slot in hand.
    Evidence(String),
    /// Sign-off and final revisions.
    Signing,
}

/// Where one is, and how to get elsewhere.
pub struct Way {
    pub view: View,
    /// The part in hand, also while the check or the quiet page is shown.
    pub section: String,
    /// The answer in hand.
    pub current: Option<AnswerId>,
    /// A control was entered.
    pub enter: Callback<AnswerId>,
    /// To a part of the form.
    pub choose: Callback<String>,
    /// To an answer's control.
    pub show: Callback<AnswerId>,
    /// From the check or the quiet page to the part in hand.
    pub back: Callback<()>,
    /// To the check, or back from it.
    pub check: Callback<()>,
    /// To the quiet page.
    pub write: Callback<AnswerId>,
    /// To who takes part, or back from there.
    pub members: Callback<()>,
    /// To sign-off, or back from there.
    pub signing: Callback<()>,
    /// To a slot of evidence.
    pub evidence: Callback<String>,
}

/// Keeps where one is. Showing an answer ends what is asked.
#[hook]
pub fn use_way(desk: &Desk, asking: &UseStateHandle<Option<Asking>>) -> Way {
    let view = use_state(|| View::Section(first_section(desk)));
    let section = use_state(|| first_section(desk));
    let current = use_state(|| None::<AnswerId>);
    let to_enter = use_mut_ref(|| None::<AnswerId>);
    {
        // A control is entered once the page that holds it has been drawn.
        let to_enter = to_enter.clone();
        use_effect(move || {
            let wanted = to_enter.borrow().clone();
            if wanted.is_some_and(|answer| page::enter(&answer)) {
                to_enter.replace(None);
            }
        });
    }
    let back = {
        let (view, section) = (view.clone(), section.clone());
        Callback::from(move |()| view.set(View::Section((*section).clone())))
    };
    let show = {
        let (view, section, asking) = (view.clone(), section.clone(), asking.clone());
        let definition = desk.sheet().definition.clone();
        Callback::from(move |answer: AnswerId| {
            if let Some(slot) = EvidenceKey::read(&answer).and_then(|key| definition.slot_of(&key.field)) {
                asking.set(None);
                view.set(View::Evidence(slot.id.clone()));
                return;
            }
            to_enter.replace(Some(answer.base()));
            asking.set(None);
            let home = answer.section().to_owned();
            section.set(home.clone());
            view.set(if shows(&view, &answer) { (*view).clone() } else { View::Section(home) });
        })
    };
    Way {
        view: (*view).clone(),
        section: (*section).clone(),
        current: (*current).clone(),
        enter: {
            let current = current.clone();
            Callback::from(move |answer: AnswerId| current.set(Some(answer.base())))
        },
        choose: choosing(&view, &section, &current),
        show,
        check: checking(desk, &view, &back),
        members: to_or_back(desk, &view, &back, View::Members),
        signing: to_or_back(desk, &view, &back, View::Signing),
        evidence: {
            let (desk, view) = (desk.clone(), view.clone());
            Callback::from(move |slot: String| {
                desk.commit_all();
                view.set(View::Evidence(slot));
            })
        },
        back,
        write: Callback::from(move |answer: AnswerId| view.set(View::Writing(FieldId(answer.0)))),
    }
}

/// Whether a view has the answer in it, so that it can stay.
fn shows(view: &View, answer: &AnswerId) -> bool {
    match view {
        View::Check => true,
        View::Section(shown) => shown == answer.section(),
        View::Writing(field) => field.answer() == *answer,
        View::Members | View::Evidence(_) | View::Signing => false,
    }
}

fn choosing(
    view: &UseStateHandle<View>,
    section: &UseStateHandle<String>,
    current: &UseStateHandle<Option<AnswerId>>,
) -> Callback<String> {
    let (view, section, current) = (view.clone(), section.clone(), current.clone());
    Callback::from(move |chosen: String| {
        section.set(chosen.clone());
        view.set(View::Section(chosen));
        current.set(None);
        page::focus_first("#form");
    })
}

/// To a view, or back from it.
fn to_or_back(desk: &Desk, view: &UseStateHandle<View>, back: &Callback<()>, to: View) -> Callback<()> {
    let (desk, view, back) = (desk.clone(), view.clone(), back.clone());
    Callback::from(move |()| {
        if *view == to {
            back.emit(());
        } else {
            desk.commit_all();
            view.set(to.clone());
        }
    })
}

fn checking(desk: &Desk, view: &UseStateHandle<View>, back: &Callback<()>) -> Callback<()> {
    let (desk, view, back) = (desk.clone(), view.clone(), back.clone());
    Callback::from(move |()| {
        if *view == View::Check {
            back.emit(());
        } else {
            desk.commit_all();
            desk.show_blanks();
            view.set(View::Check);
        }
    })
}

fn first_section(desk: &Desk) -> String {
    desk.sheet().definition.sections.first().map(|section| section.id.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_where_it_is_in_view_already() {
        let plan = AnswerId("plan.text".into());
        assert!(shows(&View::Check, &plan));
        assert!(shows(&View::Section("plan".into()), &plan));
        assert!(shows(&View::Writing(FieldId("plan.text".into())), &plan));
        assert!(!shows(&View::Section("cover".into()), &plan));
        assert!(!shows(&View::Writing(FieldId("openness.mechanism".into())), &plan));
    }
}
