//! As much of a file manager as tests need, by GTK as the real ones: `file_manager drag FILE…` shows a window out of which
//! the files can be dragged, `file_manager copy FILE…` puts them on the clipboard, `file_manager picture FILE` the pixels of
//! one, as a screenshot program does. Says `ready`, and stays until it is ended.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    linux::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    use anyhow::{Context, bail};
    use gtk::gdk::{DragAction, ModifierType, SELECTION_CLIPBOARD};
    use gtk::gdk_pixbuf::Pixbuf;
    use gtk::glib;
    use gtk::prelude::*;
    use gtk::{Clipboard, TargetEntry, TargetFlags, Window, WindowType};

    /// How file managers offer files.
    const FILE_LIST: &str = "text/uri-list";

    /// Where the window stands on the test's screen: below and right of the app's.
    const PLACE: (i32, i32) = (1_880, 1_120);
    const SIZE: (i32, i32) = (100, 60);

    pub fn run() -> anyhow::Result<()> {
        let mut words = std::env::args().skip(1);
        let act = words.next().context("drag, copy or picture")?;
        let files: Vec<String> = words.collect();
        gtk::init().context("a screen")?;
        match act.as_str() {
            "drag" => drag(addresses(&files)?),
            "copy" => copy(addresses(&files)?)?,
            "picture" => show(files.first().context("a picture")?)?,
            other => bail!("no such act: {other}"),
        }
        gtk::main();
        Ok(())
    }

    fn addresses(files: &[String]) -> anyhow::Result<Vec<String>> {
        let address = |file: &String| Ok(glib::filename_to_uri(Path::new(file), None)?.to_string());
        files.iter().map(address).collect()
    }

    fn offered() -> [TargetEntry; 1] {
        [TargetEntry::new(FILE_LIST, TargetFlags::OTHER_APP, 0)]
    }

    /// A window that is all grip.
    fn drag(addresses: Vec<String>) {
        let window = Window::new(WindowType::Toplevel);
        window.set_decorated(false);
        window.set_default_size(SIZE.0, SIZE.1);
        window.move_(PLACE.0, PLACE.1);
        window.drag_source_set(ModifierType::BUTTON1_MASK, &offered(), DragAction::COPY);
        window.connect_drag_data_get(move |_, _, data, _, _| {
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            data.set_uris(&addresses);
        });
        window.connect_map_event(|_, _| {
            ready();
            glib::Propagation::Proceed
        });
        window.show_all();
    }

    fn copy(addresses: Vec<String>) -> anyhow::Result<()> {
        let clipboard = Clipboard::get(&SELECTION_CLIPBOARD);
        let owned = clipboard.set_with_data(&offered(), move |_, data, _| {
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            data.set_uris(&addresses);
        });
        if !owned {
            bail!("the clipboard is somebody else's");
        }
        ready();
        Ok(())
    }

    fn show(file: &str) -> anyhow::Result<()> {
        let picture = Pixbuf::from_file(file).with_context(|| file.to_owned())?;
        Clipboard::get(&SELECTION_CLIPBOARD).set_image(&picture);
        ready();
        Ok(())
    }

    fn ready() {
        println!("ready");
    }
}
