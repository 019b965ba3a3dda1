// Which language the user reads, and texts in it.

import { read, write } from "./storage.js";
import { texts } from "./texts.js";

const KEY = "language";
const listeners = new Set();

export const LANGUAGES = Object.keys(texts);

function systemLanguage() {
  const wanted = navigator.languages?.length ? navigator.languages : [navigator.language ?? ""];
  const codes = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => LANGUAGES.includes(code)) ?? "en";
}

function storedChoice() {
  const stored = read(KEY);
  return LANGUAGES.includes(stored) ? stored : "system";
}

let choice = storedChoice();

export const languageChoice = () => choice;

export const currentLanguage = () => (choice === "system" ? systemLanguage() : choice);

/** @param {"system" | "en" | "zh"} next */
export function chooseLanguage(next) {
  choice = LANGUAGES.includes(next) ? next : "system";
  write(KEY, choice);
  for (const listener of listeners) listener();
}

export const onLanguageChange = (listener) => listeners.add(listener);

window.addEventListener("languagechange", () => {
  if (choice === "system") for (const listener of listeners) listener();
});

/** A text of the user interface; some take arguments. */
export function t(key, ...values) {
  const text = texts[currentLanguage()][key] ?? texts.en[key] ?? key;
  return typeof text === "function" ? text(...values) : text;
}

/** The right half of a bilingual text from the shop. */
export const pick = (text) => text[currentLanguage()] ?? text.en;
