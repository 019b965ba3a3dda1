// The frame around the views: header with search, tab bar with the cart count.

import { iconButton } from "./components.js";
import { element } from "./dom.js";
import { icon } from "./drawing/icons.js";
import { t } from "./language.js";
import { announce } from "./notices.js";
import { goBack, hrefTo } from "./router.js";
import { createSearchBox } from "./search-box.js";
import { cart } from "./shop.js";

const TABS = [
  { route: "home", symbol: "home", label: "home" },
  { route: "category", symbol: "grid", label: "categories" },
  { route: "cart", symbol: "cart", label: "cart" },
  { route: "settings", symbol: "person", label: "me" },
];

const MOST_SHOWN = 99;
let searchBox = null;
let pieces = null;

const byId = (id) => document.getElementById(id);

function badge() {
  return element("span", { class: "badge cart-count", "aria-hidden": "true", hidden: true });
}

function tab({ route, symbol, label }) {
  const isCart = route === "cart";
  return element("a", { id: `tab-${route}`, class: "tab", href: hrefTo(route) },
    element("span", { class: "tab-symbol" }, icon(symbol), isCart ? badge() : null),
    element("span", {}, t(label)),
    isCart ? element("span", { id: "cart-count", class: "visually-hidden" }) : null);
}

/** A link to the cart with a count, for views without tabs. */
export function cartLink(className, label) {
  const link = element("a", { class: className, href: hrefTo("cart"), "aria-label": t("cart") },
    icon("cart"), label ? element("span", {}, label) : null, badge());
  showCount(link);
  return link;
}

function showCount(within) {
  for (const each of within.querySelectorAll(".cart-count")) {
    each.textContent = pieces > MOST_SHOWN ? `${MOST_SHOWN}+` : String(pieces ?? 0);
    each.hidden = !pieces;
  }
}

function onCount(count) {
  const changed = pieces !== null && pieces !== count;
  pieces = count;
  showCount(document);
  byId("cart-count").textContent = t("cartCount", count);
  if (changed) announce(t("cartCount", count));
}

function buildSkipLink() {
  const skip = (event) => {
    event.preventDefault();
    byId("view").focus();
  };
  byId("skip")?.remove();
  document.body.prepend(element("a", { id: "skip", href: "#view", onclick: skip }, t("skipToContent")));
}

/** Builds everything in the current language. */
export function buildShell() {
  searchBox = createSearchBox();
  buildSkipLink();
  byId("header").replaceChildren(iconButton("back", t("back"), goBack, { id: "header-back" }), searchBox.form);
  byId("tabs").setAttribute("aria-label", t("mainNavigation"));
  byId("tabs").replaceChildren(...TABS.map(tab));
  if (pieces === null) cart.subscribe(onCount);
  else onCount(pieces);
}

/** Shows which frame a route has: header with search or not, tabs or not, which tab is current. */
export function frameRoute({ name, search, tabs }, parameters) {
  byId("header").hidden = !search;
  byId("header-back").hidden = tabs;
  byId("tabs").hidden = !tabs;
  for (const { route } of TABS) {
    if (route === name) byId(`tab-${route}`).setAttribute("aria-current", "page");
    else byId(`tab-${route}`).removeAttribute("aria-current");
  }
  if (searchBox.input.value !== (parameters.get("q") ?? "") || name !== "search") {
    const typing = name === "search" && !parameters.get("q") && document.activeElement === searchBox.input;
    if (!typing) searchBox.show(name === "search" ? parameters.get("q") ?? "" : "");
  }
}
