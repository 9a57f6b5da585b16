//! The screens: what fills the window.

pub mod application;
pub mod attention;
pub mod bar;
pub mod check_answers;
pub mod connect;
pub mod evidence;
pub mod first_run;
pub mod home;
pub mod join;
pub mod members;
pub mod new_application;
pub mod person;
pub mod presence;
pub mod question;
pub mod reminder;
pub mod search;
pub mod set_aside;
pub mod settings;
pub mod signing;
pub mod state_line;
mod stick;
pub mod sync_panel;
pub mod task_list;
pub mod verify;
pub mod way;
pub mod writing;
