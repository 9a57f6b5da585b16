//! Small parts that several screens share, on PatternFly's styles.

pub mod action;
pub mod banner;
pub mod composition;
pub mod dialog;
pub mod sign;
