import init from "./huiqian-frontend.js";

await init({ module_or_path: "./huiqian-frontend_bg.wasm" });
