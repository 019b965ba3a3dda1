// Pages side by side that snap while swiping, with dots or a number showing the place.

import { element } from "./dom.js";

/** @param {(page: number) => void} [onPage] */
export function pager(pages, { id, label, onPage }) {
  const dots = element("span", { class: "dots", "aria-hidden": "true" }, pages.map(() => element("span", { class: "dot" })));
  const track = element("div", { id, class: "pager", role: "group", "aria-label": label, tabindex: "0" },
    pages.map((page) => element("div", { class: "page" }, page)));

  function show(page) {
    [...dots.children].forEach((dot, index) => dot.classList.toggle("is-current", index === page));
    onPage?.(page);
  }

  let current = 0;
  track.addEventListener("scroll", () => {
    const page = Math.round(track.scrollLeft / track.clientWidth);
    if (page !== current) show(current = page);
  }, { passive: true });
  show(0);
  return { track, dots };
}
