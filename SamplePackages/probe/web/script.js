// Code that is not a file of the package.
const runs = (start) =>
  new Promise((resolve) => {
    globalThis.strange = () => resolve(true);
    Promise.resolve().then(start).catch(() => {});
    setTimeout(resolve, 150, false);
  });

const code = "globalThis.strange()";
const asBlob = (text = code, type = "text/javascript") => URL.createObjectURL(new Blob([text], { type }));
const element = (tag, attributes, text = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  document.body.append(made);
  return made;
};
const worker = (url, options) =>
  new Promise((resolve, reject) => {
    const made = new Worker(url, options);
    made.onmessage = () => resolve(true);
    made.onerror = () => resolve(false);
  });

export const scriptWalls = {
  "run-inline-script": () => runs(() => element("script", {}, code)),
  "run-inline-handler": () => runs(() => element("p", { onclick: code }).click()),
  "run-javascript-link": () => runs(() => element("a", { href: `javascript:${code}` }).click()),
  "run-javascript-location": () => runs(() => { location.href = `javascript:${code}`; }),
  "run-javascript-form": () => runs(() => element("form", { action: `javascript:${code}` }).submit()),
  "run-javascript-frame": () => runs(() => element("iframe", { src: `javascript:parent.${code}` })),
  "run-eval": () => (0, eval)("true"),
  "run-function-text": () => new Function("return true")(),
  "run-timer-text": () => runs(() => setTimeout(code, 0)),
  "run-data-script": () => runs(() => element("script", { src: `data:text/javascript,${code}` })),
  "run-blob-script": () => runs(() => element("script", { src: asBlob() })),
  "run-data-module": () => import("data:text/javascript,export default 1").then(() => true),
  "run-blob-module": () => import(asBlob("export default 1")).then(() => true),
  "run-data-worker": () => worker("data:text/javascript,postMessage(1)"),
  "run-blob-worker": () => worker(asBlob("postMessage(1)")),
  "run-srcdoc-frame": () => runs(() => element("iframe", { srcdoc: `<script>parent.${code}</script>` })),
  "run-data-frame": () => runs(() => element("iframe", { src: `data:text/html,<script>parent.${code}</script>` })),
  "run-svg-script": () =>
    runs(() => element("object", { data: asBlob(`<svg xmlns="http://www.w3.org/2000/svg"><script>parent.${code}</script></svg>`, "image/svg+xml") })),
  "run-stored-script": async () => {
    await yun.files.write("strange.js", code);
    return runs(() => element("script", { src: "/.yun/file/strange.js" }));
  },
  "run-webassembly": () => WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => true),
  "style-inline": () => getComputedStyle(element("p", { style: "position:fixed" })).position === "fixed",
  "share-memory": () => typeof SharedArrayBuffer === "function" && !!new SharedArrayBuffer(8),
  "change-bridge": () => {
    try { yun.domain = "other.example.com"; } catch {}
    try { Object.defineProperty(window, "yun", { value: {} }); } catch {}
    return yun.domain !== location.hostname;
  },
};
