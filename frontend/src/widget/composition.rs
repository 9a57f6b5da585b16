//! Input-method compositions of a text box. Yew knows no such events.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::Element;
use yew::prelude::*;

/// Watches the compositions in an element. Calls back when one begins (true) and when it has ended (false); what is
/// returned says whether one is under way. The element must stay the same.
#[hook]
pub fn use_composition(node: &NodeRef, oncompose: Callback<bool>) -> Rc<RefCell<bool>> {
    let composing = use_mut_ref(|| false);
    let last = use_mut_ref(|| oncompose.clone());
    last.replace(oncompose);
    {
        let composing = composing.clone();
        use_effect_with(node.clone(), move |node| {
            let listen = |event: &'static str, begins: bool| {
                let (composing, last) = (composing.clone(), last.clone());
                let element = node.cast::<Element>()?;
                Some(EventListener::new(&element, event, move |_| {
                    composing.replace(begins);
                    let oncompose = last.borrow().clone();
                    oncompose.emit(begins);
                }))
            };
            let listeners = [listen("compositionstart", true), listen("compositionend", false)];
            move || drop(listeners)
        });
    }
    composing
}
