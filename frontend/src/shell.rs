//! The only way out of the page: commands of the shell, and its event channel.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/shell.js")]
extern "C" {
    /// Calls a command of the shell. `arguments` is an object, one property a parameter.
    #[wasm_bindgen(catch)]
    pub async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;

    /// The JSON text of a value.
    #[wasm_bindgen(js_name = toJson)]
    pub fn to_json(value: &JsValue) -> String;
}
