//! What the page cannot do, tried from inside the page.

use huiqian_tests::desk::Desk;

/// Tries each call; answers those that went through.
const TRY_ALL: &str = r#"
const done = arguments[arguments.length - 1];
const invoke = (command, args) => window.__TAURI_INTERNALS__.invoke(command, args ?? {});
const tries = {
  "a file dialog of its own": () => invoke("plugin:dialog|open", { options: {} }),
  "events of other windows": () => invoke("plugin:event|listen", { event: "x", target: { kind: "Any" }, handler: 1 }),
  "a new window": () => invoke("plugin:webview|create_webview_window", { options: { label: "x" } }),
  "a command that is not in the list": () => invoke("quit"),
  "a request to another computer": () => fetch("https://example.org/"),
  "code made from text": async () => (0, eval)("1 + 1"),
  "a page elsewhere": async () => {
    const frame = document.createElement("iframe");
    frame.src = "https://example.org/";
    const blocked = new Promise((resolve) => addEventListener("securitypolicyviolation", resolve, { once: true }));
    document.body.append(frame);
    await blocked;
    frame.remove();
    throw new Error("blocked");
  },
};
(async () => {
  const passed = [];
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); passed.push(name); } catch {}
  }
  done(passed);
})();
"#;

#[tokio::test]
async fn the_page_reaches_nothing_but_its_commands() -> anyhow::Result<()> {
    let desk = Desk::new()?;
    let window = desk.open().await?;
    window.find("[data-screen=first-run]").await?;
    let passed: Vec<String> = window.page()?.execute_async(TRY_ALL, Vec::new()).await?.convert()?;
    assert!(passed.is_empty(), "the page could have {passed:?}");
    let path = window.evaluate("'__TAURI__' in window").await?;
    assert_eq!(path, false, "no global door beside the bridge");
    window.close().await
}
