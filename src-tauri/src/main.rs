//! The desktop shell of Huiqian: one window over form-client. There is no logic here that the command line lacks.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod argument;
mod clipboard;
mod command;
mod desk;
mod dialog;
mod engine;
mod exhibit;
mod preview;
mod table;
mod tray;
mod watch;
mod window;

use std::process::ExitCode;

use anyhow::Context;
use tauri::Manager;

use crate::argument::Arguments;
use crate::engine::Engine;
use crate::exhibit::ExhibitHeld;
use crate::table::Table;
use crate::tray::Tray;

fn main() -> anyhow::Result<ExitCode> {
    if let Some(code) = form_client::preview::serve_if_asked() {
        return Ok(code);
    }
    let arguments = Arguments::read(std::env::args_os().skip(1))?;
    let Some(engine) = Engine::start(arguments)? else { return Ok(ExitCode::SUCCESS) };
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(engine)
        .manage(Tray::default())
        .manage(Table::default())
        .manage(ExhibitHeld::default())
        .register_asynchronous_uri_scheme_protocol(preview::SCHEME, |context, request, responder| {
            preview::answer(context.app_handle(), request.uri().path(), responder);
        })
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
            command::evidence,
            command::signing,
            command::directory,
            command::paste_evidence,
            command::revision,
            command::verify,
            command::hear_drops,
        ])
        .setup(|app| {
            window::open(app)?;
            app.state::<Engine>().follow_hubs();
            app.state::<Engine>().watch_again();
            Ok(())
        })
        .on_window_event(window::on_event)
        .run(tauri::generate_context!())
        .context("open the window")?;
    Ok(ExitCode::SUCCESS)
}
