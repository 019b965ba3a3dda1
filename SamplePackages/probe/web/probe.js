// Tries every wall of a web page from inside and says one line for each: wall NAME allowed|denied DETAIL.
import { documentWalls } from "./document.js";
import { networkWalls } from "./network.js";
import { scriptWalls } from "./script.js";
import { serviceWalls } from "./services.js";
import { storageWalls } from "./storage.js";

// Longer than anything that answers at all, for what does not answer where it is refused.
const patienceMilliseconds = 1500;

const attempt = (wall) =>
  Promise.race([
    Promise.resolve()
      .then(wall)
      .then((result) => [result ? "allowed" : "denied", result === true || !result ? "" : result]),
    new Promise((resolve) => setTimeout(resolve, patienceMilliseconds, ["denied", "no answer"])),
  ]).catch((error) => ["denied", `${error?.name}: ${error?.message}`]);

const walls = { ...scriptWalls, ...storageWalls, ...serviceWalls, ...networkWalls, ...documentWalls };
for (const [name, wall] of Object.entries(walls)) {
  const [result, detail] = await attempt(wall);
  console.log("wall", name, result, String(detail).replaceAll("\n", " ").slice(0, 120));
}
document.getElementById("state").textContent = "Everything was tried.";
console.log("everything tried");
