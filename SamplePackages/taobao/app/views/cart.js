import { feed, homeLink, iconButton, list, picture, placeholder, stepper } from "../components.js";
import { element } from "../dom.js";
import { price } from "../format.js";
import { icon } from "../drawing/icons.js";
import { pick, t } from "../language.js";
import { announce, toast } from "../notices.js";
import { openOrderSheet } from "../order-sheet.js";
import { hrefTo } from "../router.js";
import { cart, recommendations } from "../shop.js";

const IDEAS = 6;

function groupByShop(lines) {
  const groups = new Map();
  for (const line of lines) {
    const { id } = line.item.shop;
    if (!groups.has(id)) groups.set(id, []);
    groups.get(id).push(line);
  }
  return [...groups.values()];
}

const idsOf = (lines) => lines.map(({ id }) => id);
const available = (lines) => lines.filter(({ stock }) => stock > 0);

function checkbox(label, lines, redraw, properties = {}) {
  const choosable = available(lines);
  const selected = choosable.filter((line) => line.selected).length;
  const input = element("input", {
    type: "checkbox", "aria-label": label, disabled: !choosable.length, ...properties,
    onchange: async () => {
      await cart.setSelected(idsOf(choosable), input.checked);
      redraw();
    },
  });
  input.checked = selected > 0 && selected === choosable.length;
  input.indeterminate = selected > 0 && !input.checked;
  return element("label", { class: "check" }, input, element("span", { class: "check-face", "aria-hidden": "true" }));
}

async function removeLine(line, redraw) {
  const before = await cart.remove([line.id]);
  await redraw();
  const undo = async () => {
    await cart.restore(before);
    redraw();
  };
  toast(t("removed"), { label: t("undo"), run: undo });
}

function lineRow(line, redraw) {
  const title = pick(line.item.title);
  const href = hrefTo("item", { id: line.item.id });
  const setQuantity = async (quantity) => {
    await cart.setQuantity(line.id, quantity);
    if (quantity === line.stock) toast(t("fewLeft", line.stock));
    redraw.total();
  };
  return element("div", { class: "cart-line", "data-line": line.id },
    checkbox(t("selectLine", title), [line], redraw),
    element("a", { href, class: "cart-picture", tabindex: "-1", "aria-hidden": "true" }, picture(line.picture, "")),
    element("div", { class: "cart-words" },
      element("a", { href, class: "cart-title" }, title),
      element("span", { class: "cart-options" }, [pick(line.colour), line.size].filter(Boolean).join(" · ")),
      element("div", { class: "cart-numbers" },
        line.stock ? price(line.price) : element("span", { class: "stock is-few" }, t("notInStock")),
        line.stock ? stepper({ value: line.quantity, most: line.stock, label: `${t("quantity")}: ${title}`, onChange: setQuantity }) : null)),
    iconButton("trash", t("removeLine", title), () => removeLine(line, redraw), { "data-action": "remove" }));
}

function shopGroup(lines, redraw) {
  const name = pick(lines[0].item.shop.name);
  return element("section", { class: "panel cart-shop", "aria-label": name },
    element("div", { class: "cart-shop-head" },
      checkbox(t("selectShop", name), lines, redraw),
      icon("shop"),
      element("h2", {}, element("a", { href: hrefTo("search", { q: name }) }, name))),
    list("cart-lines", lines.map((line) => lineRow(line, redraw))));
}

function sumOf(lines) {
  const selected = available(lines).filter((line) => line.selected);
  return {
    pieces: selected.reduce((sum, line) => sum + line.quantity, 0),
    fen: selected.reduce((sum, line) => sum + line.quantity * line.price, 0),
  };
}

function totalBar(lines, redraw) {
  const { pieces, fen } = sumOf(lines);
  const checkOut = () => (pieces ? openOrderSheet() : toast(t("nothingSelected")));
  return element("div", { class: "total-bar" },
    element("div", { class: "total-all" },
      checkbox(t("selectAll"), lines, redraw, { id: "select-all" }), element("span", { "aria-hidden": "true" }, t("selectAll"))),
    element("span", { class: "total", id: "cart-total", "data-fen": String(fen) }, `${t("total")} `, price(fen)),
    element("button", { id: "check-out", class: "button is-primary", onclick: checkOut }, t("checkOut", pieces)));
}

async function emptyCart() {
  const { items } = await recommendations();
  return [
    placeholder({
      drawing: "empty-cart", title: t("emptyCart"), hint: t("emptyCartHint"),
      action: homeLink(t("goShopping")),
    }),
    feed("feed", t("forYou"), items.slice(0, IDEAS)),
  ];
}

async function filledCart(lines, redraw) {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return [
    element("h1", { class: "page-title" }, t("cart"), element("small", {}, ` (${pieces})`)),
    groupByShop(lines).map((group) => shopGroup(group, redraw)),
    totalBar(lines, redraw),
  ];
}

/** The same control in the redrawn page, so that keyboard users keep their place. */
function focusedControl(content) {
  const { activeElement } = document;
  if (!content.contains(activeElement)) return null;
  const label = activeElement.getAttribute("aria-label");
  return () => [...content.querySelectorAll("input, button")].find((each) => each.getAttribute("aria-label") === label);
}

export async function cartView() {
  const content = element("div", { class: "cart", id: "cart" });

  async function redraw() {
    const lines = await cart.lines();
    const again = focusedControl(content);
    const parts = lines.length ? await filledCart(lines, redraw) : await emptyCart();
    content.replaceChildren(...parts.flat());
    if (again) (again() ?? document.getElementById("view")).focus({ preventScroll: true });
  }

  // A quantity changes only the sums; the line itself keeps its stepper.
  redraw.total = async () => {
    const lines = await cart.lines();
    content.querySelector(".total-bar").replaceWith(totalBar(lines, redraw));
    const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    content.querySelector(".page-title small").textContent = ` (${pieces})`;
    announce(t("cartCount", pieces));
  };

  await redraw();
  return { title: t("cart"), content };
}
