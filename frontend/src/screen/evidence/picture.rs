//! A picture of a file, which the shell makes; where there is none, its kind in letters.

use form_model::evidence::EvidenceFile;
use yew::prelude::*;

/// How large a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Small,
    Large,
}

/// The address of a picture. Where the page itself stands under `http:`, so do pictures.
fn address(size: Size, sha256: &str, page: u32) -> String {
    let own = web_sys::window().and_then(|window| window.location().protocol().ok());
    let root = if own.is_some_and(|protocol| protocol.starts_with("http")) {
        "http://evidence.localhost"
    } else {
        "evidence://localhost"
    };
    let size = match size {
        Size::Small => "small",
        Size::Large => "large",
    };
    match page {
        1 => format!("{root}/{size}/{sha256}"),
        page => format!("{root}/{size}/{sha256}/{page}"),
    }
}

#[derive(PartialEq, Properties)]
pub struct PictureProps {
    pub file: EvidenceFile,
    /// Whether the file's bytes are on this machine.
    pub here: bool,
    pub size: Size,
    /// Of a file with pages, which, counted from 1.
    #[prop_or(1)]
    pub page: u32,
    /// What it shows, for those who do not see it.
    pub alt: AttrValue,
    /// Shown in the place of a picture that cannot be made.
    #[prop_or_default]
    pub fallback: Html,
}

/// The picture.
#[component]
pub fn Picture(props: &PictureProps) -> Html {
    let missing = use_state(|| false);
    {
        // A file that came meanwhile is tried again.
        let missing = missing.clone();
        use_effect_with((props.file.sha256.clone(), props.page, props.here), move |_| missing.set(false));
    }
    if !props.here || *missing {
        return html! {
            <>
                <span class="no-picture" aria-hidden="true">{ letters(&props.file.name) }</span>
                { props.fallback.clone() }
            </>
        };
    }
    let onerror = Callback::from(move |_: Event| missing.set(true));
    html! {
        <img src={address(props.size, &props.file.sha256, props.page)} alt={props.alt.clone()} decoding="async" loading="lazy" {onerror} />
    }
}

/// How a name ends, in capitals: `PDF`.
fn letters(name: &str) -> String {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    end.chars().take(4).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_four_letters_at_most() {
        assert_eq!(letters("审计报告.pdf"), "PDF");
        assert_eq!(letters("a.b.jpeg"), "JPEG");
        assert_eq!(letters("无"), "");
    }
}
