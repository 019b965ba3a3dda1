// Hash routes such as "#/item?id=42". Each history entry keeps its scroll position
// and a small memory for its view, so that going back shows what was left.

/** @returns {string} */
export function hrefTo(name, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return `#/${name === "home" ? "" : name}${query ? `?${query}` : ""}`;
}

export function parseHash(hash) {
  const [path, ...rest] = hash.replace(/^#\/?/, "").split("?");
  return { name: path || "home", parameters: new URLSearchParams(rest.join("?")) };
}

/** The route that a page link asks for: `page://DOMAIN/item?id=42` is `#/item?id=42`, and a fragment is a route already. */
function hrefOfLink(uri) {
  const { pathname, search, hash } = new URL(uri);
  return hash || (pathname === "/item" ? `#/item${search}` : hrefTo("home"));
}

let isOpened = false;

/** Goes where a page link leads. The first one opens the page: what was before it is nothing to go back to. */
export function openLink(uri) {
  const href = hrefOfLink(uri);
  const { name, parameters } = parseHash(href);
  if (isOpened) location.hash = href;
  else if (href !== (location.hash || hrefTo("home"))) replaceRoute(name, parameters);
  isOpened = true;
}

export const navigate = (name, parameters) => {
  location.hash = hrefTo(name, parameters);
};

/** Back within the app; home when this entry was opened directly. */
export function goBack() {
  if (history.state?.depth > 0) history.back();
  else replaceRoute("home");
}

const REPLACE = "route-replace";

/** Changes the route without a new history entry, e.g. for another sort order. */
export function replaceRoute(name, parameters) {
  history.replaceState(history.state, "", hrefTo(name, parameters));
  window.dispatchEvent(new Event(REPLACE));
}

/** @param {(route: object, memory: object) => Promise<void>} show */
export function startRouter(show) {
  const memories = new Map();
  let entry = null;

  history.scrollRestoration = "manual";
  // A document for one route gets its parameters as a query.
  const { page } = document.documentElement.dataset;
  if (page && !location.hash) history.replaceState(null, "", `#/${page}${location.search}`);

  function adoptEntry() {
    if (!history.state?.entry) {
      const depth = entry ? (entry.depth ?? 0) + 1 : 0;
      history.replaceState({ entry: `${Date.now()}-${Math.random()}`, depth }, "");
    }
    return history.state;
  }

  async function present(memory) {
    const wanted = memory.scroll ?? 0;
    await show(parseHash(location.hash), memory);
    if (memories.get(entry.entry) === memory) window.scrollTo(0, wanted);
  }

  async function onMove() {
    const next = adoptEntry();
    if (entry?.entry === next.entry) return;
    if (entry) memories.get(entry.entry).scroll = window.scrollY;
    entry = next;
    if (!memories.has(entry.entry)) memories.set(entry.entry, {});
    await present(memories.get(entry.entry));
  }

  async function again(memory) {
    memories.set(entry.entry, memory);
    await present(memory);
  }

  window.addEventListener("hashchange", onMove);
  window.addEventListener(REPLACE, () => again({}));
  onMove();

  /** Shows the current route anew, e.g. in another language. */
  return () => again({ ...memories.get(entry.entry), scroll: window.scrollY });
}
