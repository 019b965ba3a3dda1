// Building elements. Text always goes in as text nodes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function assign(node, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
}

/**
 * @param {string} tag
 * @param {object} [properties] attributes; `onclick` and the like are listeners; buttons submit only if told to
 * @param {...(Node | string | null | false | Array)} children
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  if (tag === "button") node.type = "button";
  assign(node, properties);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== false && child !== undefined));
  return node;
}

export function vector(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  assign(node, attributes);
  node.append(...children);
  return node;
}
