import { circle, ellipse, group, line, path, rect, repeat } from "./shapes.js";

const almond = (x, y, turn) =>
  group(`translate(${x} ${y}) rotate(${turn})`, path("M0-15q14 12 0 28-14-16 0-28z", "#b8783f"), line("M0-8v14", "#8f5526", 2));

const leaf = (x, y, turn) =>
  group(`translate(${x} ${y}) rotate(${turn})`, path("M0 0q10-16 28-12-4 18-28 12z", "#6fa85a"), line("M2-1q12-4 22-9", "#477f3d", 1.5));

export const food = {
  tea: (t) =>
    rect(54, 46, 74, 122, t.across, 10) + rect(50, 34, 82, 26, t.dark, 8) + rect(66, 78, 50, 66, "#fbf6e6", 5) +
    path("M91 88q20 20 0 44-20-24 0-44z", "#6fa85a") + line("M91 98v34", "#477f3d", 2) + rect(54, 152, 74, 5, "#e2b465") +
    path("M118 128h54q0 38-27 38t-27-38z", "#fdfdfd") + ellipse(145, 128, 27, 7, "#e8ebee") + ellipse(145, 129, 22, 5, "#c9973f") +
    leaf(30, 168, -10) + leaf(36, 158, 26),

  nuts: (t) =>
    path("M52 52h80l8 112a8 8 0 0 1-8 8H52a8 8 0 0 1-8-8z", t.across) + path("M52 52l6-14h68l6 14z", t.dark) +
    ellipse(92, 110, 34, 34, "#fffaf0") + almond(82, 106, -20) + almond(100, 104, 18) + almond(92, 124, 80) + rect(62, 152, 60, 7, "#ffffff80", 3) +
    almond(148, 156, 40) + almond(166, 164, -60) + almond(136, 168, 90) + almond(156, 140, 0),

  mooncake: (t) =>
    rect(30, 112, 140, 56, t.dark, 10) + rect(36, 104, 128, 52, t.base, 8) + rect(44, 98, 112, 20, t.pale, 8) +
    repeat(12, (n) => group(`rotate(${n * 30} 100 82)`, circle(100, 46, 12, "#c27a2c"))) + circle(100, 82, 40, "#d9923c") + circle(100, 82, 33, "#e8ab55") +
    repeat(6, (n) => group(`rotate(${n * 60} 100 82)`, path("M100 82q-11-14 0-27 11 13 0 27z", "#c27a2c"))) + circle(100, 82, 6, "#f6cd86"),

  honey: (t) =>
    rect(56, 38, 88, 24, t.dark, 8) + rect(62, 60, 76, 10, "#f0f1f4") +
    path("M60 70h80q14 8 14 24v60a16 16 0 0 1-16 16H62a16 16 0 0 1-16-16V94q0-16 14-24z", "#f2a51f") +
    path("M50 92q2-14 12-18h24q-16 30-18 90h-6a12 12 0 0 1-12-12z", "#ffcf66") +
    path("M74 100l26-14 26 14v30l-26 14-26-14z", "#fff7e0") + ellipse(100, 117, 13, 9, "#f4b62d") + line("M95 110v14M104 110v14", "#3c2a12", 3) +
    ellipse(92, 104, 6, 4, "#dfeaf4") + ellipse(106, 104, 6, 4, "#dfeaf4"),

  coffee: (t) =>
    path("M56 40h72l8 128H48z", t.across) + path("M56 40l6-16h60l6 16z", t.dark) + line("M58 46h68", t.deep, 3) +
    rect(64, 72, 56, 66, "#fbf3e4", 6) + ellipse(92, 104, 15, 21, "#6b4327") + line("M92 84q-8 12 0 20t0 20", "#3c2413", 3) +
    group("rotate(24 152 158)", ellipse(152, 158, 10, 14, "#6b4327"), line("M152 146q-4 12 0 24", "#3c2413", 2.5)) +
    group("rotate(-50 168 146)", ellipse(168, 146, 8, 12, "#7d5233"), line("M168 136q-4 10 0 20", "#3c2413", 2)),

  noodles: (t) =>
    path("M30 96h140q-4 70-70 70T30 96z", t.down) + ellipse(100, 96, 70, 20, "#fbf4e4") + ellipse(100, 98, 62, 16, "#e5a24a") +
    line("M54 98q12-12 24 0t24 0 24 0 22 0M60 104q12-12 24 0t24 0 24 0M66 94q12-10 22 0t24 0 22 0", "#ffe3a1", 4.5) +
    ellipse(78, 92, 13, 8, "#fff") + ellipse(78, 92, 6, 4.5, "#ffb02e") + ellipse(122, 94, 12, 5, "#71b35c") + circle(104, 89, 5, "#e4573d") +
    line("M128 92L172 28M118 90L158 24", "#8a5a36", 5) + line("M40 122q60 34 120 0", "#ffffff80", 4),

  rice: (t) =>
    path("M54 50q46 14 92 0l12 104q-4 18-24 18H66q-20 0-24-18z", "#f5ead2") + path("M54 50q46 14 92 0l4 34H50z", t.across) +
    path("M66 30q34 12 68 0l8 20q-42 14-84 0z", "#e4d3ae") + line("M62 48q38 14 76 0", t.deep, 5) +
    circle(100, 124, 28, t.base) +
    repeat(5, (n) => group(`rotate(${n * 36 - 72} 100 146)`, path("M100 130q-7-12 0-22 7 10 0 22z", "#fff"))),

  dates: (t) =>
    path("M38 96h124l-12 70a8 8 0 0 1-8 6H58a8 8 0 0 1-8-6z", t.across) +
    repeat(5, (n) => ellipse(56 + n * 22, 92, 15, 19, n % 2 ? "#a3291f" : "#bf3a2b")) +
    repeat(4, (n) => ellipse(67 + n * 22, 78, 14, 17, n % 2 ? "#c8442f" : "#a3291f")) + ellipse(90, 62, 14, 16, "#bf3a2b") + ellipse(113, 64, 14, 16, "#d0513a") +
    repeat(4, (n) => ellipse(62 + n * 22, 72, 3.5, 5, "#ffffff66")) + path("M36 92h128v14H36z", t.dark) + rect(74, 122, 52, 30, "#fff8ea", 6) + line("M84 132h32M84 141h20", t.dark, 3),
};
