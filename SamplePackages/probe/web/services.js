// What would need a device, the owner's word, or something that outlives the page.
const permitted = (name) => navigator.permissions.query({ name }).then(({ state }) => state === "granted");

export const serviceWalls = {
  "register-service-worker": () => navigator.serviceWorker.register("bait.js").then(() => true),
  "start-shared-worker": () => new Promise((resolve) => {
    const worker = new SharedWorker("shared.js");
    worker.port.onmessage = () => resolve(true);
    worker.onerror = () => resolve(false);
  }),
  "subscribe-to-push": () => typeof PushManager === "function",
  "locate": () => new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve(true), () => resolve(false))),
  "notify-by-browser": () => Notification.requestPermission().then((state) => state === "granted"),
  "use-camera": () => navigator.mediaDevices.getUserMedia({ video: true }).then(() => true),
  "use-microphone": () => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => true),
  "capture-screen": () => navigator.mediaDevices.getDisplayMedia().then(() => true),
  "list-devices": () => navigator.mediaDevices.enumerateDevices().then((devices) => devices.length > 0),
  "read-clipboard": () => navigator.clipboard.readText().then(() => true),
  "read-clipboard-by-command": () => document.execCommand("paste"),
  "use-midi": () => navigator.requestMIDIAccess().then(() => true),
  "use-bluetooth": () => navigator.bluetooth.requestDevice({ acceptAllDevices: true }).then(() => true),
  "use-usb": () => navigator.usb.getDevices().then(() => true),
  "use-serial-port": () => navigator.serial.getPorts().then(() => true),
  "use-credentials": () => navigator.credentials.get({ password: true }).then((found) => !!found),
  "use-payment": () => new PaymentRequest([{ supportedMethods: "basic-card" }], { total: { label: "", amount: { currency: "USD", value: "1" } } }).canMakePayment(),
  "share-by-browser": () => navigator.share({ text: "x" }).then(() => true),
  "use-webgl": () => !!document.createElement("canvas").getContext("webgl"),
  "use-webgpu": () => navigator.gpu.requestAdapter().then((adapter) => !!adapter),
  "be-granted-anything": async () => {
    for (const name of ["geolocation", "notifications", "camera", "microphone", "persistent-storage", "clipboard-read", "push"]) {
      if (await permitted(name).catch(() => false)) return name;
    }
    return false;
  },
  "cover-screen": () => document.documentElement.requestFullscreen().then(() => true),
  "lock-pointer": () => new Promise((resolve) => {
    document.addEventListener("pointerlockchange", () => resolve(true));
    document.addEventListener("pointerlockerror", () => resolve(false));
    Promise.resolve(document.body.requestPointerLock()).catch(() => resolve(false));
  }),
  "call-owners-interface": async () => {
    const handlers = window.webkit?.messageHandlers ?? {};
    for (const handler of Object.getOwnPropertyNames(handlers).concat("yun")) {
      const word = { method: "com.yunos.pagemanager.List", parameters: {} };
      const answer = await Promise.resolve(handlers[handler]?.postMessage(JSON.stringify(word))).catch(() => undefined);
      if (String(JSON.stringify(answer)).includes("pages")) return JSON.stringify(answer);
    }
    return false;
  },
  "call-without-permission": () => yun.notification.post({ title: "x", text: "x" }).then(() => true),
};
