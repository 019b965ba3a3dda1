import { element } from "./dom.js";
import { currentLanguage, t } from "./language.js";

export const yuan = (fen) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;

/** A price with a small sign and small fen, read out as one amount. */
export function price(fen, extraClass = "") {
  const [whole, fraction] = yuan(fen).slice(1).split(".");
  return element("span", { class: `price ${extraClass}`.trim() },
    element("span", { class: "visually-hidden" }, yuan(fen)),
    element("span", { "aria-hidden": "true" },
      element("small", {}, "¥"), whole, fraction === "00" ? null : element("small", {}, `.${fraction}`)));
}

function shortCount(count) {
  const oneDigit = (value) => value.toFixed(1).replace(/\.0$/, "");
  if (currentLanguage() === "zh") return count < 10000 ? String(count) : `${oneDigit(count / 10000)}万`;
  return count < 1000 ? String(count) : `${oneDigit(count / 1000)}k`;
}

export const sold = (count) => t("sold", shortCount(count));
