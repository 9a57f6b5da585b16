//! What the view knows: [`sheet`] is the open application as plain data, [`desk`] keeps it in step with the shell,
//! [`watch`] tells the components what changed.

pub mod desk;
pub mod prose;
pub mod sheet;
pub mod watch;
