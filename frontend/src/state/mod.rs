//! What the view knows: [`sheet`] is the open application as plain data, [`desk`] keeps it in step with the shell.

pub mod desk;
pub mod prose;
pub mod sheet;
