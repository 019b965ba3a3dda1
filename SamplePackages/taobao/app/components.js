// Pieces that several views show.

import { element } from "./dom.js";
import { price, sold, yuan } from "./format.js";
import { icon, star } from "./drawing/icons.js";
import { pick, t } from "./language.js";
import { hrefTo } from "./router.js";

const nearView = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    nearView.unobserve(target);
    target.src = target.dataset.source;
  }
}, { rootMargin: "400px" });

/** A picture that loads when it comes near the screen. */
export function picture(source, description, className = "") {
  const image = element("img", { class: `picture ${className}`.trim(), alt: description, width: 400, height: 400, decoding: "async" });
  image.dataset.source = source;
  nearView.observe(image);
  return image;
}

export function stars(rating) {
  const full = Math.round(rating);
  return element("span", { class: "stars", role: "img", "aria-label": t("rating", rating) },
    [1, 2, 3, 4, 5].map((place) => star(place <= full)));
}

function discount({ price: now, was }) {
  if (!was) return null;
  return element("span", { class: "tag" }, t("off", Math.round(100 - (100 * now) / was)));
}

export function formerPrice(fen) {
  return element("s", { class: "former-price", "aria-label": t("formerPrice", yuan(fen)) }, yuan(fen).replace(".00", ""));
}

/** A card of the two-column grid. */
export function itemCard(item) {
  return element("a", { class: "item-card", href: hrefTo("item", { id: item.id }) },
    element("span", { class: "item-picture" },
      picture(item.picture, ""),
      item.soldOut ? element("span", { class: "sold-out" }, t("soldOut")) : null),
    element("span", { class: "item-title" }, pick(item.title)),
    element("span", { class: "item-facts" }, price(item.price), discount(item)),
    element("span", { class: "item-footer" },
      element("span", {}, sold(item.sold)),
      element("span", { class: "item-shop" }, pick(item.shop.name))));
}

/** A small card of a horizontal strip. */
export function stripCard(item) {
  return element("a", { class: "strip-card", href: hrefTo("item", { id: item.id }) },
    picture(item.picture, ""),
    element("span", { class: "strip-title" }, pick(item.title)),
    price(item.price),
    item.was ? formerPrice(item.was) : null);
}

/** A row: picture on the left, words on the right. */
export function itemRow(item) {
  return element("a", { class: "item-row", href: hrefTo("item", { id: item.id }) },
    picture(item.picture, ""),
    element("span", { class: "item-words" },
      element("span", { class: "item-title" }, pick(item.title)),
      element("span", { class: "item-shop" }, pick(item.shop.name)),
      element("span", { class: "item-facts" },
        price(item.price),
        element("span", { class: "item-sold" }, item.soldOut ? t("soldOut") : sold(item.sold)))));
}

export const list = (className, cards, properties = {}) =>
  element("ul", { class: className, ...properties }, cards.map((card) => element("li", {}, card)));

export const iconButton = (name, label, onclick, properties = {}) =>
  element("button", { class: "icon-button", "aria-label": label, onclick, ...properties }, icon(name));

/** Minus, number, plus. @param {(quantity: number) => void} onChange */
export function stepper({ value, most, label, onChange }) {
  const output = element("output", { class: "stepper-value" }, String(value));
  const step = (by) => () => {
    const next = Math.max(1, Math.min(most, value + by));
    if (next === value) return;
    value = next;
    update();
    onChange(value);
  };
  const less = iconButton("minus", t("less"), step(-1));
  const more = iconButton("plus", t("more"), step(1));
  // aria-disabled keeps the focus where it is when the limit is reached.
  function update() {
    output.textContent = String(value);
    less.setAttribute("aria-disabled", String(value <= 1));
    more.setAttribute("aria-disabled", String(value >= most));
  }
  update();
  return element("div", { class: "stepper", role: "group", "aria-label": label }, less, output, more);
}

/** A titled part of a page. @param {{ id: string, title: string, symbol?: string, hint?: any }} head */
export function panel({ id, title, symbol, hint }, ...content) {
  return element("section", { class: "panel", "aria-labelledby": `${id}-title` },
    element("div", { class: "panel-head" },
      symbol ? icon(symbol) : null,
      element("h2", { id: `${id}-title` }, title),
      hint ? element("span", { class: "panel-hint" }, hint) : null),
    ...content);
}

/** A titled grid of item cards. */
export function feed(id, title, items, ...after) {
  return element("section", { "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title`, class: "feed-title" }, title),
    list("item-grid", items.map(itemCard), { id }), ...after);
}

/** A friendly page for "empty" and "not here". @param {{ drawing: "empty-cart" | "not-here" }} content */
export function placeholder({ drawing, title, hint, action }) {
  const source = new URL(`../pictures/${drawing}.svg`, import.meta.url).href;
  return element("section", { class: "placeholder" },
    element("img", { class: "placeholder-picture", src: source, alt: "", width: 200, height: 150 }),
    element("h1", {}, title),
    element("p", {}, hint),
    action ?? null);
}

export const homeLink = (label = t("toHome")) =>
  element("a", { class: "button is-primary", id: "go-home", href: hrefTo("home") }, label);

/** What a view returns when there is nothing at the address. */
export const missing = (title) =>
  ({ title, content: placeholder({ drawing: "not-here", title, hint: t("missingHint"), action: homeLink() }) });
