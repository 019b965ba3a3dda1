import { circle, ellipse, group, line, path, rect, repeat, ring } from "./shapes.js";

const GLASS = "#12151d";

export const digital = {
  phone: (t) =>
    group("rotate(-7 90 100)",
      rect(40, 30, 72, 140, t.across, 16),
      rect(47, 37, 34, 40, t.dark, 12),
      circle(58, 49, 8, GLASS), circle(58, 49, 4, "#3c4660"),
      circle(58, 66, 8, GLASS), circle(58, 66, 4, "#3c4660"),
      circle(73, 57, 3, "#fff3c8")) +
    group("rotate(6 130 110)",
      rect(86, 38, 74, 138, GLASS, 16),
      rect(90, 42, 66, 130, t.down, 13),
      path("M90 132q20-26 38-12t28-16v55a13 13 0 0 1-13 13h-40a13 13 0 0 1-13-13z", "#ffffff4d"),
      path("M90 148q24-16 40-4t26-8v23a13 13 0 0 1-13 13h-40a13 13 0 0 1-13-13z", "#ffffff66"),
      circle(140, 76, 9, "#ffffffb3"),
      rect(113, 46, 20, 5, GLASS, 2.5)),

  headphones: (t) =>
    line("M50 118V96a50 50 0 0 1 100 0v22", t.dark, 11) +
    line("M52 108V96a48 48 0 0 1 96 0v12", t.light, 4) +
    rect(36, 98, 30, 58, t.across, 14) + rect(134, 98, 30, 58, t.across, 14) +
    rect(60, 102, 14, 50, "#2a2d38", 7) + rect(126, 102, 14, 50, "#2a2d38", 7) +
    circle(48, 127, 5, "#ffffff59") + circle(152, 127, 5, "#ffffff59"),

  earbuds: (t) =>
    rect(46, 92, 108, 74, t.down, 30) +
    path("M46 118q54 16 108 0v-2q-54 14-108 0z", t.deep) +
    circle(100, 134, 4, "#b9ffcf") +
    group("rotate(-14 76 66)", rect(66, 56, 13, 46, t.pale, 6.5), circle(74, 54, 17, "#fff"), ellipse(63, 54, 8, 10, "#343844")) +
    group("rotate(14 124 66)", rect(121, 56, 13, 46, t.pale, 6.5), circle(126, 54, 17, "#fff"), ellipse(137, 54, 8, 10, "#343844")),

  watch: (t) =>
    path("M74 66l6-40h40l6 40z", t.across) + path("M74 134l6 40h40l6-40z", t.across) +
    rect(58, 58, 84, 84, "#3a3f4c", 24) + rect(62, 62, 76, 76, GLASS, 20) +
    rect(142, 88, 7, 22, "#5a6070", 3) +
    ring(100, 100, 28, "#2b3040", 7) +
    line("M100 72a28 28 0 1 1-26 18", t.light, 7) +
    line("M100 84v17l11 8", "#fff", 4),

  tablet: (t) =>
    group("rotate(-4 100 100)",
      rect(28, 46, 144, 108, t.deep, 12),
      rect(34, 52, 132, 96, t.down, 7),
      path("M34 130l34-34 26 24 24-30 48 44v7a7 7 0 0 1-7 7H41a7 7 0 0 1-7-7z", "#ffffff4d"),
      circle(62, 76, 11, "#ffffffcc")) +
    group("rotate(38 150 130)", rect(146, 82, 9, 82, "#fdfdfd", 4), path("M146 162h9l-4.5 12z", "#c9ccd6")),

  keyboard: (t) =>
    group("rotate(-8 100 108)",
      rect(22, 78, 156, 68, t.dark, 11), rect(22, 74, 156, 66, t.across, 11),
      repeat(10, (n) => rect(29 + n * 14.4, 81, 11.5, 11, n === 0 ? "#ffb35c" : "#fffffff0", 3)),
      repeat(10, (n) => rect(29 + n * 14.4, 95, 11.5, 11, "#fffffff0", 3)),
      repeat(9, (n) => rect(36 + n * 14.4, 109, 11.5, 11, "#ffffffe0", 3)),
      rect(29, 123, 20, 11, "#ffffffd0", 3), rect(53, 123, 74, 11, "#fffffff0", 3), rect(131, 123, 39, 11, "#ffb35c", 3)),

  powerbank: (t) =>
    group("rotate(9 100 100)",
      rect(58, 40, 84, 126, t.across, 18),
      rect(66, 48, 68, 110, "#ffffff1f", 12),
      path("M104 76l-22 30h15l-4 24 24-32H101z", "#ffffffe6"),
      repeat(4, (n) => circle(85 + n * 10, 148, 2.6, n < 3 ? "#c8ffd9" : "#ffffff59")),
      rect(76, 36, 16, 6, "#2c303b", 2), rect(108, 36, 16, 6, "#2c303b", 2)) +
    line("M80 34q-6-22-30-14t-22 36 8 42", "#f4f4f6", 5),

  speaker: (t) =>
    rect(54, 46, 92, 122, t.across, 26) +
    rect(54, 46, 92, 122, "#0000001a", 26) +
    circle(100, 122, 34, "#23262f") + circle(100, 122, 25, t.dark) + circle(100, 122, 11, "#23262f") +
    circle(93, 114, 5, "#ffffff40") +
    circle(100, 72, 14, "#23262f") + circle(100, 72, 7, t.light) +
    line("M76 44q24-22 48 0", t.deep, 6),

  camera: (t) =>
    path("M76 62l8-16h32l8 16z", t.dark) +
    rect(34, 60, 132, 98, t.down, 16) + rect(34, 86, 132, 46, "#22252e", 0) +
    circle(100, 110, 38, "#f1f2f6") + circle(100, 110, 32, "#1a1d26") + circle(100, 110, 20, "#2f3c5c") + circle(100, 110, 10, "#0c0e14") +
    circle(92, 102, 6, "#ffffff8c") + circle(148, 74, 6, "#ff7a3d") + rect(46, 70, 22, 9, "#ffffff8c", 3) + rect(44, 54, 20, 7, t.deep, 3),
};
