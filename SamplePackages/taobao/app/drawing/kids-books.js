import { circle, ellipse, group, line, path, rect, repeat } from "./shapes.js";

const brick = (x, y, width, colour, shade) =>
  rect(x, y, width, 34, colour, 4) + rect(x, y + 25, width, 9, shade, 3) +
  repeat(Math.round(width / 22), (n) => rect(x + 5 + n * 22, y - 7, 13, 9, colour, 3));

export const kids = {
  bear: (t) =>
    circle(64, 46, 19, t.base) + circle(136, 46, 19, t.base) + circle(64, 46, 10, t.pale) + circle(136, 46, 10, t.pale) +
    ellipse(52, 130, 18, 24, t.dark) + ellipse(148, 130, 18, 24, t.dark) +
    ellipse(100, 136, 46, 38, t.down) + ellipse(100, 140, 28, 25, t.pale) + circle(100, 74, 47, t.down) +
    ellipse(66, 166, 22, 14, t.dark) + ellipse(134, 166, 22, 14, t.dark) + ellipse(66, 166, 11, 7, t.pale) + ellipse(134, 166, 11, 7, t.pale) +
    ellipse(100, 88, 22, 17, t.pale) + ellipse(100, 81, 8, 6, "#3a2a24") + line("M100 87v6M92 96q8 6 16 0", "#3a2a24", 3) +
    circle(82, 66, 5.5, "#3a2a24") + circle(118, 66, 5.5, "#3a2a24") + path("M100 122l-20-10v20zM100 122l20-10v20z", "#ff6a2b"),

  blocks: (t) =>
    brick(36, 132, 66, t.base, t.dark) + brick(104, 132, 66, "#ffd04d", "#e0ac20") + brick(58, 92, 88, "#58a9f0", "#3483cb") +
    brick(80, 52, 44, t.light, t.base) + circle(160, 110, 11, "#6cc07a") + circle(40, 110, 11, "#ff8a5c"),

  babyBottle: (t) =>
    path("M88 30q12-18 24 0l4 22H84z", "#ffd9b0") + rect(70, 50, 60, 20, t.across, 7) +
    path("M68 70h64q8 10 8 22v62a18 18 0 0 1-18 18H78a18 18 0 0 1-18-18V92q0-12 8-22z", "#ffffffcc") +
    path("M66 104h68v48a14 14 0 0 1-14 14H80a14 14 0 0 1-14-14z", "#fff9ec") + line("M122 92h12M126 106h8M122 120h12M126 134h8M122 148h12", t.base, 3) +
    circle(92, 130, 14, t.light) + circle(87, 127, 2.5, "#fff") + circle(97, 127, 2.5, "#fff") + line("M87 134q5 5 10 0", "#fff", 2.5),

  toyCar: (t) =>
    path("M22 122q0-26 26-28l22-34q4-6 12-6h46q8 0 14 6l24 34q16 2 16 20v24H22z", t.down) +
    path("M62 92l16-24q2-3 6-3h14v27zM108 65h18q4 0 7 4l15 23h-40z", "#cfeaff") + rect(22, 124, 160, 16, t.dark, 7) +
    circle(62, 142, 22, "#2b2e38") + circle(62, 142, 11, "#f1f2f5") + circle(142, 142, 22, "#2b2e38") + circle(142, 142, 11, "#f1f2f5") +
    ellipse(176, 112, 6, 8, "#ffe27a") + rect(98, 100, 18, 5, t.deep, 2.5) + line("M100 54V36", "#7d8290", 3) + circle(100, 34, 5, "#ff7a3d"),

  cube: () =>
    path("M100 30l66 34v74l-66 36-66-36V64z", "#22252e") +
    repeat(3, (row) => repeat(3, (column) => {
      const tops = ["#ffd04d", "#fff", "#ff7a3d", "#58a9f0", "#ffd04d", "#6cc07a", "#ffd04d", "#ff7a3d", "#fff"];
      const x = 100 + (column - row) * 21.5, y = 34 + (column + row) * 11;
      return path(`M${x} ${y}l18 9-18 9-18-9z`, tops[row * 3 + column]);
    })) +
    repeat(3, (row) => repeat(3, (column) => {
      const left = ["#e4483b", "#6cc07a", "#e4483b", "#fff", "#e4483b", "#58a9f0", "#ffd04d", "#e4483b", "#6cc07a"];
      const right = ["#58a9f0", "#58a9f0", "#ffd04d", "#ff7a3d", "#58a9f0", "#fff", "#58a9f0", "#6cc07a", "#e4483b"];
      const down = row * 23.5;
      return path(`M${38 + column * 21} ${70 + column * 10.8 + down}l17 9v18l-17-9z`, left[row * 3 + column]) +
        path(`M${104 + column * 21} ${100 - column * 10.8 + down}l17-9v18l-17 9z`, right[row * 3 + column]);
    })),

  duck: (t) =>
    path("M30 118q18 10 34-4 14-12 40-8 40 4 66-14 4 66-66 70-66 2-74-44z", t.down) + circle(80, 78, 38, t.down) +
    path("M52 84q-30-2-34 10 10 14 36 8z", "#ff7a3d") + circle(72, 68, 7, "#fff") + circle(70, 69, 4, "#2b2e38") +
    path("M96 122q32-10 50 0-12 26-38 20-12-4-12-20z", t.dark) + ellipse(98, 56, 9, 6, "#ffffff80") +
    line("M18 172q14-8 28 0t28 0 28 0 28 0 28 0 24 0", "#7cc1f0", 5),

  stroller: (t) =>
    line("M150 60l26-26M56 132l86 12M142 144l8-84", "#5a6070", 6) +
    path("M48 84a54 54 0 0 1 54-54v54z", t.dark) + path("M102 30a54 54 0 0 1 48 54h-48z", t.light) +
    path("M44 84h108q-4 48-48 48H76q-28-6-32-48z", t.down) + line("M54 96q44 14 90 0", "#ffffff80", 4) +
    circle(62, 154, 17, "#2b2e38") + circle(62, 154, 8, "#f1f2f5") + circle(138, 154, 17, "#2b2e38") + circle(138, 154, 8, "#f1f2f5"),
};

const pencil = (x, height, colour, tip) =>
  rect(x, 120 - height, 13, height + 10, colour) + rect(x + 4, 120 - height, 4, height + 10, "#ffffff59") +
  path(`M${x} ${120 - height}h13l-6.5-18z`, "#f6d9b0") + path(`M${x + 4} ${109 - height}h5l-2.5-7z`, tip);

export const books = {
  book: (t) =>
    group("rotate(-7 100 100)",
      path("M50 34h88a8 8 0 0 1 8 8v118H58a10 10 0 0 1-8-10z", "#f7efdd"), line("M60 152h84M60 157h84", "#d8ccb2", 1.5),
      path("M46 40a10 10 0 0 1 10-10h80a8 8 0 0 1 8 8v108H56a10 10 0 0 0-10 8z", t.down), rect(46, 34, 11, 116, t.dark, 4),
      path("M66 118l26-40 16 22 10-14 18 32z", "#ffffffb3"), circle(118, 62, 11, "#ffe08a"), rect(68, 126, 64, 6, "#ffffffcc", 3), rect(68, 136, 40, 4, "#ffffff8c", 2)),

  notebook: (t) =>
    group("rotate(6 100 100)",
      rect(56, 32, 98, 138, "#fffdf6", 8), rect(50, 28, 98, 138, t.across, 9), rect(120, 28, 8, 138, t.deep), rect(66, 56, 42, 26, "#fffdf6", 4),
      line("M72 66h30M72 73h18", t.dark, 2.5), repeat(8, (n) => rect(42, 40 + n * 16, 18, 6, "#d7dae2", 3))) +
    path("M118 166l10 22 6-9 11 2-8-18z", "#ff6a2b"),

  pen: (t) =>
    group("rotate(40 100 100)",
      rect(90, 14, 22, 84, t.across, 10), rect(88, 92, 26, 9, "#e2b465", 3), rect(106, 22, 5, 52, "#e2b465", 2.5), rect(91, 100, 20, 44, t.dark, 3),
      path("M92 144h18l-9 36z", "#e9cf95"), line("M101 152v22", "#8a6a2f", 1.5), circle(101, 154, 2.5, "#8a6a2f")) +
    line("M26 172q20-16 36-4t40-4", "#2d4a8a", 4),

  pencils: (t) =>
    pencil(46, 62, "#ff7a3d", "#ff7a3d") + pencil(63, 78, "#ffd04d", "#e0ac20") + pencil(80, 70, "#6cc07a", "#3f9a52") +
    pencil(97, 84, "#58a9f0", "#2f78c4") + pencil(114, 66, "#9b7be0", "#6f4cc0") + pencil(131, 76, "#ef6f9a", "#cf3f72") +
    path("M34 112h124l-10 54a8 8 0 0 1-8 6H52a8 8 0 0 1-8-6z", t.across) + rect(30, 106, 132, 14, t.dark, 6) + rect(70, 132, 52, 24, "#ffffffd9", 6) + line("M80 144h32", t.base, 4),

  globe: (t) =>
    line("M148 48a66 66 0 0 1-74 108", "#c79a52", 7) + rect(88, 152, 24, 12, "#c79a52", 3) + rect(62, 160, 76, 12, t.deep, 6) +
    circle(96, 90, 56, t.down) + path("M62 60q18-22 36-14 4 12-8 18 2 14-12 16-6 12-16 4-8-12 0-24zM104 88q16-10 30 2 12-2 12 8-10 30-30 32-8-8-6-20-12-8-6-22zM112 50q14-4 20 8-8 10-18 4z", "#8fd08a") +
    ellipse(74, 62, 14, 9, "#ffffff4d") + circle(146, 48, 5, "#c79a52") + circle(56, 138, 5, "#c79a52"),

  paints: (t) =>
    path("M32 104q4-56 68-58t70 46q2 26-28 24-20 0-16 18 6 30-30 30-62-2-64-60z", "#f4dcb4") + circle(118, 138, 10, "#ffffffb3") +
    circle(62, 88, 13, t.base) + circle(92, 70, 13, "#ffd04d") + circle(126, 72, 13, "#58a9f0") + circle(148, 96, 11, "#6cc07a") + circle(62, 122, 12, "#ef6f9a") +
    group("rotate(34 140 120)", rect(136, 76, 9, 84, "#8a5a36", 4), rect(134, 64, 13, 18, "#d7dae2", 2), path("M134 66q0-18 6.5-26 6.5 8 6.5 26z", t.dark)),
};
