//! 验真: a package or a receipt that somebody handed over is checked, and what came of it is told in a clerk's words.

mod check;
mod exhibit;
mod fault;
mod file;
mod key;
mod report;
mod statement;

use form_model::command::VerifyAct;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use crate::text;
use crate::widget::action::{Action, Weight};
use check::{use_check, use_dropped};
use exhibit::ExhibitCard;
use key::{KeyCard, Trusted};
use report::Report;

#[derive(PartialEq, Properties)]
pub struct VerifyProps {
    pub onhome: Callback<()>,
}

#[component]
pub fn VerifyScreen(props: &VerifyProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let check = use_check();
    let trusted = use_state(Trusted::default);
    use_dropped(&check);
    {
        // The only hub that this desk knows is most probably the one.
        let trusted = trusted.clone();
        use_effect_with(check.told().hubs.clone(), move |hubs| {
            if let ([only], true) = (hubs.as_slice(), trusted.root.is_empty()) {
                trusted.set(Trusted { root: only.root.clone(), ..(*trusted).clone() });
            }
        });
    }
    let onchange = {
        let trusted = trusted.clone();
        Callback::from(move |to| trusted.set(to))
    };
    let start = {
        let (check, act) = (check.clone(), trusted.act());
        Callback::from(move |()| act.iter().for_each(|act| check.look(act.clone())))
    };
    let stop = {
        let check = check.clone();
        Callback::from(move |()| check.act(VerifyAct::Stop))
    };
    let ready = check.told().exhibit.is_some() && trusted.act().is_some();
    html! {
        <div class="page" data-screen="verify">
            <header class="bar">
                <Action name="home" label={text::BACK.of(language)} icon={Icon::AngleLeft} weight={Weight::Plain}
                    onclick={props.onhome.clone()} />
                <h1 class="bar-title">{ text::VERIFY.of(language) }</h1>
            </header>
            <main class="column wide verify">
                <p class="muted">{ text::VERIFY_WHY.of(language) }</p>
                <div class="verify-ask">
                    <ExhibitCard check={check.clone()} />
                    <KeyCard hubs={check.told().hubs.clone()} trusted={(*trusted).clone()} {onchange} />
                </div>
                <div class="actions verify-do">
                    if check.is_looking() {
                        <Action name="stop" label={text::VERIFY_STOP.of(language)} onclick={stop} />
                        { check::progress(&check, language) }
                    } else {
                        <Action name="check" label={text::VERIFY_DO.of(language)} weight={Weight::Primary}
                            disabled={!ready} onclick={start} />
                    }
                </div>
                { check.failure(language) }
                if let Some(found) = check.found() { <Report found={found.clone()} /> }
            </main>
        </div>
    }
}
