//! Where on the page a pointer is: over a slot that takes files, over a card. The shell takes drags from outside, so the
//! page's own cannot use the platform's.

use wasm_bindgen::JsCast;
use web_sys::Element;

/// Names the slot in view.
const IN_VIEW: &str = "data-shown-slot";

/// The element of the page at a place, in CSS pixels, or one around it.
fn around(selector: &str, (x, y): (i32, i32)) -> Option<Element> {
    #[allow(clippy::cast_precision_loss)] // Pixels.
    let at = web_sys::window()?.document()?.element_from_point(x as f32, y as f32)?;
    at.closest(selector).ok().flatten()
}

/// The slot that takes what is dropped at a place: that of a chip, of an entry of the list, or the one in view.
pub fn slot_at(place: (i32, i32)) -> Option<String> {
    let named = |name: &str| around(&format!("[{name}]"), place)?.get_attribute(name);
    named("data-chip").or_else(|| named("data-slot")).or_else(|| named(IN_VIEW))
}

/// Whether a place is on the slot that is in view, not on an entry of the list.
pub fn is_in_view(place: (i32, i32)) -> bool {
    around(&format!("[{IN_VIEW}]"), place).is_some()
}

/// Behind how many of the slot's cards something stands that is let go here.
pub fn gap_at(place: (i32, i32)) -> Option<usize> {
    let card = around("[data-entry]", place)?;
    let at: usize = card.get_attribute("data-at")?.parse().ok()?;
    let shape = card.get_bounding_client_rect();
    Some(gap(at, f64::from(place.1), shape.top(), shape.height()))
}

/// The upper half of a card means before it, the lower half behind it.
fn gap(at: usize, y: f64, top: f64, height: f64) -> usize {
    at + usize::from(y > top + height / 2.0)
}

/// The place of a card among the others when it is let go in a gap; `None` where it stands already.
pub fn moved_to(from: usize, gap: usize) -> Option<usize> {
    let to = if gap > from { gap - 1 } else { gap };
    (to != from).then_some(to)
}

/// Has further moves of this pointer reported to the element, wherever it goes.
pub fn capture(event: &web_sys::PointerEvent) {
    if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // Fails only when the pointer is gone already.
        target.set_pointer_capture(event.pointer_id()).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_let_go_beside_itself_stays() {
        assert_eq!(gap(2, 110.0, 100.0, 80.0), 2);
        assert_eq!(gap(2, 170.0, 100.0, 80.0), 3);
        assert_eq!((moved_to(2, 2), moved_to(2, 3)), (None, None));
        assert_eq!((moved_to(2, 0), moved_to(2, 1), moved_to(2, 4)), (Some(0), Some(1), Some(3)));
    }
}
