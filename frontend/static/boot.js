import init from "./huiqian-frontend.js";

// PatternFly switches its themes by class; ours follow the system.
const THEMES = {
  "pf-v6-theme-dark": "(prefers-color-scheme: dark)",
  "pf-v6-theme-high-contrast": "(prefers-contrast: more)",
};
for (const [name, condition] of Object.entries(THEMES)) {
  const query = matchMedia(condition);
  const follow = () => document.documentElement.classList.toggle(name, query.matches);
  query.addEventListener("change", follow);
  follow();
}

// A face that arrives changes the height of long texts; their boxes measure themselves on `resize`.
document.fonts.addEventListener("loadingdone", () => window.dispatchEvent(new Event("resize")));

await init({ module_or_path: "./huiqian-frontend_bg.wasm" });
