//! The desktop shell of Huiqian: one window over form-client. There is no logic here that the command line lacks.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod argument;
mod command;
mod desk;
mod dialog;
mod engine;
mod window;

use anyhow::Context;
use tauri::Manager;

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
            command::team,
            command::invite,
            command::connect,
            command::sync_now,
            command::go_on,
            command::read_through,
            command::read_invite,
            command::join,
            command::recovery_code,
            command::recover,
            command::presence,
            command::discuss,
            command::set_aside,
            command::reminder,
            command::export_reminder,
            command::export_bundle,
        ])
        .setup(|app| {
            window::open(app)?;
            app.state::<Engine>().follow_hubs();
            Ok(())
        })
        .on_window_event(window::on_event)
        .run(tauri::generate_context!())
        .context("open the window")
}
