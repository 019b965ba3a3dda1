import { list, panel, stripCard } from "../components.js";
import { element } from "../dom.js";
import { seenItems } from "../history.js";
import { icon } from "../drawing/icons.js";
import { chooseLanguage, currentLanguage, languageChoice, LANGUAGES, t } from "../language.js";
import { openSheet, toast } from "../notices.js";
import { cart, item } from "../shop.js";
import { clear } from "../storage.js";

function profile() {
  return element("header", { class: "profile" },
    element("span", { class: "profile-picture" }, icon("person")),
    element("div", {}, element("h1", {}, t("guest")), element("p", {}, t("guestHint"))));
}

async function seenPanel() {
  const seen = (await Promise.all(seenItems.list().map((id) => item(id)))).filter(Boolean);
  if (!seen.length) return null;
  return panel({ id: "seen", title: t("recentlySeen"), symbol: "clock" },
    list("strip", seen.map(stripCard), { id: "recently-seen" }));
}

function languageOption(value, label) {
  const input = element("input", {
    type: "radio", name: "language", value, id: `language-${value}`, onchange: () => chooseLanguage(value),
  });
  input.checked = languageChoice() === value;
  return element("label", { class: "setting", lang: LANGUAGES.includes(value) ? value : currentLanguage() },
    element("span", {}, label), input);
}

function languagePanel() {
  const names = t("languageNames");
  return element("fieldset", { class: "panel settings-group", id: "language" },
    element("legend", {}, t("language")),
    languageOption("system", t("languageSystem")),
    LANGUAGES.map((code) => languageOption(code, names[code])));
}

function forgetEverything() {
  cart.clear();
  clear();
  chooseLanguage("system");
  toast(t("forgotten"));
}

function confirmForget() {
  openSheet({
    id: "forget-sheet",
    title: t("forgetTitle"),
    symbol: "trash",
    paragraphs: [t("forgetText")],
    buttons: [{ label: t("cancel") }, { label: t("forget"), kind: "is-danger", run: forgetEverything }],
  });
}

function privacyPanel() {
  return element("section", { class: "panel settings-group" },
    element("h2", {}, t("privacy")),
    element("p", {}, t("privacyText")),
    element("button", { class: "setting", id: "forget-everything", onclick: confirmForget },
      element("span", {}, t("forgetEverything")), icon("forward")));
}

function aboutPanel() {
  return element("section", { class: "panel settings-group" },
    element("h2", {}, t("about")), element("p", {}, t("aboutText")));
}

export async function settingsView() {
  const content = element("div", { class: "settings" },
    profile(), await seenPanel(), languagePanel(), privacyPanel(), aboutPanel());
  return { title: t("me"), content };
}
