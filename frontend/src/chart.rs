//! Small bars for the figures of consecutive years.

use form_model::language::Language;
use form_model::number::{self, Number};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use yew::prelude::*;

/// Width of a chart's drawing, in its own units; CSS scales it.
const WIDTH: u32 = 240;
/// Height of one bar with the gap below it.
const BAR_STEP: u32 = 22;
const BAR_HEIGHT: u32 = 14;
/// Where bars begin, right of the years.
const AXIS: u32 = 46;
/// The longest bar; the figure stands beyond it.
const LONGEST: u32 = 118;

/// One bar, laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The year as printed.
    pub label: String,
    /// The figure as shown.
    pub figure: String,
    /// In drawing units.
    pub length: u32,
    pub negative: bool,
}

/// Lays out bars for (label, stored figure) pairs; the largest amount gets the longest bar. `None` while fewer than
/// two are numbers: one bar says nothing.
pub fn bars(row: &[(String, String)]) -> Option<Vec<Bar>> {
    let amounts: Vec<Option<Decimal>> = row
        .iter()
        .map(|(_, figure)| match number::parse(figure) {
            Ok(Number::Value(amount)) => Some(amount),
            _ => None,
        })
        .collect();
    let largest = amounts.iter().flatten().map(Decimal::abs).max()?;
    if amounts.iter().flatten().count() < 2 {
        return None;
    }
    let length = |amount: &Decimal| {
        if largest.is_zero() {
            return 0;
        }
        (amount.abs() * Decimal::from(LONGEST) / largest).round().to_u32().unwrap_or(0)
    };
    let bar = |((label, figure), amount): (&(String, String), &Option<Decimal>)| Bar {
        label: label.clone(),
        figure: amount.map_or_else(|| "—".to_owned(), |_| number::display(figure)),
        length: amount.as_ref().map_or(0, length),
        negative: amount.is_some_and(|amount| amount.is_sign_negative()),
    };
    Some(row.iter().zip(&amounts).map(bar).collect())
}

#[derive(PartialEq, Properties)]
pub struct YearsProps {
    /// What is counted.
    pub title: AttrValue,
    pub bars: Vec<Bar>,
    pub language: Language,
}

/// The bars as a drawing, with the figures written beside them and read aloud as one sentence.
#[component]
pub fn Years(props: &YearsProps) -> Html {
    let spoken: Vec<_> = props.bars.iter().map(|bar| format!("{} {}", bar.label, bar.figure)).collect();
    let separator = props.language.pick("，", ", ");
    let height = u32::try_from(props.bars.len()).unwrap_or(0) * BAR_STEP;
    html! {
        <figure class="years">
            <figcaption>{ &props.title }</figcaption>
            <svg viewBox={format!("0 0 {WIDTH} {height}")} role="img" aria-label={spoken.join(separator)}>
                { for props.bars.iter().enumerate().map(|(at, bar)| drawn(u32::try_from(at).unwrap_or(0), bar)) }
            </svg>
        </figure>
    }
}

fn drawn(at: u32, bar: &Bar) -> Html {
    let top = at * BAR_STEP + (BAR_STEP - BAR_HEIGHT) / 2;
    let base = (top + BAR_HEIGHT - 3).to_string();
    html! {
        <g key={bar.label.clone()}>
            <text class="year" x={(AXIS - 6).to_string()} y={base.clone()}>{ &bar.label }</text>
            <rect class={classes!("bar", bar.negative.then_some("negative"))} x={AXIS.to_string()} y={top.to_string()}
                width={bar.length.max(1).to_string()} height={BAR_HEIGHT.to_string()} />
            <text class="figure" x={(AXIS + bar.length + 6).to_string()} y={base}>{ &bar.figure }</text>
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(figures: [&str; 3]) -> Vec<(String, String)> {
        ["2023", "2024", "2025"]
            .iter()
            .zip(figures)
            .map(|(year, figure)| ((*year).into(), figure.into()))
            .collect()
    }

    #[test]
    fn the_largest_figure_has_the_longest_bar_and_a_loss_is_marked() {
        let bars = bars(&row(["50", "100", "-25.50"])).unwrap_or_default();
        assert_eq!(bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [59, 118, 30]);
        assert!(bars[2].negative);
    }

    #[test]
    fn a_single_figure_or_no_figure_draws_nothing() {
        assert_eq!(bars(&row(["12", "无", ""])), None);
        assert_eq!(bars(&row(["", "", ""])), None);
    }

    #[test]
    fn zeros_divide_by_nothing() {
        assert_eq!(bars(&row(["0", "0", ""])).map(|bars| bars[0].length), Some(0));
    }
}
