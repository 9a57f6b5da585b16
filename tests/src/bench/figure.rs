//! What a benchmark measured, what it is compared with, and what is good enough.

use std::time::Duration;

use serde::Serialize;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub name: String,
    /// What was measured, in the unit.
    pub value: u128,
    pub unit: &'static str,
    /// What it is compared with, in the same unit.
    pub against: Option<u128>,
    /// Which ratio of both is good enough.
    pub goal: Option<Goal>,
}

/// A bound on a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    /// A number that is only told.
    pub fn told(name: impl Into<String>, value: u128, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, against: None, goal: None }
    }

    /// A time that is only told.
    pub fn time(name: impl Into<String>, value: Duration) -> Self {
        Self::told(name, value.as_micros(), "µs")
    }

    /// A time against another, with the highest ratio that is good enough.
    pub fn ratio(name: impl Into<String>, value: Duration, against: Duration, goal: f64) -> Self {
        Self::time(name, value).against(against.as_micros()).with(Goal::AtMost(goal))
    }

    /// Compares it with a number in its own unit.
    #[must_use]
    pub fn against(self, against: u128) -> Self {
        Self { against: Some(against), ..self }
    }

    /// Says what is good enough.
    #[must_use]
    pub fn with(self, goal: Goal) -> Self {
        Self { goal: Some(goal), ..self }
    }

    /// Whether the goal is met; `None` without one.
    pub fn is_met(&self) -> Option<bool> {
        let (against, goal) = (self.against?, self.goal?);
        let (value, against) = (to_f64(self.value), to_f64(against));
        Some(match goal {
            Goal::AtMost(ratio) => value <= ratio * against,
            Goal::AtLeast(ratio) => value >= ratio * against,
        })
    }

    /// As a row of a table in Markdown: name, value, what against, ratio, goal, whether met.
    pub fn row(&self) -> String {
        let unit = self.unit;
        let against = self.against.map_or_else(String::new, |against| format!("{against} {unit}"));
        let goal = self.goal.map_or_else(String::new, |goal| goal.to_string());
        let met = self.is_met().map_or("", |met| if met { "yes" } else { "**no**" });
        format!(
            "| {} | {} {unit} | {against} | {} | {goal} | {met} |",
            self.name,
            self.value,
            self.quotient()
        )
    }

    fn quotient(&self) -> String {
        let Some(against) = self.against else { return String::new() };
        let hundredths = self.value * 100 / against.max(1);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(ratio) => write!(formatter, "≤ {ratio}"),
            Self::AtLeast(ratio) => write!(formatter, "≥ {ratio}"),
        }
    }
}

impl std::fmt::Display for Figure {
    /// `name: value unit / against = ratio (goal ≤ goal)`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {} {}", self.name, self.value, self.unit)?;
        let Some(against) = self.against else { return Ok(()) };
        write!(formatter, " / {against} {} = {}", self.unit, self.quotient())?;
        if let Some(goal) = self.goal {
            let met = if self.is_met() == Some(false) { ", missed" } else { "" };
            write!(formatter, " (goal {goal}{met})")?;
        }
        Ok(())
    }
}

/// Exact for every figure that a benchmark measures: they stay below 2⁵³.
fn to_f64(value: u128) -> f64 {
    u32::try_from(value).map_or_else(|_| value.to_string().parse().unwrap_or(f64::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_a_bound_on_the_ratio_from_its_side() {
        let figure = Figure::told("edits", 150, "edits/s").against(100);
        assert_eq!(figure.is_met(), None);
        assert_eq!(figure.clone().with(Goal::AtLeast(1.0)).is_met(), Some(true));
        assert_eq!(figure.clone().with(Goal::AtLeast(1.6)).is_met(), Some(false));
        assert_eq!(figure.clone().with(Goal::AtMost(1.5)).is_met(), Some(true));
        let missed = figure.with(Goal::AtMost(1.0));
        assert_eq!(missed.is_met(), Some(false));
        assert_eq!(missed.row(), "| edits | 150 edits/s | 100 edits/s | 1.50 | ≤ 1 | **no** |");
    }
}
