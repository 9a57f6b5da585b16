// The bridge to the desktop shell. Served from the app itself, so the content security policy stays strict.

const internals = () => window.__TAURI_INTERNALS__;

/**
 * Calls a command. `argumentsJson` is an object, one property a parameter; `onEvent`, where given, is passed as
 * the channel parameter `events` and hears each event as JSON, in order. Resolves with the answer as JSON,
 * rejects with the error as JSON.
 */
export async function invoke(command, argumentsJson, onEvent) {
  const args = JSON.parse(argumentsJson);
  if (onEvent) args.events = channel((event) => onEvent(JSON.stringify(event)));
  try {
    return JSON.stringify(await internals().invoke(command, args)) ?? "null";
  } catch (problem) {
    throw JSON.stringify(problem) ?? String(problem);
  }
}

/** An ordered stream of events: the shell numbers its messages and may deliver them out of order. */
function channel(onMessage) {
  let next = 0;
  const early = new Map();
  const id = internals().transformCallback((raw) => {
    if ("end" in raw) return;
    early.set(raw.index, raw.message);
    while (early.has(next)) {
      const message = early.get(next);
      early.delete(next);
      next += 1;
      onMessage(message);
    }
  });
  const name = `__CHANNEL__:${id}`;
  return { __TAURI_TO_IPC_KEY__: () => name, toJSON: () => name };
}

/**
 * Puts text on the clipboard; says whether that worked. Not `navigator.clipboard`: the web view has it only on some
 * systems. The text is put inside the dialog that is open, because nothing outside of it can be selected.
 */
export function copy(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  area.setAttribute("aria-hidden", "true");
  (before?.closest("dialog") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}

/** Calls a command with bytes for its body and these headers; else as `invoke`. */
export async function invokeBytes(command, bytes, headersJson) {
  try {
    const headers = JSON.parse(headersJson);
    return JSON.stringify(await internals().invoke(command, bytes, { headers })) ?? "null";
  } catch (problem) {
    throw JSON.stringify(problem) ?? String(problem);
  }
}
