//! What a key does in a value's text box.

use crate::paper::grid::Move;

/// A key press as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Press<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub control: bool,
    pub alt: bool,
    /// An input method is composing: every key is its.
    pub composing: bool,
}

/// Where the caret stands.
#[derive(Clone, Copy, Debug)]
pub struct Caret {
    /// Selection in UTF-16 code units.
    pub start: usize,
    pub end: usize,
    /// Length of the text.
    pub length: usize,
}

/// What to do about a key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing: the text box deals with it.
    Leave,
    /// Go to a neighbouring cell.
    Go(Move),
    /// Store, and go to the cell below or the next control.
    Enter,
    /// Put back what was stored before.
    Revert,
    /// Take over the value of the cell above or to the left.
    FillFrom(Move),
}

/// What a key press does. Left and right leave the box only from the text's edge, so that they move within it first.
pub fn react(press: Press<'_>, caret: Caret) -> Reaction {
    if press.composing || press.alt {
        return Reaction::Leave;
    }
    if press.control {
        return match press.key {
            "d" | "D" => Reaction::FillFrom(Move::Up),
            "r" | "R" => Reaction::FillFrom(Move::Left),
            _ => Reaction::Leave,
        };
    }
    if press.shift {
        return Reaction::Leave;
    }
    let selects = caret.start != caret.end;
    match press.key {
        "Enter" => Reaction::Enter,
        "Escape" => Reaction::Revert,
        "ArrowUp" => Reaction::Go(Move::Up),
        "ArrowDown" => Reaction::Go(Move::Down),
        "ArrowLeft" if caret.start == 0 && !selects => Reaction::Go(Move::Left),
        "ArrowRight" if caret.end == caret.length && !selects => Reaction::Go(Move::Right),
        _ => Reaction::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: Caret = Caret { start: 1, end: 1, length: 3 };

    fn press(key: &str) -> Press<'_> {
        Press { key, shift: false, control: false, alt: false, composing: false }
    }

    #[test]
    fn left_and_right_leave_only_from_the_edge() {
        let start = Caret { start: 0, end: 0, length: 3 };
        let all = Caret { start: 0, end: 3, length: 3 };
        assert_eq!(react(press("ArrowLeft"), MIDDLE), Reaction::Leave);
        assert_eq!(react(press("ArrowLeft"), start), Reaction::Go(Move::Left));
        assert_eq!(react(press("ArrowRight"), start), Reaction::Leave);
        assert_eq!(react(press("ArrowLeft"), all), Reaction::Leave);
    }

    #[test]
    fn every_key_of_a_composition_is_the_input_methods() {
        let enter = Press { composing: true, ..press("Enter") };
        assert_eq!(react(enter, MIDDLE), Reaction::Leave);
    }

    #[test]
    fn shift_enter_breaks_the_line_and_control_d_fills_down() {
        assert_eq!(react(Press { shift: true, ..press("Enter") }, MIDDLE), Reaction::Leave);
        assert_eq!(react(Press { control: true, ..press("d") }, MIDDLE), Reaction::FillFrom(Move::Up));
    }
}
