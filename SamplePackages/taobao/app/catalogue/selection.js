// What the made-up shop puts forward: deals, the order of the home page, reviews.

import { categories, items } from "../catalogue.js";
import reviewPool from "./reviews.js";

const DEALS = 10;
const AUTHORS = "abdfhjkmpqtwxy";

export const deals = items
  .filter((record) => record.was)
  .sort((a, b) => a.price / a.was - b.price / b.was)
  .slice(0, DEALS);

/** One item of each category in turn, so that the first screens show the whole range. */
function interleaved() {
  const queues = categories.map(({ id }) => items.filter((record) => record.category === id));
  const mixed = [];
  while (mixed.length < items.length) {
    for (const queue of queues) if (queue.length) mixed.push(queue.shift());
  }
  return mixed;
}

export const featured = interleaved();

export function reviewsOf({ id, category }) {
  const { any, [category]: fitting } = reviewPool;
  const chosen = [fitting[id % fitting.length], any[id % any.length], any[(id * 5 + 2) % any.length]];
  return [...new Set(chosen)].map(({ rating, ...text }, place) => ({
    author: `${AUTHORS[(id * 3 + place * 5) % AUTHORS.length]}***${(id + place * 3) % 10}`,
    rating,
    text,
  }));
}
