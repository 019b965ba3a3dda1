// Recent searches and recently seen items, newest first.

import { read, write } from "./storage.js";

function createHistory(key, isEntry, most) {
  const list = () => {
    const stored = read(key);
    return Array.isArray(stored) ? stored.filter(isEntry).slice(0, most) : [];
  };
  return {
    list,
    add: (entry) => write(key, [entry, ...list().filter((other) => other !== entry)].slice(0, most)),
    clear: () => write(key, []),
  };
}

const isSearch = (value) => typeof value === "string" && value.length > 0 && value.length <= 60;

export const searches = createHistory("searches", isSearch, 10);
export const seenItems = createHistory("seen", Number.isInteger, 12);
