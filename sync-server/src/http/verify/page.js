'use strict';
// Where the browser hashes (only over HTTPS or on this machine), a file's digest is made here and nothing is uploaded. Elsewhere
// the form sends the digest that a person has pasted.
const by = (id) => document.getElementById(id);
const show = (id, fill) => {
  const piece = by(id).content.cloneNode(true);
  for (const [name, text] of Object.entries(fill || {})) {
    for (const place of piece.querySelectorAll(`[data-${name}]`)) place.textContent = text;
  }
  by('result').replaceChildren(piece);
};
const hash = async (bytes) => {
  const made = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(made), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
// What was signed: a manifest's own bytes, or those that a receipt holds.
const signed = (bytes) => {
  try {
    const payload = JSON.parse(new TextDecoder().decode(bytes)).envelope.payload;
    return Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
  } catch {
    return bytes;
  }
};
const ask = async (digest) => {
  if (!/^[0-9a-f]{64}$/.test(digest)) return show('bad');
  const answer = await fetch(`/v1/log/digests/${digest}`);
  if (!answer.ok) return by('result').replaceChildren(`${answer.status}`);
  const said = await answer.json();
  if (!said.known) return show('unknown');
  return show('known', { index: said.index, time: said.logged_ms ? new Date(said.logged_ms).toUTCString() : '—' });
};
if (crypto.subtle) {
  by('pick').hidden = false;
  by('file').addEventListener('change', async () => {
    const [file] = by('file').files;
    if (!file) return;
    by('digest').value = await hash(signed(await file.arrayBuffer()));
    await ask(by('digest').value);
  });
}
