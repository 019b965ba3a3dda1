// The one door to shop data. Views import only this module; another source
// (a server, say) has to offer the same functions, all of them async.

import { createOfflineShop } from "./offline-shop.js";

/**
 * Prices are integers in fen. `Text` is { en, zh }; a picture is a URL.
 *
 * @typedef {{ id: string, name: Text, rating: number, count: number }} Seller
 * @typedef {{ id: number, title: Text, category: string, shop: Seller, price: number, was?: number,
 *   sold: number, rating: number, soldOut: boolean, picture: string }} Summary what an item card shows
 * @typedef {{ id: string, name: Text, hex: string, thumbnail: string, pictures: string[] }} Colour
 * @typedef {{ colour: string, size: string | null, price: number, stock: number }} Variant
 * @typedef {Summary & { colours: Colour[], sizes: { name: string, values: string[] } | null, variants: Variant[],
 *   points: { en: string[], zh: string[] }, reviews: { author: string, rating: number, text: Text }[] }} Item
 * @typedef {{ id: string, item: Summary, colour: Text, size: string | null, picture: string,
 *   price: number, stock: number, quantity: number, selected: boolean }} CartLine
 */

const source = createOfflineShop();

/** @returns {Promise<{ id: string, name: Text, picture: string, count: number }[]>} */
export const categories = () => source.categories();

/**
 * @param {{ text?: string, category?: string, sort?: "best" | "sold" | "price-up" | "price-down", offset?: number, limit?: number }} query
 * @returns {Promise<{ total: number, items: Summary[] }>}
 */
export const search = (query) => source.search(query);

/** @returns {Promise<Item | null>} null when there is no such item (any more) */
export const item = (id) => source.item(id);

/** Completions of a text; popular searches for an empty one. @returns {Promise<string[]>} */
export const suggest = (text, language) => source.suggest(text, language);

/** @returns {Promise<{ banners: object[], deals: Summary[], items: Summary[] }>} */
export const recommendations = () => source.recommendations();

/**
 * lines() → CartLine[]; add(choice, quantity) → the line's quantity after limiting it to the stock;
 * keep(choice, quantity) → the same, but does not add to a line that already has so many;
 * setQuantity(lineId, quantity); setSelected(lineIds, selected); remove(lineIds) → what restore() takes;
 * restore(removed); clear(); subscribe(listener) is told the number of pieces after each change.
 */
export const cart = source.cart;
