//! A QR code as a drawing.

use std::fmt::Write;

use yew::prelude::*;

/// Light modules around the code, by ISO/IEC 18004.
const QUIET: usize = 4;

/// One path over all dark modules of the rows (`1`), in units of one module.
fn path(rows: &[String]) -> String {
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        let modules: Vec<bool> = row.chars().map(|module| module == '1').collect();
        let mut x = 0;
        while x < modules.len() {
            let run = modules[x..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                // Writing to a string doesn't fail.
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET).ok();
            }
            x += run.max(1);
        }
    }
    path
}

#[derive(PartialEq, Properties)]
pub struct QrProps {
    /// The rows of a square, dark modules as `1`.
    pub rows: Vec<String>,
    /// What it holds.
    pub label: AttrValue,
}

/// Dark on light in every theme: cameras read no other.
#[component]
pub fn Qr(props: &QrProps) -> Html {
    if props.rows.is_empty() {
        return Html::default();
    }
    let side = props.rows.len() + 2 * QUIET;
    html! {
        <svg class="qr" viewBox={format!("0 0 {side} {side}")} role="img" aria-label={props.label.clone()}
            shape-rendering="crispEdges">
            <rect class="qr-light" width={side.to_string()} height={side.to_string()} />
            <path class="qr-dark" d={path(&props.rows)} />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_of_dark_modules_is_one_stroke() {
        let rows = ["110".to_owned(), "001".to_owned()];
        assert_eq!(path(&rows), "M4 4h2v1h-2zM6 5h1v1h-1z");
    }
}
