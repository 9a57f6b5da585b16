//! The style sheets keep what the design promises: readable colours, nothing from outside, nothing inline.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../static/style/token.css");
const SHEETS: [&str; 13] = [
    TOKENS,
    include_str!("../static/style/font.css"),
    include_str!("../static/style/frame.css"),
    include_str!("../static/style/home.css"),
    include_str!("../static/style/paper.css"),
    include_str!("../static/style/field.css"),
    include_str!("../static/style/panel.css"),
    include_str!("../static/style/team.css"),
    include_str!("../static/style/signing.css"),
    include_str!("../static/style/members.css"),
    include_str!("../static/style/evidence.css"),
    include_str!("../static/style/directory.css"),
    include_str!("../static/style/verify.css"),
];

/// Words in the first colour stand on the second.
const PAIRS: [(&str, &str); 46] = [
    ("text", "ground"),
    ("text", "paper"),
    ("text", "rim"),
    ("text", "accent-wash"),
    ("ink", "paper"),
    ("ink", "rim"),
    ("ink", "caution-wash"),
    ("accent", "paper"),
    ("accent", "rim"),
    ("on-accent", "accent"),
    ("muted", "ground"),
    ("muted", "paper"),
    ("muted", "rim"),
    ("muted", "accent-wash"),
    ("muted", "caution-wash"),
    ("problem", "problem-wash"),
    ("problem", "rim"),
    ("caution", "caution-wash"),
    ("caution", "rim"),
    ("caution", "accent-wash"),
    ("good", "rim"),
    ("good", "accent-wash"),
    ("problem", "accent-wash"),
    ("seal", "rim"),
    ("seal", "paper"),
    ("seal", "ground"),
    ("paper", "text"),
    ("problem", "paper"),
    ("good", "paper"),
    ("text", "caution-wash"),
    ("on-agency", "agency-0"),
    ("agency-0", "paper"),
    ("on-agency", "agency-1"),
    ("agency-1", "paper"),
    ("on-agency", "agency-2"),
    ("agency-2", "paper"),
    ("on-agency", "agency-3"),
    ("agency-3", "paper"),
    ("on-agency", "agency-4"),
    ("agency-4", "paper"),
    ("on-agency", "agency-5"),
    ("agency-5", "paper"),
    ("on-agency", "agency-6"),
    ("agency-6", "paper"),
    ("on-agency", "agency-7"),
    ("agency-7", "paper"),
];

/// WCAG 2.2, success criterion 1.4.3.
const LEAST_CONTRAST: f64 = 4.5;

type Palette = BTreeMap<String, String>;

/// The colours of each theme: the first block, and each later one over those that it varies.
fn themes() -> Vec<(&'static str, Palette)> {
    let block = |after: &str| {
        let start = TOKENS.find(after).unwrap_or_else(|| panic!("token.css has no {after}"));
        let body = &TOKENS[start..];
        let body = &body[..body.find("\n}").unwrap_or(body.len())];
        let lines = body.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
        lines
            .map(|(name, colour)| (name.to_owned(), colour.trim_end_matches(';').to_owned()))
            .collect::<Palette>()
    };
    let over = |base: &Palette, more: Palette| {
        let mut palette = base.clone();
        palette.extend(more);
        palette
    };
    let light = block(":root {");
    let dark = over(&light, block("(prefers-color-scheme: dark) {"));
    let contrast = over(&light, block("(prefers-contrast: more) {"));
    let dark_contrast = over(&dark, block("(prefers-contrast: more) and (prefers-color-scheme: dark) {"));
    vec![
        ("light", light),
        ("dark", dark),
        ("high contrast", contrast),
        ("dark, high contrast", dark_contrast),
    ]
}

/// WCAG's relative luminance of `rrggbb`.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value =
            f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap_or_else(|_| panic!("{colour}")))
                / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn words_contrast_with_what_they_stand_on_in_every_theme() {
    for (theme, palette) in themes() {
        for (front, back) in PAIRS {
            let (a, b) = (luminance(&palette[front]), luminance(&palette[back]));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= LEAST_CONTRAST, "{theme}: {front} on {back} is {contrast:.2}");
        }
    }
}

#[test]
fn nothing_is_fetched_from_outside() {
    for sheet in SHEETS {
        assert!(!sheet.contains("http"), "a style sheet names another host");
        assert!(!sheet.contains("data:"), "the content security policy refuses data: addresses");
    }
}

#[test]
fn the_page_holds_no_inline_style_or_script() {
    let page = include_str!("../index.html");
    assert!(!page.contains("style=") && !page.contains("<style"));
    assert!(page.matches("<script").count() == page.matches("<script type=\"module\" src=").count());
}
