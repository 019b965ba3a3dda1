// Toasts, announcements for screen readers, and bottom sheets.

import { element } from "./dom.js";
import { icon } from "./drawing/icons.js";
import { t } from "./language.js";

const TOAST_TIME = 2600;
const ACTION_TIME = 6000;

/** @param {{ label: string, run: () => void }} [action] */
export function toast(text, action) {
  const note = element("div", { class: "toast" }, element("span", {}, text));
  const remove = () => note.remove();
  if (action) {
    const run = () => { remove(); action.run(); };
    note.append(element("button", { class: "toast-action", onclick: run }, action.label));
  }
  document.getElementById("toasts").replaceChildren(note);
  setTimeout(remove, action ? ACTION_TIME : TOAST_TIME + text.length * 30);
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

function sheetButton(dialog, { label, kind = "", run }, isFirst) {
  const press = () => {
    dialog.close();
    run?.();
  };
  return element("button", { class: `button ${kind}`.trim(), autofocus: isFirst, onclick: press }, label);
}

/**
 * @param {{ id: string, title: string, symbol: string, paragraphs: string[],
 *   buttons: { label: string, kind?: string, run?: () => void }[] }} content
 */
export function openSheet({ id, title, symbol, paragraphs, buttons }) {
  const dialog = element("dialog", { id, class: "sheet", "aria-labelledby": `${id}-title` });
  const leave = () => dialog.close();
  const parts = [
    element("button", { class: "icon-button sheet-close", "aria-label": t("close"), onclick: leave }, icon("close")),
    element("div", { class: "sheet-symbol" }, icon(symbol)),
    element("h2", { id: `${id}-title` }, title),
    ...paragraphs.map((text) => element("p", {}, text)),
    element("div", { class: "sheet-buttons" }, buttons.map((button, index) => sheetButton(dialog, button, index === 0))),
  ];
  dialog.append(...parts);
  window.addEventListener("hashchange", leave);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    window.removeEventListener("hashchange", leave);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
