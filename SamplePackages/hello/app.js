// Storage lasts until the app is removed.
const count = Number(localStorage.getItem("count") ?? 0) + 1;
localStorage.setItem("count", count);
document.querySelector("#count").textContent = count;
