// The bridge to the desktop shell. Served from the app itself, so the content security policy stays strict.

const internals = () => window.__TAURI_INTERNALS__;

/** Calls a command; resolves with its answer, rejects with the error value the shell sent. */
export function invoke(command, args) {
  return internals().invoke(command, args ?? {});
}

export function toJson(value) {
  return JSON.stringify(value) ?? "";
}

/**
 * An ordered stream of events from the shell. Pass the returned value as a command's channel parameter.
 * The shell numbers its messages and may deliver them out of order; `onMessage` sees them in order.
 */
export function channel(onMessage) {
  let next = 0;
  const early = new Map();
  const id = internals().transformCallback((raw) => {
    if (raw.index !== next && !raw.end) {
      early.set(raw.index, raw.message);
      return;
    }
    if (raw.end) return;
    onMessage(raw.message);
    next += 1;
    while (early.has(next)) {
      const message = early.get(next);
      early.delete(next);
      onMessage(message);
      next += 1;
    }
  });
  const name = `__CHANNEL__:${id}`;
  return { __TAURI_TO_IPC_KEY__: () => name, toJSON: () => name };
}
