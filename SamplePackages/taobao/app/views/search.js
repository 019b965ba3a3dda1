import { homeLink, iconButton, itemCard, list, placeholder } from "../components.js";
import { element } from "../dom.js";
import { searches } from "../history.js";
import { icon } from "../drawing/icons.js";
import { currentLanguage, t } from "../language.js";
import { announce } from "../notices.js";
import { replaceRoute } from "../router.js";
import { search, suggest } from "../shop.js";
import { submitSearch } from "../search-box.js";

const PAGE = 12;

function words(texts, id) {
  const word = (text) =>
    element("button", { class: "chip", onclick: () => submitSearch(text) }, text);
  return list("chips", texts.map(word), { id });
}

function recentSection(recent) {
  if (!recent.length) return null;
  const forget = () => {
    searches.clear();
    section.remove();
  };
  const section = element("section", { class: "words" },
    element("div", { class: "words-head" },
      element("h2", {}, t("recentSearches")),
      iconButton("trash", t("forgetSearches"), forget, { id: "forget-searches" })),
    words(recent, "recent-searches"));
  return section;
}

async function startPage() {
  const popular = await suggest("", currentLanguage());
  const content = element("div", { class: "search-start" },
    element("h1", { class: "visually-hidden" }, t("searchLabel")),
    recentSection(searches.list()),
    element("section", { class: "words" },
      element("div", { class: "words-head" }, icon("flame"), element("h2", {}, t("popular"))),
      words(popular, "popular-searches")));
  return { title: t("searchLabel"), content };
}

const SORTS = [
  { id: "best", label: () => t("sortBest") },
  { id: "sold", label: () => t("sortSold") },
  { id: "price", label: () => t("sortPrice") },
];

function nextSort(id, current) {
  if (id !== "price") return id;
  return current === "price-up" ? "price-down" : "price-up";
}

function sortBar(q, current) {
  const button = ({ id, label }) => {
    const pressed = current.startsWith(id);
    const direction = id === "price" && pressed ? t(current === "price-up" ? "priceUp" : "priceDown") : null;
    return element("button", {
      id: `sort-${id}`, class: `sort ${current}`, "aria-pressed": String(pressed), "aria-label": direction,
      onclick: () => replaceRoute("search", { q, sort: nextSort(id, current) }),
    }, label(), id === "price" ? element("span", { class: "sort-arrows", "aria-hidden": "true" }) : null);
  };
  return element("div", { class: "sort-bar", role: "group", "aria-label": t("sortLabel") }, SORTS.map(button));
}

/** Adds a page of results whenever the end of the list comes near. */
function growWith(grid, end, query, total, memory) {
  let loading = false;
  const watcher = new IntersectionObserver(async ([{ isIntersecting }]) => {
    if (!isIntersecting || loading) return;
    loading = true;
    const { items } = await search({ ...query, offset: grid.childElementCount, limit: PAGE });
    grid.append(...items.map((item) => element("li", {}, itemCard(item))));
    memory.shown = grid.childElementCount;
    loading = false;
    watcher.disconnect();
    if (memory.shown < total) watcher.observe(end);
    else end.textContent = t("endOfList");
  }, { rootMargin: "600px" });
  watcher.observe(end);
}

async function results(q, sort, memory) {
  const query = { text: q, sort };
  const { total, items } = await search({ ...query, limit: memory.shown ?? PAGE });
  announce(t("resultCount", total));
  if (!total) {
    return placeholder({ drawing: "not-here", title: t("noResults", q), hint: t("noResultsHint"), action: homeLink() });
  }
  const grid = list("item-grid", items.map(itemCard), { id: "results", "data-total": String(total) });
  const end = element("p", { class: "end-of-list" }, items.length < total ? "" : t("endOfList"));
  if (items.length < total) growWith(grid, end, query, total, memory);
  return element("div", {},
    sortBar(q, sort),
    element("div", { class: "result-head" },
      element("h1", {}, t("resultsFor", q)),
      element("span", { id: "result-count" }, t("resultCount", total))),
    grid, end);
}

export async function searchView(parameters, memory) {
  const q = (parameters.get("q") ?? "").trim();
  if (!q) return startPage();
  return { title: t("resultsFor", q), content: await results(q, parameters.get("sort") ?? "best", memory) };
}
