//! The rim at the right: help, rule, evidence, figures, note, history of the answer in hand; and the dialogs that a
//! paste brings.

pub mod block;
pub mod convert;
pub mod field;
pub mod history;
pub mod problem;
pub mod rule;
