import { itemRow, list, missing, picture } from "../components.js";
import { element } from "../dom.js";
import { pick, t } from "../language.js";
import { hrefTo, replaceRoute } from "../router.js";
import { categories, search } from "../shop.js";

function rail(all, current) {
  const link = ({ id, name }) => {
    const open = (event) => {
      event.preventDefault();
      replaceRoute("category", { id });
    };
    return element("a", {
      href: hrefTo("category", { id }), id: `category-${id}`, onclick: open, "aria-current": id === current.id ? "page" : null,
    }, pick(name));
  };
  return element("nav", { class: "rail", "aria-label": t("categories") }, list("rail-list", all.map(link)));
}

export async function categoryView(parameters) {
  const all = await categories();
  const wanted = parameters.get("id");
  const current = wanted === null ? all[0] : all.find(({ id }) => id === wanted);
  if (!current) return missing(t("missingPage"));
  const { total, items } = await search({ category: current.id, sort: "sold", limit: current.count });
  const head = element("div", { class: "category-head" },
    element("div", {},
      element("h1", {}, pick(current.name)),
      element("span", { id: "result-count" }, t("resultCount", total))),
    picture(current.picture, ""));
  const content = element("div", { class: "category" },
    rail(all, current),
    element("div", { class: "category-items" }, head, list("item-rows", items.map(itemRow), { id: "results", "data-total": String(total) })));
  return { title: pick(current.name), content };
}
