import { t } from "./language.js";
import { openSheet } from "./notices.js";

/** Explains why there is no checkout yet. @param {() => void} [toCart] offers the way to the cart */
export function openOrderSheet(toCart) {
  const understood = { label: t("understood"), kind: "is-primary" };
  openSheet({
    id: "order-sheet",
    title: t("orderTitle"),
    symbol: "lock",
    paragraphs: [t("orderText"), t("orderKept")],
    buttons: toCart ? [{ label: t("toCart"), run: toCart }, understood] : [understood],
  });
}
