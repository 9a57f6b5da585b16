//! What the state line has to tell: the hub, what waits, what it refused; and the ways by USB.

use form_model::command::{Link, SyncState};
use form_model::error::UserError;
use form_model::id::AnswerId;
use form_model::language::Language;
use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::connect::ConnectForm;
use super::set_aside::SetAsideList;
use super::state_line::spelled;
use super::stick::Stick;
use crate::field::Work;
use crate::state::rights;
use crate::state::watch::{Change, use_changes};
use crate::text;
use crate::time;
use crate::widget::action::{Action, Weight};
use crate::widget::banner::{Banner, Tone};
use crate::widget::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub struct SyncPanelProps {
    pub work: Work,
    pub onclose: Callback<()>,
    /// To an answer's control.
    pub onshow: Callback<AnswerId>,
}

#[component]
pub fn SyncPanel(props: &SyncPanelProps) -> Html {
    let language = use_context::<Language>().unwrap_or_default();
    let connecting = use_state(|| false);
    use_changes(&props.work.desk, |change| matches!(change, Change::Sheet | Change::Save | Change::Prose(_)));
    let sheet = props.work.desk.sheet();
    let (sync, team) = (sheet.sync.clone(), sheet.team.clone());
    let line = spelled(&sheet, language);
    drop(sheet);
    let shared = sync.link != Link::None;
    let may_connect = !shared && (team.agencies.is_empty() || rights::may_lead(&team));
    let connect = {
        let connecting = connecting.clone();
        Callback::from(move |()| connecting.set(true))
    };
    let connected = {
        let connecting = connecting.clone();
        Callback::from(move |()| connecting.set(false))
    };
    if *connecting {
        return html! { <ConnectForm onclose={connected} /> };
    }
    let footer = html! {
        <Action name="close" label={text::CLOSE.of(language)} weight={Weight::Link} onclick={props.onclose.clone()} />
    };
    html! {
        <Dialog name="sync" title={text::SYNC_TITLE.of(language)} wide={sync.set_aside > 0}
            onclose={props.onclose.clone()} {footer}>
            <p class={classes!("state", line.tone.class())} data-sync-words="">
                <span class="dot" aria-hidden="true" />{ &line.words }
            </p>
            if let Link::Stopped { error } | Link::Hindered { error } = &sync.link {
                <Banner tone={Tone::Problem} message={error.sentence(language)} />
            }
            if let Some(trouble) = sync.trouble.as_ref().filter(|trouble| !stopped_by(&sync.link, trouble)) {
                <Banner tone={Tone::Problem} message={trouble.sentence(language)} />
            }
            if let Link::Restored { awaited } = &sync.link {
                { restored(awaited, rights::may_lead(&team), language) }
            }
            if shared { { facts(&sync, team.hub.as_deref(), language) } } else { <p>{ text::SYNC_ALONE.of(language) }</p> }
            <div class="actions">
                if shared { { sync_now(&props.work, &sync, language) } }
                if matches!(sync.link, Link::Restored { .. }) && rights::may_lead(&team) {
                    { go_on(&props.work, language) }
                }
                if may_connect {
                    <Action name="connect" label={text::CONNECT.of(language)} weight={Weight::Primary} onclick={connect} />
                }
            </div>
            if sync.set_aside > 0 { <SetAsideList work={props.work.clone()} count={sync.set_aside} onshow={props.onshow.clone()} /> }
            <Stick work={props.work.clone()} onclose={props.onclose.clone()} />
        </Dialog>
    }
}

fn sync_now(work: &Work, sync: &SyncState, language: Language) -> Html {
    let desk = work.desk.clone();
    let onclick = Callback::from(move |()| desk.sync_now());
    html! {
        <Action name="sync-now" label={text::SYNC_NOW.of(language)} icon={Icon::SyncAlt} weight={Weight::Primary}
            disabled={sync.link == Link::Connecting} {onclick} />
    }
}

/// The lead's way out when a restored hub waits for those who do not come.
fn go_on(work: &Work, language: Language) -> Html {
    let desk = work.desk.clone();
    let onclick = Callback::from(move |()| desk.go_on());
    html! { <Action name="go-on" label={text::GO_ON.of(language)} {onclick} /> }
}

/// What has become of a hub that was restored from a backup, and what can be done.
fn restored(awaited: &[String], lead: bool, language: Language) -> Html {
    let what = if awaited.is_empty() {
        text::RESTORED_DIFFERS.of(language).to_owned()
    } else {
        text::RESTORED_WAITS.fill(language, &[("devices", &awaited.join(language.pick("、", ", ")))])
    };
    let next = if lead { text::RESTORED_LEAD } else { text::RESTORED_OTHERS };
    html! { <Banner tone={Tone::Caution} message={format!("{what}{}", next.of(language))} /> }
}

/// Whether a trouble is what the line says already.
fn stopped_by(link: &Link, trouble: &UserError) -> bool {
    matches!(link, Link::Stopped { error } if error == trouble)
}

fn facts(sync: &SyncState, hub: Option<&str>, language: Language) -> Html {
    let link = match &sync.link {
        Link::None | Link::Stopped { .. } => text::LINK_STOPPED.of(language).to_owned(),
        Link::Hindered { .. } => text::LINK_HINDERED.of(language).to_owned(),
        Link::Restored { .. } => text::LINK_RESTORED.of(language).to_owned(),
        Link::Connecting => text::SYNC_CONNECTING.of(language).to_owned(),
        Link::Live => text::LINK_LIVE.of(language).to_owned(),
        Link::Offline { since_ms } => {
            text::SYNC_OFFLINE.fill(language, &[("since", &time::since(*since_ms, language))])
        }
    };
    let synced = sync.synced_ms.map(|synced_ms| time::since(synced_ms, language));
    html! {
        <dl class="facts">
            <dt>{ text::HUB.of(language) }</dt><dd><code>{ hub.unwrap_or("–") }</code></dd>
            <dt>{ text::LINK.of(language) }</dt><dd>{ link }</dd>
            <dt>{ text::WAITING.of(language) }</dt>
            <dd>{ text::WAITING_COUNT.fill(language, &[("count", &sync.waiting.to_string())]) }</dd>
            <dt>{ text::LAST_SYNC.of(language) }</dt>
            <dd>{ synced.unwrap_or_else(|| text::NEVER.of(language).to_owned()) }</dd>
        </dl>
    }
}
