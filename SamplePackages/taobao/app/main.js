import { missing, placeholder } from "./components.js";
import { element } from "./dom.js";
import { currentLanguage, onLanguageChange, t } from "./language.js";
import { toast } from "./notices.js";
import { openLink, startRouter } from "./router.js";
import { buildShell, frameRoute } from "./shell.js";
import { onTrouble } from "./storage.js";
import { cartView } from "./views/cart.js";
import { categoryView } from "./views/category.js";
import { homeView } from "./views/home.js";
import { itemView } from "./views/item.js";
import { searchView } from "./views/search.js";
import { settingsView } from "./views/settings.js";

// A view is async (parameters, memory) => { title, content }.
const ROUTES = {
  home: { view: homeView, search: true, tabs: true },
  search: { view: searchView, search: true, tabs: false },
  category: { view: categoryView, search: true, tabs: true },
  cart: { view: cartView, search: false, tabs: true },
  settings: { view: settingsView, search: false, tabs: true },
  item: { view: itemView, search: false, tabs: false },
  missing: { view: async () => missing(t("missingPage")), search: true, tabs: true },
};

const root = document.documentElement;
const main = document.getElementById("view");
let latest = 0;
// The first view takes a while to make. What stands around it is seen meanwhile; where nothing is drawn, nothing waits.
const shellSeen = new Promise((go) => {
  requestAnimationFrame(() => setTimeout(go));
  setTimeout(go, 100);
});

function failedView(error) {
  console.error(error);
  const again = element("button", { class: "button is-primary", onclick: () => location.reload() }, t("tryAgain"));
  return { title: t("failed"), content: placeholder({ drawing: "not-here", title: t("failed"), hint: t("missingHint"), action: again }) };
}

async function show({ name, parameters }, memory) {
  const turn = ++latest;
  delete root.dataset.ready;
  await shellSeen;
  const known = Object.hasOwn(ROUTES, name) ? name : "missing";
  const result = await ROUTES[known].view(parameters, memory).catch(failedView);
  if (turn !== latest) return;

  frameRoute({ name: known, ...ROUTES[known] }, parameters);
  root.dataset.route = known;
  document.title = known === "home" ? t("appName") : `${result.title} · ${t("appName")}`;
  main.replaceChildren(result.content);
  if (document.activeElement?.id !== "search") main.focus({ preventScroll: true });
  root.dataset.ready = known;
}

function applyLanguage() {
  root.lang = currentLanguage() === "zh" ? "zh-CN" : "en";
  buildShell();
}

applyLanguage();
onTrouble((kind) => toast(t(kind)));
const refresh = startRouter(show);
// What another app, or this one, opens while the page runs. Outside of the phone nothing comes.
window.yun?.page.addEventListener("link", ({ uri }) => openLink(uri));
onLanguageChange(() => {
  applyLanguage();
  refresh();
});
