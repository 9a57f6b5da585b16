//! A button. PatternFly's own component drops the focus on a click, which strands keyboard users.

use patternfly_yew::prelude::Icon;
use yew::prelude::*;

use super::sign::sign;

/// How much a button weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// The one thing to do here.
    Primary,
    #[default]
    Secondary,
    /// In running text or lists.
    Link,
    /// Only its sign.
    Plain,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "pf-m-primary",
            Self::Secondary => "pf-m-secondary",
            Self::Link => "pf-m-link",
            Self::Plain => "pf-m-plain",
        }
    }
}

#[derive(PartialEq, Properties)]
pub struct ActionProps {
    /// What it does, for tests and scripts: `data-action`.
    pub name: AttrValue,
    /// Its words; of a plain button the name that is read aloud.
    pub label: AttrValue,
    pub onclick: Callback<()>,
    #[prop_or_default]
    pub weight: Weight,
    #[prop_or_default]
    pub icon: Option<Icon>,
    #[prop_or_default]
    pub small: bool,
    #[prop_or_default]
    pub disabled: bool,
    /// For a button that stays down.
    #[prop_or_default]
    pub pressed: Option<bool>,
    #[prop_or_default]
    pub shortcut: Option<AttrValue>,
    #[prop_or_default]
    pub class: Classes,
}

#[component]
pub fn Action(props: &ActionProps) -> Html {
    let plain = props.weight == Weight::Plain;
    let onclick = props.onclick.reform(|_: MouseEvent| ());
    let title = props.shortcut.as_ref().map(|keys| AttrValue::from(format!("{} ({keys})", props.label)));
    html! {
        <button
            type="button"
            class={classes!(
                "pf-v6-c-button",
                props.weight.class(),
                props.small.then_some("pf-m-small"),
                props.class.clone(),
            )}
            data-action={props.name.clone()}
            disabled={props.disabled}
            aria-label={plain.then(|| props.label.clone())}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())}
            title={title.or_else(|| plain.then(|| props.label.clone()))}
            {onclick}
        >
            if let Some(icon) = props.icon {
                <span class={classes!("pf-v6-c-button__icon", (!plain).then_some("pf-m-start"))}>{ sign(icon) }</span>
            }
            if !plain {
                <span class="pf-v6-c-button__text">{ &props.label }</span>
            }
        </button>
    }
}
