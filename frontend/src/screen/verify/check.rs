//! What is asked of the shell while a person checks something.

use std::rc::Rc;

use form_model::command::{self, Event, Verification, VerifyAct, VerifyAnswer, VerifyRequest};
use form_model::evidence::size;
use form_model::language::Language;
use gloo_timers::callback::Interval;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::shell::{self, Failure};
use crate::text;
use crate::widget::task::{Task, use_task};

/// How often a person is told how far a check has come: often enough for a number to seem alive.
const PROGRESS_PAUSE_MS: u32 = 300;

/// What lies at hand, and what was found.
#[derive(Clone, PartialEq)]
pub struct Check {
    told: UseStateHandle<VerifyAnswer>,
    found: UseStateHandle<Option<Rc<Verification>>>,
    /// Choosing, and reading what the desk knows.
    asking: Task,
    looking: Task,
}

#[hook]
pub fn use_check() -> Check {
    let check = Check {
        told: use_state(VerifyAnswer::default),
        found: use_state(|| None),
        asking: use_task(),
        looking: use_task(),
    };
    {
        let check = check.clone();
        use_effect_with((), move |()| {
            check.act(VerifyAct::Read);
            // Nobody is left to be told whether that was heard.
            || spawn_local(async { drop(ask(VerifyAct::Leave).await) })
        });
    }
    {
        let check = check.clone();
        use_effect_with(check.is_looking(), move |looking| {
            let asking = looking.then(|| Interval::new(PROGRESS_PAUSE_MS, move || check.read()));
            move || drop(asking)
        });
    }
    check
}

/// Takes what is dropped on the window while the screen is shown.
#[hook]
pub fn use_dropped(check: &Check) {
    let check = check.clone();
    use_effect_with((), move |()| {
        let ear = Rc::new(Closure::<dyn FnMut(String)>::new(move |json: String| {
            if let Ok(Event::Dropped { tray, .. }) = serde_json::from_str(&json) {
                check.act(VerifyAct::TakeDropped { tray });
            }
        }));
        let heard = ear.clone();
        spawn_local(async move {
            let none = serde_json::Map::new();
            // Without it files can be chosen all the same.
            let _: Result<(), Failure> = shell::call(command::name::HEAR_DROPS, &none, Some(&heard)).await;
        });
        move || drop(ear)
    });
}

impl Check {
    pub fn told(&self) -> &VerifyAnswer {
        &self.told
    }

    pub fn found(&self) -> Option<&Rc<Verification>> {
        self.found.as_ref()
    }

    /// Whether a check is under way.
    pub fn is_looking(&self) -> bool {
        self.looking.is_busy()
    }

    /// Does something with what lies at hand. What was found of the last one is gone when another lies there.
    pub fn act(&self, act: VerifyAct) {
        let (told, found) = (self.told.clone(), self.found.clone());
        let before = told.exhibit.clone();
        self.asking.run(ask(act), move |answer: VerifyAnswer| {
            if answer.exhibit != before {
                found.set(None);
            }
            told.set(answer);
        });
    }

    /// Checks what lies at hand.
    pub fn look(&self, act: VerifyAct) {
        let (told, found) = (self.told.clone(), self.found.clone());
        found.set(None);
        self.looking.run(ask(act), move |answer: VerifyAnswer| {
            // None when the person has stopped it, or has taken something else to hand.
            if let Some(verification) = &answer.found {
                found.set(Some(Rc::new(verification.clone())));
            }
            told.set(answer);
        });
    }

    /// Hears how far a check has come.
    fn read(&self) {
        let told = self.told.clone();
        spawn_local(async move {
            // The next time tells it as well.
            if let Ok(answer) = ask(VerifyAct::Read).await {
                told.set(answer);
            }
        });
    }

    /// Why something failed, if it did.
    pub fn failure(&self, language: Language) -> Html {
        html! { <>{ self.asking.failure(language) }{ self.looking.failure(language) }</> }
    }
}

async fn ask(act: VerifyAct) -> Result<VerifyAnswer, Failure> {
    shell::request(command::name::VERIFY, &VerifyRequest { act }).await
}

/// How far a check has come, in words and as a bar.
pub fn progress(check: &Check, language: Language) -> Html {
    let (read, total) = check.told().exhibit.as_ref().map_or((0, 0), |exhibit| (exhibit.read, exhibit.total));
    let busy = text::VERIFY_BUSY.of(language);
    let words = text::VERIFY_BUSY_OF.fill(language, &[("read", &size(read)), ("total", &size(total))]);
    html! {
        <>
            <span class="muted" role="status">{ busy }</span>
            if total > 0 {
                <progress value={read.to_string()} max={total.to_string()} aria-label={busy} />
                <span class="muted figures">{ words }</span>
            }
        </>
    }
}
