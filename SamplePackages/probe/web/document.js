// Ways of the document to elsewhere: whoever gets away never says so, and the page that is asked for tells on it.
import { foreign, outside, sent } from "./bait.js";

const link = (attributes) => {
  const made = document.createElement("a");
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = "x";
  document.body.append(made);
  made.click();
};
const form = (attributes) => {
  const made = document.createElement("form");
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  document.body.append(made);
  made.submit();
};
const refresh = (url) => {
  const meta = document.createElement("meta");
  meta.httpEquiv = "refresh";
  meta.content = `0; url=${url}`;
  document.head.append(meta);
};

export const documentWalls = {
  "open-window": () => window.open(outside("open-window")),
  "open-own-window": () => window.open("index.html"),
  "open-blank-target": () => sent(() => link({ href: outside("open-blank-target"), target: "_blank" })),
  "have-opener": () => window.opener || window.parent !== window,
  "download-by-link": () => sent(() => link({ href: outside("download-by-link"), download: "x" })),
  "download-blob": () => sent(() => link({ href: URL.createObjectURL(new Blob(["x"])), download: "probe-download" })),
  "send-form": () => sent(() => form({ action: outside("send-form"), method: "get" })),
  "post-form": () => sent(() => form({ action: outside("post-form"), method: "post" })),
  "refresh-elsewhere": () => sent(() => refresh(outside("refresh-elsewhere"))),
  "go-to-http": () => sent(() => { location.href = outside("go-to-http"); }),
  "go-to-file": () => sent(() => { location.href = "file:///etc/passwd"; }),
  "go-to-data": () => sent(() => { location.href = "data:text/html,x"; }),
  "go-to-blob": () => sent(() => { location.href = URL.createObjectURL(new Blob(["x"], { type: "text/html" })); }),
  "go-to-other-app": () => sent(() => { location.href = foreign; }),
  "go-to-stored-page": () => sent(async () => {
    await yun.files.write("strange.html", "<title>strange</title>");
    location.href = "/.yun/file/strange.html";
  }),
  "go-to-about": () => sent(() => { location.href = "about:blank"; }),
  "ask-on-leaving": () => sent(() => { location.href = "mailto:a@example.com"; }),
};
