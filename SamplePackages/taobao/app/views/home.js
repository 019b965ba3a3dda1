import { feed, list, panel, picture, stripCard } from "../components.js";
import { element } from "../dom.js";
import { pick, t } from "../language.js";
import { hrefTo } from "../router.js";
import { categories, recommendations } from "../shop.js";
import { pager } from "../pager.js";

function categoryGrid(all) {
  const link = ({ id, name, picture: source }) =>
    element("a", { class: "category-link", href: hrefTo("category", { id }) },
      element("span", { class: "category-picture" }, picture(source, "")),
      element("span", {}, pick(name)));
  return element("nav", { class: "panel", "aria-label": t("categories") }, list("category-grid", all.map(link), { id: "categories" }));
}

function bannerSlide({ title, line, category, picture: source }) {
  return element("a", { class: "banner", href: hrefTo("category", { id: category }) },
    picture(source, "", "banner-picture"),
    element("span", { class: "banner-words" },
      element("strong", {}, pick(title)),
      element("span", {}, pick(line))));
}

function bannerSlides(banners) {
  const slides = banners.map(bannerSlide);
  const { track, dots } = pager(slides, { id: "banners", label: t("banners") });
  return element("div", { class: "banners" }, track, dots);
}

function dealStrip(deals) {
  return panel({ id: "deals", title: t("deals"), symbol: "flame", hint: t("dealsHint") },
    list("strip", deals.map(stripCard), { id: "deals" }));
}

export async function homeView() {
  const [all, { banners, deals, items }] = await Promise.all([categories(), recommendations()]);
  const content = element("div", { class: "home" },
    element("h1", { class: "visually-hidden" }, t("appName")),
    categoryGrid(all), bannerSlides(banners), dealStrip(deals),
    feed("feed", t("forYou"), items, element("p", { class: "end-of-list" }, t("endOfList"))));
  return { title: t("home"), content };
}
