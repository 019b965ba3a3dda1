// Choosing a variant of an item: colour, size and quantity.

import { picture } from "../components.js";
import { element } from "../dom.js";
import { pick, t } from "../language.js";

/** The first colour that can be bought is chosen at once; a size only when there is no other. */
export function createChoice(item) {
  const listeners = [];
  const available = item.variants.find(({ stock }) => stock > 0) ?? item.variants[0];
  const chosen = {
    colour: available.colour,
    size: item.sizes?.values.length === 1 ? item.sizes.values[0] : null,
  };
  const variantOf = (colour, size) =>
    item.variants.find((variant) => variant.colour === colour && variant.size === size);

  return {
    quantity: 1,
    chosen,
    colour: () => item.colours.find(({ id }) => id === chosen.colour),
    variant: () => (item.sizes && chosen.size === null ? null : variantOf(chosen.colour, chosen.size)),
    stockOf: (size) => variantOf(chosen.colour, size)?.stock ?? 0,
    /** The listener runs now and after each change. */
    follow(listener) {
      listeners.push(listener);
      listener();
    },
    set(kind, value) {
      chosen[kind] = value;
      if (kind === "colour" && chosen.size !== null && !variantOf(value, chosen.size)?.stock) chosen.size = null;
      for (const listener of listeners) listener(kind);
    },
    askForSize() {
      const group = document.querySelector("fieldset[data-option=size]");
      group.classList.add("is-missing");
      group.scrollIntoView({ block: "center" });
      group.querySelector("input:not(:disabled)")?.focus({ preventScroll: true });
    },
  };
}

function optionsOf(kind, item) {
  if (kind === "size") return item.sizes.values.map((value) => ({ value, label: value }));
  return item.colours.map(({ id, name, thumbnail }) => ({ value: id, label: pick(name), thumbnail }));
}

function radio(kind, { value, label, thumbnail }, choice) {
  const input = element("input", {
    type: "radio", name: kind, value, class: "visually-hidden", onchange: () => choice.set(kind, value),
  });
  const sync = () => {
    input.checked = choice.chosen[kind] === value;
    if (kind === "size") input.disabled = choice.stockOf(value) === 0;
  };
  choice.follow(sync);
  return element("label", { class: "option" }, input,
    element("span", { class: "option-face" }, thumbnail ? picture(thumbnail, "") : null, element("span", {}, label)));
}

/** @param {"colour" | "size"} kind */
export function optionGroup(kind, item, choice) {
  const name = kind === "colour" ? t("colour") : t("sizeNames")[item.sizes.name];
  const group = element("fieldset", { class: "option-group", "data-option": kind },
    element("legend", { class: "option-name" }, name),
    element("div", { class: "option-list" }, optionsOf(kind, item).map((option) => radio(kind, option, choice))));
  choice.follow((changed) => changed === kind && group.classList.remove("is-missing"));
  return group;
}
