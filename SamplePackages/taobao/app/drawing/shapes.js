// SVG fragments as strings. Only numbers and colours written by us go in, never user data.

export const rect = (x, y, width, height, fill, radius = 0) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

export const circle = (x, y, radius, fill) =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`;

export const ellipse = (x, y, radiusX, radiusY, fill) =>
  `<ellipse cx="${x}" cy="${y}" rx="${radiusX}" ry="${radiusY}" fill="${fill}"/>`;

export const path = (d, fill) => `<path d="${d}" fill="${fill}"/>`;

export const line = (d, stroke, width = 3) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;

export const ring = (x, y, radius, stroke, width) =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;

export const group = (transform, ...parts) => `<g transform="${transform}">${parts.join("")}</g>`;

/** Repeats a fragment, e.g. the keys of a keyboard. */
export const repeat = (count, draw) =>
  Array.from({ length: count }, (_, index) => draw(index)).join("");
