//! Sign-off and final revisions.

pub mod revision;
