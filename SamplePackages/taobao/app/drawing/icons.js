// Line icons of the user interface on a 24 x 24 grid.

import { vector } from "../dom.js";

const SHAPES = {
  home: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
  grid: "M4 5h6v6H4zM14 5h6v6h-6zM4 15h6v5H4zM14 15h6v5h-6z",
  cart: "M3 4h2.500l2.3 11h9.700l2-8H6.300M9.5 19.500h.01M16.5 19.500h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1-4 4-5.5 7.5-5.500s6.5 1.5 7.5 5.5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5",
  back: "M15 5l-7 7 7 7",
  forward: "M9 5l7 7-7 7",
  close: "M6 6l12 12M18 6L6 18",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.5 11v5.500M13.5 11v5.5",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8v4.500l3 2",
  flame: "M12 3c1 4 5 5 5 10a5 5 0 0 1-10 0c0-2 1-3 2-4 0 2 1 3 2 3 1-2-1-5 1-9z",
  shop: "M4 9l1.5-5h13L20 9c0 3-4 3-4 0 0 3-4 3-4 0 0 3-4 3-4 0 0 3-4 3-4 0zM5.5 12.500V20h13v-7.500M10 20v-4h4v4",
  shield: "M12 3.500l7 2.500v5.500c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6zM9 12l2.2 2.200L15.3 10",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
};

export function icon(name) {
  return vector("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    vector("path", { d: SHAPES[name] }));
}

const STAR = "M12 3.500l2.6 5.6 6.1.7-4.5 4.2 1.2 6-5.4-3-5.4 3 1.2-6-4.5-4.2 6.1-.7z";

export function star(filled) {
  return vector("svg", { class: filled ? "star" : "star is-empty", viewBox: "0 0 24 24", "aria-hidden": "true" },
    vector("path", { d: STAR }));
}
