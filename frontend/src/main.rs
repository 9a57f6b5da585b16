//! The web view of Huiqian.

mod shell;

use wasm_bindgen::JsValue;
use yew::prelude::*;

#[component]
fn App() -> Html {
    let version = use_state(String::new);
    {
        let version = version.clone();
        use_effect_with((), move |()| {
            wasm_bindgen_futures::spawn_local(async move {
                let answer = shell::invoke("app_info", JsValue::UNDEFINED).await;
                version.set(match answer {
                    Ok(info) => shell::to_json(&info),
                    Err(problem) => shell::to_json(&problem),
                });
            });
        });
    }
    html! {
        <main>
            <h1>{ "会签" }</h1>
            <p id="app-info">{ (*version).clone() }</p>
            <textarea id="note" aria-label="备注" />
        </main>
    }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
