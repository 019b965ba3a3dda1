import { feed, formerPrice, iconButton, list, missing, panel, picture, stars, stepper } from "../components.js";
import { element } from "../dom.js";
import { price, sold } from "../format.js";
import { seenItems } from "../history.js";
import { icon } from "../drawing/icons.js";
import { pick, t } from "../language.js";
import { toast } from "../notices.js";
import { openOrderSheet } from "../order-sheet.js";
import { pager } from "../pager.js";
import { goBack, hrefTo, navigate } from "../router.js";
import { cartLink } from "../shell.js";
import { cart, item as findItem, search } from "../shop.js";
import { createChoice, optionGroup } from "./options.js";

const FEW = 5;
const SIMILAR = 6;

function gallery(item, choice) {
  const holder = element("div", { class: "gallery" });
  const place = element("span", { class: "gallery-place", "aria-hidden": "true" });
  choice.follow((changed = "colour") => {
    if (changed !== "colour") return;
    const { pictures } = choice.colour();
    const slides = pictures.map((source, index) =>
      picture(source, `${pick(item.title)}, ${pick(choice.colour().name)}. ${t("pictureOf", index + 1, pictures.length)}`));
    const onPage = (page) => { place.textContent = `${page + 1}/${pictures.length}`; };
    holder.replaceChildren(pager(slides, { id: "gallery", label: t("pictures"), onPage }).track, place);
  });
  return holder;
}

function priceLine(item, choice) {
  const line = element("div", { class: "price-line" });
  choice.follow(() => {
    const now = choice.variant()?.price ?? item.price;
    line.replaceChildren(
      price(now, "is-large"),
      now < item.was ? formerPrice(item.was) : "",
      element("span", { class: "price-sold" }, sold(item.sold)));
  });
  return line;
}

function stockText(variant) {
  if (!variant) return "";
  if (!variant.stock) return t("notInStock");
  return variant.stock <= FEW ? t("fewLeft", variant.stock) : t("inStock", variant.stock);
}

function quantityRow(choice) {
  const stock = element("span", { id: "stock", class: "stock", role: "status" });
  const holder = element("div", {});
  function fill() {
    const variant = choice.variant();
    stock.textContent = stockText(variant);
    stock.classList.toggle("is-few", Boolean(variant && variant.stock <= FEW));
    const most = Math.max(1, variant?.stock ?? 1);
    choice.quantity = Math.min(choice.quantity, most);
    const onChange = (quantity) => { choice.quantity = quantity; };
    holder.replaceChildren(stepper({ value: choice.quantity, most, label: t("quantity"), onChange }));
  }
  choice.follow(fill);
  return element("div", { class: "quantity-row" },
    element("span", { class: "option-name" }, t("quantity")), stock, holder);
}

function shopPanel({ shop }) {
  return element("section", { class: "panel shop-panel" },
    element("span", { class: "shop-symbol" }, icon("shop")),
    element("div", { class: "shop-words" },
      element("h2", {}, pick(shop.name)),
      element("span", {}, stars(shop.rating), ` ${shop.rating.toFixed(1)} · ${t("shopItems", shop.count)}`)),
    element("a", { class: "button is-small", href: hrefTo("search", { q: pick(shop.name) }) }, t("visitShop")));
}

function reviewEntry({ author, rating, text }) {
  return element("article", { class: "review", "aria-label": t("reviewBy", author) },
    element("div", { class: "review-head" },
      element("span", { class: "avatar", "aria-hidden": "true" }, author[0].toUpperCase()),
      element("span", {}, author),
      stars(rating)),
    element("p", {}, pick(text)));
}

function reviewPanel(item) {
  return panel({ id: "reviews", title: t("reviews"), hint: [stars(item.rating), ` ${item.rating.toFixed(1)}`] },
    list("reviews", item.reviews.map(reviewEntry), { id: "reviews" }));
}

function factTable(item) {
  const rows = [
    [t("seller"), pick(item.shop.name)],
    [t("colour"), item.colours.map(({ name }) => pick(name)).join(" / ")],
    item.sizes && [t("sizeNames")[item.sizes.name], item.sizes.values.join(" / ")],
    [t("itemNumber"), String(100000 + item.id)],
  ];
  return element("dl", { class: "facts" },
    rows.filter(Boolean).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function detailPanel(item) {
  const [first] = item.colours;
  return panel({ id: "details", title: t("details") },
    list("points", pick(item.points).map((point) => element("span", {}, point))),
    factTable(item),
    first.pictures.slice(1).map((source) => picture(source, "", "detail-picture")));
}

async function similarPanel(item) {
  const { items } = await search({ category: item.category, limit: SIMILAR + 1 });
  const others = items.filter(({ id }) => id !== item.id).slice(0, SIMILAR);
  return feed("similar", t("similar"), others);
}

/** Round buttons over the picture; a solid bar with the title once the picture is gone. */
function topBar(item, galleryNode) {
  const bar = element("div", { class: "item-top" },
    iconButton("back", t("back"), goBack, { id: "item-back" }),
    element("span", { class: "item-top-title", "aria-hidden": "true" }, pick(item.title)),
    cartLink("icon-button"));
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => bar.classList.toggle("is-solid", !isIntersecting),
    { rootMargin: "-60px 0px 0px" });
  watcher.observe(galleryNode);
  return bar;
}

/**
 * Puts the choice into the cart; false when something is still to be chosen.
 * @param {"add" | "keep"} how
 */
async function putIntoCart(how, item, choice) {
  const variant = choice.variant();
  if (!variant) {
    choice.askForSize();
    toast(t("chooseFirst", t("sizeNames")[item.sizes.name]));
    return false;
  }
  try {
    const total = await cart[how]({ item: item.id, colour: variant.colour, size: variant.size }, choice.quantity);
    toast(t(total === variant.stock ? "addedAll" : "added"));
    return true;
  } catch {
    toast(t("addFailed"));
    return false;
  }
}

function actionBar(item, choice) {
  const toCart = () => navigate("cart");
  const add = () => putIntoCart("add", item, choice);
  const buy = async () => { if (await putIntoCart("keep", item, choice)) openOrderSheet(toCart); };
  const off = { disabled: item.soldOut };
  return element("div", { class: "action-bar" },
    element("a", { class: "bar-link", href: hrefTo("home") }, icon("home"), element("span", {}, t("home"))),
    cartLink("bar-link", t("cart")),
    item.soldOut
      ? element("button", { class: "button is-wide", id: "add-to-cart", ...off }, t("soldOut"))
      : element("div", { class: "bar-buttons" },
        element("button", { id: "add-to-cart", onclick: add }, t("addToCart")),
        element("button", { id: "buy-now", onclick: buy }, t("buyNow"))));
}

function missingItem() {
  const { title, content } = missing(t("missingItem"));
  content.prepend(iconButton("back", t("back"), goBack, { id: "item-back" }));
  return { title, content };
}

export async function itemView(parameters) {
  const id = parameters.get("id") ?? "";
  const item = /^\d{1,9}$/.test(id) ? await findItem(Number(id)) : null;
  if (!item) return missingItem();
  seenItems.add(item.id);

  const choice = createChoice(item);
  const pictures = gallery(item, choice);
  const content = element("article", { class: "item", id: "item" },
    topBar(item, pictures), pictures,
    element("section", { class: "panel item-head" },
      priceLine(item, choice),
      element("h1", { id: "item-title" }, pick(item.title)),
      element("p", { class: "promise" }, icon("shield"), t("promise"))),
    element("section", { class: "panel options" },
      optionGroup("colour", item, choice), item.sizes ? optionGroup("size", item, choice) : null, quantityRow(choice)),
    shopPanel(item), reviewPanel(item), detailPanel(item), await similarPanel(item), actionBar(item, choice));
  return { title: pick(item.title), content };
}
