//! Samples of a measured time.

use std::time::Duration;

/// Measured times.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    pub fn push(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The median; zero without samples.
    pub fn p50(&self) -> Duration {
        self.quantile(50)
    }

    /// The sample that 99 of 100 do not exceed; zero without samples.
    pub fn p99(&self) -> Duration {
        self.quantile(99)
    }

    /// The longest; zero without samples.
    pub fn longest(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }

    fn quantile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    }
}
