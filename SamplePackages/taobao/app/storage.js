// localStorage that never throws. Trouble is reported once per kind, so that the user can be told.

const PREFIX = "taobao.";
const listeners = new Set();
const reported = new Set();

/** Trouble that came before the listener is reported to it at once. */
export function onTrouble(listener) {
  listeners.add(listener);
  reported.forEach(listener);
}

export function reportTrouble(kind) {
  if (reported.has(kind)) return;
  reported.add(kind);
  for (const listener of listeners) listener(kind);
}

/** @returns {any} undefined when nothing usable is stored */
export function read(key) {
  let stored = null;
  try {
    stored = localStorage.getItem(PREFIX + key);
  } catch {
    reportTrouble("storageOff");
  }
  if (stored === null) return undefined;
  try {
    return JSON.parse(stored);
  } catch {
    reportTrouble(key === "cart" ? "cartDamaged" : "dataDamaged");
    return undefined;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    reportTrouble("storageOff");
  }
}

/** Calls back when another page of the app has written the key. */
export function onWriteElsewhere(key, listener) {
  window.addEventListener("storage", (event) => {
    if (event.key === PREFIX + key || event.key === null) listener();
  });
}

export function clear() {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    reportTrouble("storageOff");
  }
}
