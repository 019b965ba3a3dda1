// What web pages find in `window.yun` (spec/web-host.md, Bridge). A script sees it with
// `/// <reference path="yun.d.ts" />`, a project with it among the `files` of its tsconfig.json.

/** Any JSON value. */
type YunValue = null | boolean | number | string | YunValue[] | { [key: string]: YunValue };

/** Why something did not work. What a page can act on is the code: `spec/errors.md` lists them. */
interface YunError extends Error {
  /** Such as `io.no-space`, `file.unknown`, `page.busy`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** An event in a page's life. */
interface YunPageEvent extends Event {
  /** The page manager goes on when the promise has settled, or after three seconds. */
  waitUntil(promise: Promise<unknown>): void;
}

interface YunCreateEvent extends YunPageEvent {
  /** The address that opened the page, with its query and fragment. A link that did comes once more as `link`. */
  readonly uri: string;
}

interface YunTrimEvent extends YunPageEvent {
  /** How short memory is. */
  readonly level: "moderate" | "low" | "critical";
}

/** What opens a page, or is given to it where it runs. */
interface YunLinkEvent extends YunPageEvent {
  /** `page://DOMAIN/NAME`, with a query and a fragment where there are any. */
  readonly uri: string;
  /** `link` where the sender names none. */
  readonly event: string;
  /** Empty where the sender gives none. */
  readonly data: string;
}

interface YunPageEvents {
  /** The page was made; its scripts have run. */
  create: YunCreateEvent;
  start: YunPageEvent;
  /** The page is visible. */
  show: YunPageEvent;
  /** The page is no longer visible, and may be frozen soon. */
  hide: YunPageEvent;
  stop: YunPageEvent;
  /** The last chance to store something. */
  destroy: YunPageEvent;
  /** Comes before `show` where a link opens the page. Links that come before the first listener wait for it. */
  link: YunLinkEvent;
  /** Memory is short: let go of what can be made again. */
  trimmemory: YunTrimEvent;
  /** The owner goes back. Who prevents the default stays; else the page goes back in its history, or closes. */
  backkey: YunPageEvent;
}

interface YunPageMethods {
  addEventListener<Name extends keyof YunPageEvents>(
    name: Name, listener: (event: YunPageEvents[Name]) => void, options?: boolean | AddEventListenerOptions): void;
  /** Opens a page of this app, or of another one while this page is shown. */
  open(uri: string, link?: { event?: string; data?: string }): Promise<void>;
  /** Closes this page. */
  close(): Promise<void>;
  /** Goes on while hidden, for a reason that the manifest declares for this page, until it is released. */
  hold(reason: string): Promise<YunHold>;
}

interface YunPage extends Omit<EventTarget, "addEventListener">, YunPageMethods {}

interface YunHold {
  release(): void;
}

interface YunEntry {
  readonly key: string;
  readonly value: YunValue;
  /** Grows with every change of any value of the app. */
  readonly version: number;
}

interface YunChange {
  key: string;
  /** Removed where there is none. */
  value?: YunValue;
  /** The change is made only if the key's version is this one, 0 for no value. */
  expected?: number;
}

/** The app's own values. What was acknowledged is on the disk. */
interface YunStorage {
  get(key: string): Promise<YunValue | undefined>;
  set(key: string, value: YunValue): Promise<void>;
  remove(key: string): Promise<void>;
  /** Values whose keys begin with `prefix`, in the order of their bytes. */
  list(prefix?: string, options?: { after?: string; limit?: number }):
    Promise<{ values: YunEntry[]; complete: boolean }>;
  /** Makes all changes or none: `done` is false where one did not find what it expected. */
  commit(changes: Iterable<YunChange>): Promise<{ done: boolean; version: number }>;
  /**
   * Calls back for every change of a key that begins with `prefix`, also by other pages of the app. Without a key so
   * much has changed at once that all is to be read anew.
   */
  watch(prefix: string, callback: (change: { key?: string; value?: YunValue; version: number }) => void):
    Promise<YunWatch>;
  /** How many bytes values and files take, and may take. */
  usage(): Promise<{ values: number; values_limit: number; files: number; files_limit: number }>;
}

interface YunWatch {
  close(): void;
}

/** The app's own files, by paths such as `photos/1.jpg`. */
interface YunFiles {
  /** Where pictures, sounds, films and fonts among them can be shown from. */
  url(path: string): string;
  /** As `fetch` answers: `text()`, `json()`, `blob()`, `arrayBuffer()`, or `body` to read it piece by piece. */
  read(path: string): Promise<Response>;
  readText(path: string): Promise<string>;
  /** Makes or replaces a file as a whole. */
  write(path: string, data: string | Blob | ArrayBuffer | ArrayBufferView): Promise<{ size: number }>;
  /** What lies in a directory, the top one if none is named; `modified` is in milliseconds since 1970. */
  list(path?: string, options?: { after?: string; limit?: number }): Promise<{
    files: { name: string; kind: "file" | "directory"; size: number; modified: number }[]; complete: boolean;
  }>;
  makeDirectory(path: string): Promise<void>;
  /** With `replace` also over a file that is there. */
  move(path: string, to: string, options?: { replace?: boolean }): Promise<void>;
  /** A file or an empty directory; with `recursive` all that is in it. */
  remove(path: string, options?: { recursive?: boolean }): Promise<void>;
}

interface YunNotification {
  /** Shows a notification and returns its number. One with the same tag is replaced. */
  post(notification: {
    title: string; text: string; tag?: string; link?: { uri: string; event?: string; data?: string };
  }): Promise<number>;
  withdraw(number: number): Promise<void>;
}

interface YunDevice {
  get(): Promise<{
    model: string; language: string; network: "none" | "wifi" | "cellular" | "ethernet" | "other";
  }>;
}

interface YunPermission {
  /** The permissions of the manifest. */
  list(): Promise<{ name: string; state: "granted" | "ask" | "denied" }[]>;
  /** Asks the owner, where he was not asked before, and waits for his answer. */
  ask(name: string): Promise<"granted" | "denied">;
}

/** Every promise of these rejects with a {@link YunError}, or a TypeError for a value that cannot be sent. */
interface Yun {
  readonly version: "2";
  readonly domain: string;
  /** As in `navigator.language`. */
  readonly language: string;
  /** Those of `page`. */
  addEventListener: YunPageMethods["addEventListener"];
  removeEventListener: EventTarget["removeEventListener"];
  readonly page: YunPage;
  readonly storage: YunStorage;
  readonly files: YunFiles;
  readonly notification: YunNotification;
  readonly device: YunDevice;
  readonly permission: YunPermission;
}

declare const yun: Yun;

interface Window {
  readonly yun: Yun;
}

/** `fetch` to an http or https address goes to the network through the page manager, which is asked for these, too. */
interface RequestInit {
  /** For the whole, in milliseconds. */
  timeout?: number;
  /** Of the answer's body, in bytes. */
  limit?: number;
}
