//! The desktop shell of Huiqian: one window over form-client. There is no logic here that the command line lacks.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod argument;
mod command;
mod desk;
mod dialog;
mod engine;
mod window;

use anyhow::Context;

use crate::argument::Arguments;
use crate::engine::Engine;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read(std::env::args_os().skip(1))?;
    let Some(engine) = Engine::start(arguments)? else { return Ok(()) };
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(engine)
        .invoke_handler(tauri::generate_handler![
            command::start,
            command::save_settings,
            command::create_application,
            command::open_application,
            command::close_application,
            command::edit,
            command::undo,
            command::redo,
            command::history,
            command::export_application,
            command::import_file,
            command::open_data_folder,
        ])
        .setup(|app| Ok(window::open(app)?))
        .on_window_event(window::on_event)
        .run(tauri::generate_context!())
        .context("open the window")
}
