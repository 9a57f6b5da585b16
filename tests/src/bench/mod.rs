//! Benchmarks: ratios against the bare operation in the same run, never absolute times of one machine.

pub mod engine;
pub mod window;

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
    /// The highest ratio of both that is good enough.
    pub goal: Option<f64>,
}

impl Figure {
    /// A time against another, with the goal for their ratio.
    pub fn ratio(name: &str, value: Duration, against: Duration, goal: f64) -> Self {
        Self {
            name: name.into(),
            value: value.as_micros(),
            unit: "µs",
            against: Some(against.as_micros()),
            goal: Some(goal),
        }
    }

    /// A time that is only told.
    pub fn time(name: &str, value: Duration) -> Self {
        Self { name: name.into(), value: value.as_micros(), unit: "µs", against: None, goal: None }
    }
}

/// Measured times.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// The median; zero without samples.
    pub fn p50(&self) -> Duration {
        self.quantile(50)
    }

    /// The sample that 99 of 100 do not exceed; zero without samples.
    pub fn p99(&self) -> Duration {
        self.quantile(99)
    }

    fn quantile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Figure {
    /// `name: value unit / against = ratio (goal ≤ goal)`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {} {}", self.name, self.value, self.unit)?;
        let Some(against) = self.against else { return Ok(()) };
        let hundredths = self.value * 100 / against.max(1);
        write!(formatter, " / {against} {} = {}.{:02}", self.unit, hundredths / 100, hundredths % 100)?;
        if let Some(goal) = self.goal {
            write!(formatter, " (goal ≤ {goal})")?;
        }
        Ok(())
    }
}
