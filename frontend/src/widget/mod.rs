//! Small parts that several screens share, on PatternFly's styles.

pub mod action;
pub mod agency;
pub mod banner;
pub mod composition;
pub mod copy;
pub mod dialog;
pub mod digest;
pub mod line;
pub mod pick;
pub mod qr;
pub mod seal;
pub mod sign;
pub mod task;
pub mod tick;
