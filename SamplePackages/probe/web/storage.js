// What a page may keep, which is its own and lies in its own data.
export const storageWalls = {
  "keep-values": () => yun.storage.set("probe", "kept").then(() => yun.storage.get("probe")).then((value) => value === "kept"),
  "keep-files": () => yun.files.write("probe.txt", "kept").then(() => true),
  "keep-local-storage": () => {
    localStorage.setItem("probe", "kept");
    return localStorage.getItem("probe") === "kept";
  },
  "keep-database": () => new Promise((resolve, reject) => {
    const request = indexedDB.open("probe", 1);
    request.onsuccess = () => resolve(true);
    request.onerror = () => reject(request.error);
  }),
  "keep-cookie": () => {
    document.cookie = "probe=kept";
    return document.cookie.includes("probe");
  },
  "keep-cache": () => caches.open("probe").then((cache) => cache.put("bait.js", new Response("kept"))).then(() => true),
  "read-outside-files": async () => {
    for (const path of ["../values.db", "/etc/passwd", "..", "a/../../b", ""]) {
      const found = await yun.files.read(path).catch(() => undefined);
      if (found !== undefined) return path;
    }
    return false;
  },
};
