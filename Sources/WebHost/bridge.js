// `window.yun`, and `fetch` to the network: the page's side of the broker (spec/web-host.md, Bridge). It runs in the
// page's own world before the page's first script, is given what the host knows, and holds nothing secret.
(config) => {
  "use strict";
  // Taken before the page can change them.
  const { parse, stringify } = JSON;
  const { assign, defineProperty, entries, freeze } = Object;
  const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
  const { document, fetch: engineFetch, reportError: report, Error, Event, Headers, Promise, ReadableStream, Request, Response, TypeError, URL } = window;
  const debug = console.debug.bind(console);
  const door = window.webkit?.messageHandlers?.yun;
  const post = (text) => door.postMessage(text);
  const own = `page://${config.domain}/`;

  // MARK: Calls

  // What a reply that is an error says.
  const failure = ({ error, parameters }, Type = Error) => {
    const { code, message, hint, parameter } = parameters ?? {};
    if (code) return assign(new Type(message), { code, hint });
    return parameter === undefined
      ? assign(new Type(`the page manager does not know this: ${error}`), { code: "platform.unavailable" })
      : assign(new Type(`the page manager does not take such a ${parameter}`), { code: "usage" });
  };

  // The host answers nothing to a page that is about to end.
  const ended = '{"error":"","parameters":{"code":"page.ended","message":"this has ended"}}';

  const ask = async (text) => {
    const reply = parse(await post(text) ?? ended);
    if (reply.error) throw failure(reply);
    return reply;
  };

  const call = async (method, parameters = {}) =>
    (await ask(`call com.yunos.${method}\n${stringify(parameters)}`)).parameters ?? {};

  // A call that replies several times.
  const open = async (method, parameters) => {
    const { stream } = await ask(`open com.yunos.${method}\n${stringify(parameters)}`);
    return { next: () => ask(`next ${stream}`), end: () => { post(`end ${stream}`); } };
  };

  // Calls `take` with every reply until the stream ends, by whoever's wish.
  const follow = async (stream, take) => {
    try {
      for (let reply; (reply = await stream.next()).continues;) take(reply.parameters ?? {});
    } catch (error) {
      if (error.code !== "page.ended") report(error);
    }
  };

  const asJSON = (value) => {
    const text = stringify(value);
    if (text === undefined) throw new TypeError("this value cannot be written as JSON");
    return text;
  };

  // MARK: Pages

  const page = new EventTarget();
  const earlyLinks = [];
  const earlyLinksMax = 16;
  let hearsLinks = false;

  const listen = (...rest) => {
    addEventListener.apply(page, rest);
    if (rest[0] !== "link" || hearsLinks) return;
    hearsLinks = true;
    for (const link of earlyLinks.splice(0)) dispatchEvent.call(page, link);
  };

  const typeNames = { trim_memory: "trimmemory", back_key: "backkey" };

  const partsOf = {
    create: ({ link }) => ({ uri: link?.uri }),
    link: ({ link }) => ({ event: "link", data: "", ...link }),
    trimmemory: ({ level }) => ({ level }),
  };

  const pageEvent = (description, waitUntil) => {
    const type = typeNames[description.event] ?? description.event;
    const event = new Event(type, { cancelable: type === "backkey" });
    const parts = { waitUntil, ...partsOf[type]?.(description) };
    for (const [name, value] of entries(parts)) defineProperty(event, name, { value });
    return event;
  };

  // Gives the page an event and waits for what it asks to be waited for. Whether it prevented what would come now.
  const deliver = async (description) => {
    const promises = [];
    const event = pageEvent(description, (promise) => { promises.push(promise); });
    if (event.type === "link" && !hearsLinks) {
      if (earlyLinks.push(event) > earlyLinksMax) earlyLinks.shift();
    } else {
      dispatchEvent.call(page, event);
    }
    await Promise.allSettled(promises);
    return event.defaultPrevented;
  };

  const followEvents = async () => {
    for (let done = ""; ;) {
      const { error, parameters: event } = parse(await post(`event ${done}`) ?? ended);
      if (error !== undefined || !event) return;
      done = `${event.number} ${await deliver(event) ? "prevented" : "done"}`;
    }
  };

  const pageMethods = {
    addEventListener: listen,
    async open(uri, { event, data } = {}) {
      await call("page.Open", { link: { uri: String(uri), event, data } });
    },
    async close() {
      if (config.instance === null) window.close();
      else await call("page.Close", { instance: config.instance });
    },
    async hold(reason) {
      const stream = await open("page.Hold", { instance: config.instance, reason: String(reason) });
      // The first reply says that it holds, or why not.
      await stream.next();
      follow(stream, () => {});
      return freeze({ release: stream.end });
    },
  };
  for (const [name, value] of entries(pageMethods)) defineProperty(page, name, { value, enumerable: true });

  // MARK: Storage

  const asChange = ({ key, value, expected }) =>
    ({ key: String(key), value: value === undefined ? undefined : asJSON(value), expected });
  const asEntry = ({ key, value, version }) => ({ key, value: value === undefined ? undefined : parse(value), version });
  const commit = async (changes) => call("storage.Commit", { changes: [...changes].map(asChange) });

  const storage = {
    async get(key) {
      const { value } = await call("storage.Get", { key: String(key) });
      return value ? parse(value.value) : undefined;
    },
    async set(key, value) {
      await call("storage.Commit", { changes: [{ key: String(key), value: asJSON(value) }] });
    },
    async remove(key) { await commit([{ key }]); },
    async list(prefix = "", { after, limit } = {}) {
      const { values, complete } = await call("storage.List", { prefix: String(prefix), after, limit });
      return { values: values.map(asEntry), complete };
    },
    commit,
    async watch(prefix, callback) {
      const stream = await open("storage.Watch", { prefix: String(prefix) });
      follow(stream, (change) => {
        try { callback(asEntry(change)); } catch (error) { report(error); }
      });
      return freeze({ close: stream.end });
    },
    usage: () => call("storage.Usage"),
  };

  // MARK: Files

  const plain = (init) => ({ cache: "no-store", credentials: "omit", ...init });
  const fileURL = (path) => {
    const names = String(path).split("/");
    // An address with them would be another one.
    if (names.some((name) => ["", ".", ".."].includes(name))) {
      throw assign(new Error(`${path} is not the plain path of a file`), { code: "usage" });
    }
    return `${own}.yun/file/${names.map(encodeURIComponent).join("/")}`;
  };
  const checked = async (response, Type) => {
    if (response.headers.get("yun-failure") === null) return response;
    throw failure(parse(await response.text()), Type);
  };

  const files = {
    url: fileURL,
    read: async (path) => checked(await engineFetch(fileURL(path), plain())),
    readText: async (path) => (await files.read(path)).text(),
    async write(path, data) {
      // The engine hands over the bytes of texts and buffers, but not those of blobs.
      const body = data instanceof Blob ? await data.arrayBuffer() : data;
      const isBytes = body instanceof ArrayBuffer || ArrayBuffer.isView(body);
      const init = plain({ method: "POST", body: isBytes ? body : String(body) });
      return parse(await (await checked(await engineFetch(fileURL(path), init))).text()).parameters;
    },
    list: (path = "", { after, limit } = {}) => call("storage.ListFiles", { path: String(path), after, limit }),
    async makeDirectory(path) { await call("storage.MakeDirectory", { path: String(path) }); },
    async move(path, to, { replace } = {}) {
      await call("storage.MoveFile", { path: String(path), to: String(to), replace });
    },
    async remove(path, { recursive } = {}) { await call("storage.RemoveFile", { path: String(path), recursive }); },
  };

  // MARK: The phone

  const notification = {
    post: async ({ title, text, tag, link }) =>
      (await call("notification.Post", { title: String(title), text: String(text), tag, link })).number,
    async withdraw(number) { await call("notification.Withdraw", { number }); },
  };
  const device = { get: () => call("device.Get") };
  const permission = {
    list: async () => (await call("permission.List")).permissions,
    ask: async (name) => (await call("permission.Ask", { name: String(name) })).state,
  };

  // MARK: Network

  const isOutside = (input, base) => {
    try {
      return /^https?:$/.test(new URL(input instanceof Request ? input.url : input, base).protocol);
    } catch {
      return false;
    }
  };

  // JSON that can stand in a header.
  const ascii = (json) => json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

  let requests = 0;
  const documentName = Math.random().toString(36).slice(2);

  // A request to the network, as one to the host.
  const fetchOutside = async (request, { timeout, limit } = {}) => {
    const { method, url, integrity, redirect, signal } = request;
    const body = method === "GET" || method === "HEAD" ? undefined : await request.arrayBuffer();
    signal.throwIfAborted();
    const headers = [...request.headers].map(([name, value]) => ({ name, value }));
    const parameters = { method, url, headers, body: body?.byteLength > 0 || undefined, redirect, timeout, limit };
    const ticket = `${documentName}-${++requests}`;
    // Until the answer begins, only this tells the host; afterwards the engine closes the body.
    const cancel = () => { post(`cancel ${ticket}`); };
    addEventListener.call(signal, "abort", cancel, { once: true });
    try {
      const answer = await engineFetch(`${own}.yun/fetch/${ticket}`, plain({
        method: parameters.body ? "POST" : "GET", body: parameters.body && body, integrity, signal,
        headers: { "Yun-Request": ascii(stringify(parameters)) },
      }));
      return paced(await checked(answer, TypeError), ticket, url);
    } finally {
      removeEventListener.call(signal, "abort", cancel);
    }
  };

  const paceBytes = 256 << 10;
  const statusesWithoutBody = [204, 205, 304];

  // The answer as the page knows it. The host sends no more of the body than a little beyond what was read here: the
  // engine would hold all of it.
  const paced = (answer, ticket, asked) => {
    const { status, statusText } = answer;
    const headers = new Headers(answer.headers);
    const url = headers.get("yun-url") ?? asked;
    headers.delete("yun-url");
    const body = statusesWithoutBody.includes(status) ? null : pacedBody(answer.body, ticket);
    // The constructor knows no others, though servers do.
    const isUsual = status >= 200 && status <= 599;
    const response = new Response(body, { status: isUsual ? status : 500, statusText, headers });
    if (!isUsual) defineProperty(response, "status", { value: status });
    return known(response, url, url !== asked);
  };

  const pacedBody = (body, ticket) => {
    const reader = body?.getReader();
    let unread = 0;
    return reader ? new ReadableStream({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        controller.enqueue(value);
        unread += value.byteLength;
        if (unread < paceBytes) return;
        post(`read ${ticket} ${unread}`);
        unread = 0;
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 }) : null;
  };

  // The response with what its constructor does not take.
  const known = (response, url, redirected) => {
    const { clone } = response;
    return Object.defineProperties(response, {
      url: { value: url }, redirected: { value: redirected }, type: { value: "basic" },
      clone: { value: () => known(clone.call(response), url, redirected) },
    });
  };

  if (config.hasBroker) {
    const fetch = async (input, init) => isOutside(input, document.baseURI)
      ? fetchOutside(new Request(input, init), init) : engineFetch(input, init);
    defineProperty(window, "fetch", { value: fetch, enumerable: true, configurable: true, writable: true });
  }

  const yun = freeze({
    version: config.version, domain: config.domain, language: config.language,
    addEventListener: listen,
    removeEventListener: (...rest) => removeEventListener.apply(page, rest),
    page: freeze(page), storage: freeze(storage), files: freeze(files), notification: freeze(notification),
    device: freeze(device), permission: freeze(permission),
  });
  defineProperty(window, "yun", { value: yun, enumerable: true });
  if (config.instance !== null) {
    addEventListener.call(document, "DOMContentLoaded", followEvents, { once: true });
  }

  // MARK: Reports

  const tellPlace = (error, other) => {
    const stack = error instanceof Error ? String(error.stack) : "";
    const place = stack.match(/page:\/\/[^\s]+:\d+:\d+/)?.[0] ?? other;
    if (place) debug(config.rejectionMark + place);
  };
  addEventListener.call(window, "unhandledrejection", (event) => tellPlace(event.reason));
  const loader = window.Loader;
  delete window.Loader;
  if (!loader) return;
  const fail = (error, file) => { tellPlace(error, file); report(error); };
  const settle = async (end, file) => { try { await end; } catch (error) { fail(error, file); } };
  const evaluate = loader.linkAndEvaluateModule;
  loader.linkAndEvaluateModule = function (file, fetcher) {
    const end = evaluate.call(this, file, fetcher);
    // A module that import() loads has a fetcher, and a promise that the page itself holds.
    if (fetcher === undefined) settle(end, file);
    return end;
  };
}
