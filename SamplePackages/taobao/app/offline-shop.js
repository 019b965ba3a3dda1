// The shop without a network: answers from the built-in catalogue.

import { createCart } from "./cart-store.js";
import * as catalogue from "./catalogue.js";
import { deals, featured, reviewsOf } from "./catalogue/selection.js";
import { bannerPicture, productPicture } from "./drawing/pictures.js";
import { createSearchIndex } from "./search-index.js";

const SUGGESTIONS = 8;

const byId = new Map(catalogue.items.map((record) => [record.id, record]));
const sellers = new Map(catalogue.shops.map((shop) => [shop.id, { ...shop, count: countOf("shop", shop.id) }]));
const categoryNames = new Map(catalogue.categories.map(({ id, name }) => [id, name]));

function countOf(property, value) {
  return catalogue.items.filter((record) => record[property] === value).length;
}

function variantsOf(record) {
  const sizes = record.sizes?.values ?? [null];
  const extra = record.sizes?.extra ?? [];
  return record.colours.flatMap((colour, row) =>
    sizes.map((size, column) => ({
      colour,
      size,
      price: record.price + (extra[column] ?? 0),
      stock: record.stock[row][column],
    })));
}

const hexOf = (colour) => catalogue.colours[colour].hex;

const studioPicture = (record, colour) =>
  productPicture(record.picture, [hexOf(colour)], "studio", record.id);

function colourOf(record, id) {
  const others = record.colours.filter((other) => other !== id);
  return {
    id,
    name: catalogue.colours[id].name,
    hex: hexOf(id),
    thumbnail: studioPicture(record, id),
    pictures: [
      studioPicture(record, id),
      productPicture(record.picture, [hexOf(id)], "detail", record.id),
      productPicture(record.picture, [...others, id].map(hexOf), "lineup", record.id),
    ],
  };
}

function summaryOf(record) {
  const { id, title, category, price, was, sold, rating } = record;
  return {
    id, title, category, price, was, sold, rating,
    shop: sellers.get(record.shop),
    soldOut: record.stock.flat().every((pieces) => pieces === 0),
    picture: studioPicture(record, record.colours[0]),
  };
}

function itemOf(record) {
  return {
    ...summaryOf(record),
    colours: record.colours.map((colour) => colourOf(record, colour)),
    sizes: record.sizes ? { name: record.sizes.name, values: record.sizes.values } : null,
    variants: variantsOf(record),
    points: record.points,
    reviews: reviewsOf(record),
  };
}

const find = createSearchIndex(catalogue.items.map((record) => {
  const names = [categoryNames.get(record.category), sellers.get(record.shop).name];
  return {
    key: record,
    title: [record.title.en, record.title.zh],
    synonyms: catalogue.synonyms[record.picture] ?? "",
    context: names.flatMap(({ en, zh }) => [en, zh]),
  };
}));

const ORDERS = {
  sold: (a, b) => b.sold - a.sold,
  "price-up": (a, b) => a.price - b.price,
  "price-down": (a, b) => b.price - a.price,
};

async function search({ text = "", category, sort = "best", offset = 0, limit = 20 } = {}) {
  const scores = find(text);
  const best = (a, b) => scores.get(b) - scores.get(a) || b.sold - a.sold;
  const found = [...scores.keys()]
    .filter((record) => !category || record.category === category)
    .sort(ORDERS[sort] ?? best);
  return { total: found.length, items: found.slice(offset, offset + limit).map(summaryOf) };
}

async function suggest(text, language) {
  if (!text.trim()) return catalogue.popularSearches.map((words) => words[language]);
  const written = /\p{Script=Han}/u.test(text) ? "zh" : "en";
  const { items } = await search({ text, limit: SUGGESTIONS });
  // The first part of a title is its name, the rest describes.
  const names = items.map(({ title }) => title[written].split(written === "zh" ? " " : ",")[0]);
  const begins = (name) => Number(name.toLowerCase().startsWith(text.trim().toLowerCase()));
  return [...new Set(names)].sort((a, b) => begins(b) - begins(a));
}

async function recommendations() {
  return {
    banners: catalogue.banners.map(({ title, line, category, ground, pictures }) => ({
      title, line, category, picture: bannerPicture(ground, pictures),
    })),
    deals: deals.map(summaryOf),
    items: featured.map(summaryOf),
  };
}

async function categories() {
  return catalogue.categories.map(({ id, name, picture: [kind, hex] }) => ({
    id, name, picture: productPicture(kind, [hex], "plain"), count: countOf("category", id),
  }));
}

async function item(id) {
  const record = byId.get(Number(id));
  return record ? itemOf(record) : null;
}

/** What the cart needs to know about a choice; null when it is not on offer. */
function offerOf({ item: id, colour, size }) {
  const record = byId.get(id);
  const variant = record && variantsOf(record).find((each) => each.colour === colour && each.size === size);
  if (!variant) return null;
  return {
    item: summaryOf(record),
    colour: catalogue.colours[colour].name,
    size,
    picture: studioPicture(record, colour),
    price: variant.price,
    stock: variant.stock,
  };
}

export function createOfflineShop() {
  return { categories, search, item, suggest, recommendations, cart: createCart(offerOf) };
}
