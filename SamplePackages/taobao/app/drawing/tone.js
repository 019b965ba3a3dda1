// One option colour as a family of shades and two gradients, enough to model any product.

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

const toHex = (values) =>
  "#" + values.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("");

export function mix(hex, other, share) {
  const target = channels(other);
  return toHex(channels(hex).map((value, index) => value + (target[index] - value) * share));
}

function gradient(id, direction, stops) {
  const marks = stops.map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`);
  return `<linearGradient id="${id}" ${direction}>${marks.join("")}</linearGradient>`;
}

/** @param {string} name keeps gradient ids apart when several colours share one picture */
export function toneOf(hex, name = "t") {
  const light = mix(hex, "#ffffff", 0.28);
  const dark = mix(hex, "#0a0818", 0.22);
  return {
    base: hex,
    light,
    pale: mix(hex, "#ffffff", 0.72),
    dark,
    deep: mix(hex, "#0a0818", 0.45),
    across: `url(#${name}a)`,
    down: `url(#${name}d)`,
    definitions:
      gradient(`${name}a`, `x1="0" x2="1"`, [[0, dark], [0.3, light], [0.55, hex], [1, dark]]) +
      gradient(`${name}d`, `x1="0" x2="0.25" y1="0" y2="1"`, [[0, light], [0.5, hex], [1, dark]]),
  };
}
