//! The screens: what fills the window.

pub mod application;
pub mod attention;
pub mod bar;
pub mod check_answers;
pub mod first_run;
pub mod home;
pub mod new_application;
pub mod person;
pub mod question;
pub mod search;
pub mod settings;
pub mod task_list;
pub mod way;
pub mod writing;
