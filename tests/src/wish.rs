//! What whoever runs the tests may wish for.

/// A number from the environment: a seed to replay, or how often to do something.
pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
