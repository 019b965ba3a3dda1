import { circle, ellipse, group, line, path, rect, repeat } from "./shapes.js";

const GOLD = "#e2b465";

export const beauty = {
  lipstick: (t) =>
    path("M84 84V52q0-10 10-16l22-12v60z", t.across) + path("M94 36l22-12q4 16-8 26T84 56q0-14 10-20z", t.light) +
    rect(80, 82, 40, 26, GOLD, 3) + rect(86, 82, 7, 26, "#fff4d2", 0) +
    rect(72, 104, 56, 66, "#242129", 8) + rect(72, 104, 56, 9, GOLD, 3) + rect(80, 118, 8, 44, "#ffffff2e", 4) +
    group("rotate(64 150 150)", rect(120, 138, 34, 30, "#242129", 6)),

  cream: (t) =>
    rect(42, 84, 116, 82, t.across, 22) + rect(50, 92, 14, 62, "#ffffff59", 7) +
    rect(46, 52, 108, 36, "#fdfaf5", 10) + rect(46, 78, 108, 8, GOLD, 2) +
    circle(100, 126, 22, "#ffffffd9") + path("M100 112q14 16 0 26-14-10 0-26z", t.dark),

  perfume: (t) =>
    rect(84, 26, 32, 28, GOLD, 6) + rect(90, 52, 20, 14, "#d9dce4", 2) +
    path("M60 66h80q18 12 18 34v52a18 18 0 0 1-18 18H60a18 18 0 0 1-18-18v-52q0-22 18-34z", "#ffffffa6") +
    path("M50 104h100v46a12 12 0 0 1-12 12H62a12 12 0 0 1-12-12z", t.down) +
    rect(74, 112, 52, 32, "#fffdf8", 4) + line("M84 124h32M90 133h20", t.dark, 3) +
    line("M52 100q2-16 14-24", "#fff", 5),

  mask: (t) =>
    group("rotate(-8 90 100)", rect(44, 36, 86, 124, t.across, 8), line("M50 48h74", "#ffffff99", 3), circle(87, 98, 30, "#ffffff40")) +
    group("rotate(9 120 108)",
      rect(76, 44, 86, 124, t.pale, 8), line("M82 56h74", t.base, 3),
      path("M119 72q34 0 30 36-4 34-30 42-26-8-30-42-4-36 30-36z", "#fff"),
      ellipse(106, 104, 7, 5, t.base), ellipse(132, 104, 7, 5, t.base), ellipse(119, 132, 9, 4, t.base), line("M119 108v10", t.light, 2.5)),

  shampoo: (t) =>
    line("M100 48V30h28v8", "#353944", 7) + rect(86, 44, 28, 18, "#353944", 4) +
    path("M66 62h68q14 10 14 30v62a16 16 0 0 1-16 16H68a16 16 0 0 1-16-16V92q0-20 14-30z", t.across) +
    rect(66, 96, 68, 54, "#fffdf8", 8) + path("M100 104q16 18 0 30-16-12 0-30z", t.base) + line("M84 142h32", t.light, 3) +
    circle(40, 58, 9, "#ffffffb3") + circle(58, 38, 6, "#ffffffb3") + circle(160, 70, 7, "#ffffffb3"),

  nailPolish: (t) =>
    path("M84 26h32l5 66H79z", "#26232b") + rect(90, 32, 6, 52, "#ffffff33", 3) + rect(80, 90, 40, 8, GOLD, 2) +
    rect(58, 98, 84, 70, t.across, 22) + rect(68, 108, 11, 44, "#ffffff8c", 5.5) +
    path("M146 168q-6-20 16-18t22 16-38 2z", t.base) + ellipse(160, 160, 7, 3, "#ffffff80"),

  brushes: (t) =>
    group("rotate(-16 80 150)", rect(68, 92, 13, 80, t.across, 6), rect(66, 74, 17, 24, GOLD, 3), path("M62 76q-4-30 12-50 18 20 13 50z", "#5b3f36")) +
    rect(94, 92, 13, 80, t.across, 6) + rect(91, 70, 19, 26, GOLD, 3) + path("M82 72q-4-28 18-52 24 24 19 52z", "#f1b7a3") +
    group("rotate(16 120 150)", rect(120, 92, 13, 80, t.across, 6), rect(119, 76, 15, 22, GOLD, 3), path("M118 78l2-42q8-10 12 0l2 42z", "#5b3f36")),

  sunscreen: (t) =>
    path("M62 40q38-12 76 0l-8 108H70z", t.across) + rect(58, 30, 84, 14, t.dark, 5) + rect(70, 146, 60, 26, "#fdfdfd", 7) +
    repeat(8, (n) => group(`rotate(${n * 45} 100 92)`, line("M100 66v-7", "#fff", 5))) + circle(100, 92, 19, "#ffd766") + line("M84 126h32", "#ffffffcc", 4),
};
