//! The one window.

use std::path::PathBuf;
use std::time::Duration;

use tauri::window::Color;
use tauri::{
    App, DragDropEvent, LogicalPosition, Manager, PhysicalPosition, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, Window, WindowEvent,
};

use form_model::command::Event;

use crate::engine::Engine;
use crate::tray::Tray;

/// The design's ground colour, so that nothing flashes before the page is drawn.
const GROUND: Color = Color(0xf3, 0xf4, 0xf1, 0xff);

/// Ends a composition and stores what was typed last.
const LEAVE_FIELD: &str = "document.activeElement?.blur()";
/// Time for the page to send it: a command takes a few milliseconds.
const LEAVING_PAUSE: Duration = Duration::from_millis(300);

/// Opens it.
///
/// # Errors
/// When the system gives no window.
pub fn open(app: &App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("会签 Huiqian")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 560.0)
        .background_color(GROUND)
        .on_navigation(is_own_page)
        .build()?;
    show_composition_in_place(&window)
}

/// The page never leads anywhere else, whatever a pasted or dropped link says.
fn is_own_page(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

/// What happens to the window.
pub fn on_event(window: &Window, event: &WindowEvent) {
    match event {
        // Files dropped on the window are taken in here; their paths do not reach the page.
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, position }) => {
            dropped(window, paths, in_css_pixels(window, *position));
        }
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            let window = window.clone();
            tauri::async_runtime::spawn(async move { close(&window).await });
        }
        _ => {}
    }
}

/// Where a drop is on the page. GTK and AppKit give it in their own points, which are CSS pixels, and wry passes these
/// on under the name of physical pixels: to divide them again by the scale would miss by half on a screen of scale 2.
#[cfg(not(windows))]
fn in_css_pixels(_window: &Window, place: PhysicalPosition<f64>) -> LogicalPosition<i32> {
    LogicalPosition::new(place.x, place.y).cast()
}

/// Where a drop is on the page. Windows gives physical pixels.
#[cfg(windows)]
fn in_css_pixels(window: &Window, place: PhysicalPosition<f64>) -> LogicalPosition<i32> {
    place.to_logical(window.scale_factor().unwrap_or(1.0))
}

/// The page says what files are for that were dropped on an open application, or where it checks what others hand over;
/// elsewhere they are taken in.
fn dropped(window: &Window, paths: &[PathBuf], place: LogicalPosition<i32>) {
    let names = paths.iter().filter_map(|path| path.file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let tray = window.state::<Tray>().put(paths.to_vec());
    let (engine, window) = (window.state::<Engine>().inner().clone(), window.clone());
    let event = Event::Dropped { tray, names, x: place.x, y: place.y };
    tauri::async_runtime::spawn(async move {
        let heard = engine.ask(move |desk| Ok(desk.tell_drop(event))).await;
        if !heard.unwrap_or(false) {
            engine.import_all(window.state::<Tray>().take(tray));
        }
    });
}

/// Closes the window when the field that is being typed in is stored: values are stored when a person leaves
/// their field, and closing the window leaves it.
async fn close(window: &Window) {
    // Fails only when there is nothing left to hide or to leave.
    let _ = window.hide();
    for webview in window.webviews() {
        let _ = webview.eval(LEAVE_FIELD);
    }
    tokio::time::sleep(LEAVING_PAUSE).await;
    // Whatever was asked before this is done by then; an error says that nothing can be done any more.
    let _ = window.state::<Engine>().ask(|_desk| Ok(())).await;
    let _ = window.destroy();
}

/// wry turns the input method's inline text off on Linux; there, too, a person is to see what they compose where
/// it will stand, and the page is to know that a composition is under way.
#[cfg(target_os = "linux")]
fn show_composition_in_place(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{InputMethodContextExt, WebViewExt};

    window.with_webview(|webview| {
        if let Some(context) = webview.inner().input_method_context() {
            context.set_enable_preedit(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn show_composition_in_place(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
