//! A section as the official paper: the notice's tables, rows and words, with controls where people write.

pub mod block;
pub mod evidence_chip;
pub mod grid;
pub mod owner;
pub mod sheet;
pub mod standing;
pub mod table;
