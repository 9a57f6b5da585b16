//! Moving a card with the pointer. The shell takes drags from outside, so the page's own cannot use the platform's.

use wasm_bindgen::JsCast;
use web_sys::Element;

/// The element of the page at a place, in CSS pixels, or one around it.
fn around(selector: &str, (x, y): (i32, i32)) -> Option<Element> {
    #[allow(clippy::cast_precision_loss)] // Pixels.
    let at = web_sys::window()?.document()?.element_from_point(x as f32, y as f32)?;
    at.closest(selector).ok().flatten()
}

/// Whether a place lies within such an element.
pub fn is_over(selector: &str, place: (i32, i32)) -> bool {
    around(selector, place).is_some()
}

/// The place in the slot of the card under the pointer.
pub fn card_at(place: (i32, i32)) -> Option<usize> {
    around("[data-entry]", place)?.get_attribute("data-at")?.parse().ok()
}

/// Has further moves of this pointer reported to the element, wherever it goes.
pub fn capture(event: &web_sys::PointerEvent) {
    if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // Fails only when the pointer is gone already.
        target.set_pointer_capture(event.pointer_id()).ok();
    }
}
