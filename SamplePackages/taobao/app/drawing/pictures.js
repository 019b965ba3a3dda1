// Product pictures: a kind, a colour and a scene become an SVG data URI.

import { appliances } from "./appliances.js";
import { beauty } from "./beauty.js";
import { clothing } from "./clothing.js";
import { digital } from "./digital.js";
import { food } from "./food.js";
import { homeGoods } from "./home-goods.js";
import { books, kids } from "./kids-books.js";
import { circle, ellipse, group, path, rect } from "./shapes.js";
import { shoesAndBags } from "./shoes-bags.js";
import { sports } from "./sports.js";
import { toneOf } from "./tone.js";

const DRAWINGS = {
  ...digital, ...appliances, ...clothing, ...shoesAndBags, ...homeGoods,
  ...beauty, ...food, ...sports, ...kids, ...books,
};

const BACKDROPS = [
  ["#fff1e2", "#ffd9b8"], ["#e8f6ee", "#c4e6d3"], ["#e9f2fd", "#c5dcf6"], ["#f3edfb", "#dccdf3"],
  ["#fdf3d9", "#f6df9f"], ["#fdeaec", "#f7cbd1"], ["#eef0f4", "#d3d9e3"], ["#e6f5f6", "#bfe3e6"],
];

const PROPS = [
  (shade) => circle(100, 96, 78, shade),
  (shade) => path("M28 200V96a72 72 0 0 1 144 0v104z", shade),
  (shade) => path("M0 128L200 70v130H0z", shade),
  (shade) => rect(0, 140, 200, 60, shade),
  (shade) => circle(38, 44, 52, shade) + circle(176, 150, 60, shade),
];

const cache = new Map();

function svgUri(body, definitions, width = 200, height = 200) {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${2 * width}" height="${2 * height}">` +
    `<defs>${definitions}</defs>${body}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function backdrop(seed) {
  const [ground, shade] = BACKDROPS[seed % BACKDROPS.length];
  return rect(0, 0, 200, 200, ground) + PROPS[seed % PROPS.length](shade);
}

/** Where a drawing touches the ground, if higher than most. */
const FLOORS = {
  sneaker: 158, headphones: 158, tablet: 158, keyboard: 150, camera: 160, wallet: 160, pillow: 156, wok: 152,
  cap: 150, dumbbell: 160, racket: 184, yogaMat: 166, notebook: 178,
};

const shadowOf = (kind) => ellipse(100, FLOORS[kind] ?? 171, 62, 7, "#3a2b2026");

const SCENES = {
  /** The product alone, for category icons. */
  plain: (kind, [hex]) => {
    const tone = toneOf(hex);
    return svgUri(DRAWINGS[kind](tone), tone.definitions);
  },

  studio: (kind, [hex], seed) => {
    const tone = toneOf(hex);
    const product = group("translate(100 104) scale(.98) translate(-100 -102)", shadowOf(kind), DRAWINGS[kind](tone));
    return svgUri(backdrop(seed) + product, tone.definitions);
  },

  detail: (kind, [hex], seed) => {
    const tone = toneOf(hex);
    const product = group("translate(104 122) rotate(-5) scale(1.55) translate(-100 -94)", DRAWINGS[kind](tone));
    return svgUri(backdrop(seed + 3) + product, tone.definitions);
  },

  lineup: (kind, hexes, seed) => {
    const tones = hexes.slice(0, 3).map((hex, index) => toneOf(hex, `t${index}`));
    while (tones.length < 3) tones.unshift(tones[0]);
    const places = ["translate(52 82) scale(.5)", "translate(148 82) scale(.5)", "translate(100 126) scale(.66)"];
    const products = tones.map((tone, index) =>
      group(`${places[index]} translate(-100 -100)`, shadowOf(kind), DRAWINGS[kind](tone)));
    return svgUri(backdrop(seed + 6) + products.join(""), tones.map((tone) => tone.definitions).join(""));
  },
};

/**
 * @param {string} kind a drawing's name, e.g. "thermos"
 * @param {string[]} hexes the colours; scenes with one product use the first
 * @param {"plain" | "studio" | "detail" | "lineup"} scene
 * @param {number} seed chooses the backdrop
 */
export function productPicture(kind, hexes, scene = "studio", seed = 0) {
  const key = [kind, hexes, scene, seed].join();
  if (!cache.has(key)) cache.set(key, SCENES[scene](kind, hexes, seed));
  return cache.get(key);
}

/**
 * A wide picture with three products on the right; the left is free for a headline.
 * @param {string[]} ground two colours
 * @param {[string, string][]} products kind and colour of each
 */
export function bannerPicture(ground, products) {
  const tones = products.map(([, hex], index) => toneOf(hex, `b${index}`));
  const places = ["translate(404 158) scale(.68)", "translate(610 158) scale(.68)", "translate(508 134) scale(1)"];
  const order = [0, 2, 1];
  const drawn = order.map((at, index) =>
    group(`${places[index]} translate(-100 -100)`, shadowOf(products[at][0]), DRAWINGS[products[at][0]](tones[at])));
  const ramp = `<linearGradient id="ground" x1="0" x2="1" y2=".4"><stop stop-color="${ground[0]}"/>` +
    `<stop offset="1" stop-color="${ground[1]}"/></linearGradient>`;
  const body = rect(0, 0, 720, 280, "url(#ground)") +
    circle(508, 140, 150, "#ffffff1f") + circle(508, 140, 106, "#ffffff1f") + circle(60, 300, 120, "#ffffff14") +
    ellipse(508, 236, 190, 18, "#0000001f") + drawn.join("");
  return svgUri(body, ramp + tones.map((tone) => tone.definitions).join(""), 720, 280);
}
