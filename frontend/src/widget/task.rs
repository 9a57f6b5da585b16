//! Something that is asked of the shell from a dialog: under way, or why it failed.

use form_model::language::Language;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::banner::{Banner, Tone};
use crate::shell::Failure;

#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    Busy,
    Failed(Failure),
}

/// One thing at a time that is asked of the shell.
#[derive(Clone, PartialEq)]
pub struct Task(UseStateHandle<State>);

impl Task {
    /// Whether it is under way.
    pub fn is_busy(&self) -> bool {
        *self.0 == State::Busy
    }

    /// Asks, then passes the answer on.
    pub fn run<T: 'static>(
        &self,
        asked: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        let state = self.0.clone();
        state.set(State::Busy);
        spawn_local(async move {
            match asked.await {
                Ok(answer) => {
                    state.set(State::Idle);
                    done(answer);
                }
                Err(failure) => state.set(State::Failed(failure)),
            }
        });
    }

    /// Why it failed, if it did.
    pub fn failure(&self, language: Language) -> Html {
        match &*self.0 {
            State::Failed(failure) => {
                html! { <Banner tone={Tone::Problem} message={failure.sentence(language)} /> }
            }
            State::Idle | State::Busy => Html::default(),
        }
    }
}

/// Something that can be asked of the shell.
#[hook]
pub fn use_task() -> Task {
    Task(use_state(State::default))
}
