//! TEMPORARY
use crate::field::Work;
use yew::prelude::*;
#[derive(PartialEq, Properties)]
pub struct RevisionsProps {
    pub work: Work,
    pub version: u32,
}
#[component]
pub fn Revisions(props: &RevisionsProps) -> Html {
    let _ = (&props.work, props.version);
    Html::default()
}
