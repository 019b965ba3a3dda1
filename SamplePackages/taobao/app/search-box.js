// The search field of the header with its list of suggestions (an ARIA combobox).

import { element } from "./dom.js";
import { searches } from "./history.js";
import { icon } from "./drawing/icons.js";
import { currentLanguage, t } from "./language.js";
import { iconButton } from "./components.js";
import { navigate, parseHash, replaceRoute } from "./router.js";
import { suggest } from "./shop.js";

const LONGEST = 60;

export function submitSearch(text) {
  const q = text.trim().slice(0, LONGEST);
  if (!q) return;
  searches.add(q);
  const onSearchPage = parseHash(location.hash).name === "search";
  (onSearchPage ? replaceRoute : navigate)("search", { q });
}

export function createSearchBox() {
  const input = element("input", {
    id: "search", type: "search", name: "q", role: "combobox", autocomplete: "off", enterkeyhint: "search", maxlength: LONGEST,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions",
    "aria-label": t("searchLabel"), placeholder: t("searchHint"),
  });
  const clear = iconButton("close", t("searchClear"), onClear, { id: "search-clear", hidden: true });
  const options = element("ul", { id: "suggestions", role: "listbox", "aria-label": t("suggestions"), hidden: true });
  const form = element("form", { id: "search-form", role: "search", onsubmit: onSubmit },
    icon("search"), input, clear,
    element("button", { type: "submit", id: "search-submit" }, t("searchButton")), options);

  let active = -1;

  function close() {
    options.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function option(text, index) {
    return element("li", {
      id: `suggestion-${index}`, role: "option", "aria-selected": "false",
      // pointerdown would move the focus and close the list before the click arrives
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(text),
    }, icon("search"), element("span", {}, text));
  }

  async function offer() {
    const text = input.value;
    const found = text.trim() ? await suggest(text, currentLanguage()) : [];
    if (text !== input.value || document.activeElement !== input) return;
    if (!found.length) return close();
    options.replaceChildren(...found.map(option));
    options.hidden = false;
    active = -1;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(text) {
    input.value = text;
    finish(text);
  }

  function finish(text) {
    close();
    submitSearch(text);
    if (text.trim()) input.blur();
  }

  function onSubmit(event) {
    event.preventDefault();
    finish(input.value);
  }

  function onClear() {
    input.value = "";
    clear.hidden = true;
    close();
    input.focus();
    if (parseHash(location.hash).name === "search") replaceRoute("search");
  }

  function moveTo(next) {
    const all = [...options.children];
    active = (next + all.length) % all.length;
    all.forEach((each, index) => each.setAttribute("aria-selected", String(index === active)));
    all[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[active].id);
  }

  function onKey(event) {
    if (options.hidden) return;
    if (event.key === "ArrowDown") moveTo(active + 1);
    else if (event.key === "ArrowUp") moveTo(active < 0 ? -1 : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) choose(options.children[active].textContent);
    else return;
    event.preventDefault();
  }

  // Tapping the field elsewhere leads to the search page with recent and popular searches.
  function onTap() {
    if (parseHash(location.hash).name !== "search") navigate("search");
  }

  input.addEventListener("input", () => {
    clear.hidden = !input.value;
    offer();
  });
  input.addEventListener("keydown", onKey);
  input.addEventListener("click", onTap);
  input.addEventListener("blur", close);

  return {
    form,
    input,
    show(text) {
      input.value = text;
      clear.hidden = !text;
      close();
    },
  };
}
