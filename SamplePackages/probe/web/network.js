// Every way of a page to something that is not a file of its package.
import { foreign, loads, outside, port, sent } from "./bait.js";

const answers = (url, options) => fetch(url, options).then((response) => response.text()).then(() => true);
const request = (url) =>
  new Promise((resolve) => {
    const made = new XMLHttpRequest();
    made.onload = () => resolve(true);
    made.onerror = () => resolve(false);
    made.open("GET", url);
    made.send();
  });
const style = (text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
};

export const networkWalls = {
  "fetch-file": () => answers("file:///etc/passwd"),
  "request-file": () => request("file:///etc/passwd"),
  "load-file-picture": () => loads("img", { src: "file:///usr/share/pixmaps/debian-logo.png" }),
  "load-file-script": () => loads("script", { src: "file:///app/web/bait.js" }),
  "fetch-other-app": () => answers(foreign, { mode: "no-cors" }),
  "load-other-apps-script": () => loads("script", { src: foreign }),
  "load-other-apps-picture": () => loads("img", { src: foreign.replace("app.js", "icon.svg") }),
  "leave-package": async () => {
    const paths = ["../secret", "/..%2f..%2fdata/values.db", "%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/.yun/file/../../values.db", "/.yun/file/..%2fvalues.db"];
    for (const path of paths) {
      const response = await fetch(path).catch(() => undefined);
      if (response?.ok) return path;
    }
    return false;
  },
  "fetch-http": () => answers(outside("fetch-http")),
  "fetch-http-opaque": () => answers(outside("fetch-http-opaque"), { mode: "no-cors" }),
  "fetch-https": () => answers("https://www.example.com/"),
  "fetch-keepalive": () => answers(outside("fetch-keepalive"), { keepalive: true, method: "POST", body: "x" }),
  "request-http": () => request(outside("request-http")),
  "listen-for-events": () => new Promise((resolve) => {
    const source = new EventSource(outside("listen-for-events"));
    source.onopen = () => resolve(true);
    source.onerror = () => { source.close(); resolve(false); };
  }),
  "open-websocket": () => new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/open-websocket`);
    socket.onopen = () => resolve(true);
    socket.onerror = socket.onclose = () => resolve(false);
  }),
  "open-webtransport": () => new WebTransport(`https://127.0.0.1:${port}/`).ready.then(() => true),
  "open-peer-connection": () => new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] }).createOffer().then(() => true),
  "send-beacon": () => sent(() => navigator.sendBeacon(outside("send-beacon"), "x")),
  "send-ping": () => sent(() => {
    const link = document.createElement("a");
    link.ping = outside("send-ping");
    link.href = "#";
    document.body.append(link);
    link.click();
  }),
  "load-picture": () => loads("img", { src: outside("load-picture") }),
  "load-script": () => loads("script", { src: outside("load-script") }),
  "load-module": () => import(outside("load-module")).then(() => true),
  "load-worker": () => new Promise((resolve) => {
    const worker = new Worker(outside("load-worker"));
    worker.onmessage = () => resolve(true);
    worker.onerror = () => resolve(false);
  }),
  "load-style": () => loads("link", { rel: "stylesheet", href: outside("load-style") }, document.head),
  "load-style-picture": () => sent(() => {
    style(`body { background: url(${outside("load-style-picture")}) }`);
    document.body.getBoundingClientRect();
  }),
  "load-font": () => new FontFace("outside", `url(${outside("load-font")})`).load().then(() => true),
  "load-video": () => loads("video", { src: outside("load-video"), preload: "auto" }),
  "load-sound": () => loads("audio", { src: outside("load-sound"), preload: "auto" }),
  "load-frame": () => loads("iframe", { src: outside("load-frame") }).then(() => false),
  "load-object": () => loads("object", { data: outside("load-object") }),
  "load-plugin": () => loads("embed", { src: outside("load-plugin"), type: "text/html" }).then(() => false),
  "load-icon": () => sent(() => loads("link", { rel: "icon", href: outside("load-icon") }, document.head)),
  "load-manifest": () => sent(() => loads("link", { rel: "manifest", href: outside("load-manifest") }, document.head)),
  "prefetch": () => sent(() => { loads("link", { rel: "prefetch", href: outside("prefetch") }, document.head); }),
  "preload": () => sent(() => { loads("link", { rel: "preload", as: "image", href: outside("preload") }, document.head); }),
  "preload-module": () => sent(() => { loads("link", { rel: "modulepreload", href: outside("preload-module") }, document.head); }),
  // Without a path: that anything connects is told by the server as what it is.
  "preconnect": () => sent(() => {
    loads("link", { rel: "preconnect", href: outside("") }, document.head);
    loads("link", { rel: "dns-prefetch", href: "//www.example.com" }, document.head);
  }),
  "load-by-base": () => sent(async () => {
    const base = document.createElement("base");
    base.href = outside("");
    document.head.append(base);
    const picture = document.createElement("img");
    picture.src = "load-by-base";
    document.body.append(picture);
    base.remove();
  }),
};
