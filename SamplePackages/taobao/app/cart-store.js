// The cart: choices and quantities are stored, everything else is looked up when needed.

import { onWriteElsewhere, read, reportTrouble, write } from "./storage.js";

const KEY = "cart";
const FORMAT = 1;
const MOST_LINES = 120;

const lineId = ({ item, colour, size }) => [item, colour, size ?? ""].join("/");

const isText = (value) => typeof value === "string" && value.length <= 60;

function isLine(line) {
  return (
    line !== null && typeof line === "object" &&
    Number.isInteger(line.item) && isText(line.colour) && (line.size === null || isText(line.size)) &&
    Number.isInteger(line.quantity) && line.quantity > 0 && typeof line.selected === "boolean"
  );
}

function readLines() {
  const stored = read(KEY);
  if (stored === undefined) return [];
  const list = stored?.format === FORMAT && Array.isArray(stored.lines) ? stored.lines : null;
  const lines = list?.filter(isLine) ?? [];
  if (!list || lines.length < list.length) reportTrouble("cartDamaged");
  const unique = new Map(lines.map((line) => [lineId(line), line]));
  return [...unique.values()].slice(0, MOST_LINES);
}

/** @param {(choice: object) => object | null} offerOf looks up price, stock and names of a choice */
export function createCart(offerOf) {
  const listeners = new Set();
  let lines = null;

  function current() {
    lines ??= readLines()
      .filter(offerOf)
      .map((line) => ({ ...line, quantity: limited(line, line.quantity) }));
    return lines;
  }

  const limited = (choice, quantity) => Math.max(1, Math.min(quantity, offerOf(choice).stock));

  const pieces = () => current().reduce((sum, line) => sum + line.quantity, 0);

  function tell() {
    for (const listener of listeners) listener(pieces());
  }

  function replace(next) {
    lines = next;
    write(KEY, { format: FORMAT, lines });
    tell();
  }

  onWriteElsewhere(KEY, () => {
    lines = null;
    tell();
  });

  const change = (ids, update) =>
    replace(current().map((line) => (ids.includes(lineId(line)) ? { ...line, ...update(line) } : line)));

  /** Moves the line of a choice to the top with a new quantity. */
  function put({ item, colour, size = null }, quantityFrom) {
    const choice = { item, colour, size };
    if (!offerOf(choice)?.stock) throw new RangeError("This choice is not on offer");
    const known = current().find((line) => lineId(line) === lineId(choice));
    const quantity = limited(choice, quantityFrom(known?.quantity ?? 0));
    const others = current().filter((line) => line !== known);
    replace([{ ...choice, quantity, selected: true }, ...others]);
    return quantity;
  }

  return {
    async lines() {
      return current().map((line) => ({
        ...offerOf(line),
        id: lineId(line),
        quantity: line.quantity,
        selected: line.selected,
      }));
    },

    async add(choice, quantity = 1) {
      return put(choice, (known) => known + quantity);
    },

    async keep(choice, quantity = 1) {
      return put(choice, (known) => Math.max(known, quantity));
    },

    async setQuantity(id, quantity) {
      change([id], (line) => ({ quantity: limited(line, quantity) }));
    },

    async setSelected(ids, selected) {
      change(ids, () => ({ selected }));
    },

    async remove(ids) {
      const before = current();
      replace(before.filter((line) => !ids.includes(lineId(line))));
      return before;
    },

    async restore(removed) {
      replace(removed);
    },

    async clear() {
      replace([]);
    },

    subscribe(listener) {
      listeners.add(listener);
      listener(pieces());
    },
  };
}
