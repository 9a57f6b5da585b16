//! What the view knows: [`sheet`] is the open application as plain data, [`desk`] keeps it in step with the shell,
//! [`watch`] tells the components what changed. [`rights`] says who may write what, [`state_line`] how far what is
//! here has come, [`presence`] where colleagues are; [`team`] asks the shell about all of that, [`evidence`] about
//! files, [`directory`] about tables of enterprises, [`signing`] about sign-off, [`revision`] about final revisions.

pub mod desk;
pub mod directory;
pub mod evidence;
pub mod presence;
pub mod prose;
pub mod revision;
pub mod rights;
pub mod sheet;
pub mod signing;
pub mod state_line;
pub mod team;
pub mod watch;
