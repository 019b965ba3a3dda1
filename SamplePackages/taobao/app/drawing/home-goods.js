import { circle, ellipse, group, line, path, rect, repeat, ring } from "./shapes.js";

export const homeGoods = {
  thermos: (t) =>
    rect(70, 58, 60, 112, t.across, 14) + rect(74, 24, 52, 40, "#e9ebf0", 10) + rect(74, 24, 52, 40, t.dark, 10) +
    rect(82, 30, 7, 28, "#ffffff59", 3.5) + rect(70, 60, 60, 8, "#f2f3f6") + rect(70, 156, 60, 5, t.deep) +
    rect(79, 76, 8, 72, "#ffffff66", 4) +
    path("M108 96q14 16 0 26-14-10 0-26z", "#ffffffcc") + line("M108 122v14", "#ffffffcc", 3),

  mug: (t) =>
    ring(138, 106, 24, t.dark, 11) +
    path("M48 66h90v82a20 20 0 0 1-20 20H68a20 20 0 0 1-20-20z", t.across) +
    ellipse(93, 66, 45, 12, t.pale) + ellipse(93, 68, 38, 9, "#7a4a2c") +
    line("M76 48q-8-12 0-24M96 48q-8-12 0-24M114 48q-8-12 0-24", "#ffffffb3", 4.5) +
    circle(84, 110, 4, "#fff") + circle(106, 110, 4, "#fff") + line("M84 124q11 12 22 0", "#fff", 4),

  wok: (t) =>
    line("M148 92l38-26", "#8a5a36", 11) +
    path("M20 92h140q-8 58-70 58T20 92z", t.across) +
    ellipse(90, 92, 70, 20, t.deep) + ellipse(90, 95, 60, 15, "#2a2d36") +
    ellipse(72, 94, 15, 7, "#7ec26b") + ellipse(96, 98, 16, 6, "#f2a03d") + ellipse(112, 91, 13, 6, "#e4573d") + ellipse(88, 88, 10, 4, "#f6dc7a") +
    line("M60 66q-6-10 2-20M90 62q-6-10 2-20M118 66q-6-10 2-20", "#ffffffb3", 4),

  chair: (t) =>
    line("M66 118l-16 54M134 118l16 54M76 122l-4 42M124 122l4 42", "#a9754a", 7) +
    path("M52 40q48-18 96 0 6 46-14 80H66Q46 86 52 40z", t.down) +
    path("M50 104q50 18 100 0 6 22-14 26H64q-20-4-14-26z", t.dark) +
    line("M80 48q-4 30 2 52M100 44v58M120 48q4 30-2 52", "#ffffff4d", 4),

  pillow: (t) =>
    path("M34 62q66 14 132 0 12 40 0 90-66-14-132 0-12-50 0-90z", t.down) +
    path("M48 76q52 8 104 0-4 16-36 18T48 76z", "#ffffff66") +
    path("M100 92l8 12 14 4-10 11 1 15-13-6-13 6 1-15-10-11 14-4z", "#ffffffcc") +
    line("M34 62l14 12M166 62l-14 12M34 152l14-12M166 152l-14-12", t.dark, 3),

  storageBox: (t) =>
    path("M36 86h128l-10 80a8 8 0 0 1-8 6H54a8 8 0 0 1-8-6z", t.across) +
    rect(30, 72, 140, 18, t.dark, 8) + rect(84, 84, 32, 14, "#fff", 5) +
    rect(72, 116, 56, 28, "#ffffffe6", 5) + line("M82 126h36M82 134h22", t.base, 3) +
    path("M58 72q4-28 26-24l6 24zM98 72l4-34q26-2 34 34z", t.pale) + line("M70 62q8-8 16 0", t.base, 3),

  towel: (t) =>
    rect(36, 122, 128, 40, t.dark, 18) + rect(36, 88, 128, 40, t.base, 18) + rect(36, 54, 128, 40, t.light, 18) +
    circle(54, 142, 10, t.deep) + circle(54, 108, 10, t.dark) + circle(54, 74, 10, t.base) +
    rect(128, 54, 10, 40, "#ffffffb3") + rect(128, 88, 10, 40, "#ffffff99") + rect(128, 122, 10, 40, "#ffffff73") +
    path("M98 54q-6-24 4-30 12 8 4 30z", "#7cbf73") + path("M104 54q4-20 20-18-2 16-20 18z", "#97d18a"),

  clock: (t) =>
    line("M64 158l-12 14M136 158l12 14", t.deep, 9) +
    path("M40 66a26 26 0 0 1 40-28zM160 66a26 26 0 0 0-40-28z", t.dark) +
    circle(100, 106, 64, t.down) + circle(100, 106, 52, "#fffdf7") +
    repeat(12, (n) => group(`rotate(${n * 30} 100 106)`, line("M100 60v6", n % 3 ? "#c3c6d0" : "#3a3e4a", 3.5))) +
    line("M100 106V72", "#3a3e4a", 6) + line("M100 106l24 14", "#3a3e4a", 6) + circle(100, 106, 6, "#ff6a2b"),

  plant: (t) =>
    path("M100 112q-44-4-56-44 40-4 56 44zM100 112q44-4 56-44-40-4-56 44z", "#5fae68") +
    path("M100 112q-26-40 0-84 26 44 0 84z", "#77c47a") + line("M100 112V44M100 112Q74 92 56 76M100 112q26-20 44-36", "#418b52", 2.5) +
    path("M60 110h80l-10 56a8 8 0 0 1-8 6H78a8 8 0 0 1-8-6z", t.across) + rect(54, 104, 92, 16, t.dark, 6),
};
