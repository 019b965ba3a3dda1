import { circle, ellipse, group, line, path, rect, repeat, ring } from "./shapes.js";

export const appliances = {
  riceCooker: (t) =>
    path("M44 100h112l-8 56a14 14 0 0 1-14 12H66a14 14 0 0 1-14-12z", t.across) +
    path("M40 96q4-40 60-40t60 40a6 6 0 0 1-6 7H46a6 6 0 0 1-6-7z", t.down) +
    path("M40 96q0 7 6 7h108q6 0 6-7z", t.deep) +
    rect(82, 46, 36, 14, t.dark, 7) + circle(116, 74, 4, "#ffffff80") +
    rect(72, 116, 56, 36, "#20242e", 9) + rect(79, 122, 42, 13, "#ffb061", 3) +
    circle(87, 144, 4, "#fff") + circle(100, 144, 4, "#ff7a3d") + circle(113, 144, 4, "#fff") +
    line("M84 34q-6-8 0-16M100 34q-6-8 0-16M116 34q-6-8 0-16", "#ffffffb3", 4),

  kettle: (t) =>
    line("M138 74q34 0 30 34t-34 34", t.deep, 10) +
    path("M66 64h72l14 92a12 12 0 0 1-12 12H62a12 12 0 0 1-12-12z", t.across) +
    path("M68 66L34 60l22 34z", t.base) + path("M66 64q4-20 35-20t37 20z", t.dark) +
    circle(101, 40, 8, "#2d303a") + rect(46, 160, 110, 12, "#2d303a", 6) +
    rect(84, 96, 13, 50, "#ffffff73", 6) + rect(86.5, 118, 8, 26, "#7cc9ff", 4),

  fan: (t) =>
    rect(94, 110, 12, 50, t.dark, 4) + ellipse(100, 164, 38, 10, t.across) + circle(100, 156, 6, "#ffffff99") +
    circle(100, 82, 54, "#ffffff59") +
    repeat(3, (n) => group(`rotate(${n * 120} 100 82)`, path("M100 82q-26-14-16-40 22-8 32 10 2 20-16 30z", t.light))) +
    ring(100, 82, 54, t.base, 5) + ring(100, 82, 38, "#ffffff8c", 1.5) +
    repeat(18, (n) => group(`rotate(${n * 20} 100 82)`, line("M100 66V30", "#ffffffa6", 1.3))) +
    circle(100, 82, 13, t.dark) + circle(97, 79, 4, "#ffffff80"),

  robotVacuum: (t) =>
    ellipse(100, 128, 72, 40, t.deep) + ellipse(100, 116, 72, 42, t.across) + ellipse(100, 113, 62, 34, t.pale) +
    ellipse(100, 103, 22, 12, t.dark) + ellipse(100, 99, 22, 12, "#2b2f3a") + ellipse(100, 97, 14, 7, "#596178") +
    ellipse(100, 131, 9, 5, "#ff7a3d") + line("M62 118a42 24 0 0 0 14 14", "#ffffff", 4) +
    line("M36 150l-14 14M36 150l-18 2M36 150l-2 18", "#565c6c", 4),

  hairDryer: (t) =>
    group("rotate(-12 100 90)",
      path("M82 104h34l-6 66a8 8 0 0 1-8 7h-8a8 8 0 0 1-8-7z", t.across),
      path("M120 54l46-6v66l-46-6z", t.dark), rect(160, 46, 10, 70, "#2c303b", 4),
      path("M72 44h50v74H72a37 37 0 0 1 0-74z", t.down),
      circle(72, 81, 23, "#ffffff40"), ring(72, 81, 23, t.deep, 3), ring(72, 81, 13, t.deep, 3),
      rect(92, 124, 12, 22, "#fff", 5), rect(94, 126, 8, 9, "#ff7a3d", 3)),

  lamp: (t) =>
    ellipse(92, 164, 44, 10, t.deep) + ellipse(92, 160, 44, 10, t.across) +
    path("M118 74L60 160h110z", "#fff2b84d") +
    line("M92 156L66 104l42-44", t.dark, 7) + circle(66, 104, 7, t.light) +
    group("rotate(32 118 58)", path("M100 40h36l16 36H84z", t.down), rect(106, 28, 24, 14, t.dark, 5), ellipse(118, 76, 34, 7, "#fff6cf")),

  airFryer: (t) =>
    rect(48, 34, 104, 134, t.across, 28) + rect(62, 50, 76, 26, "#1f232d", 13) +
    circle(80, 63, 6, "#ff9a52") + circle(100, 63, 6, "#f5f6fa") + circle(120, 63, 6, "#f5f6fa") +
    path("M48 88h104v52a28 28 0 0 1-28 28H76a28 28 0 0 1-28-28z", t.dark) +
    rect(60, 98, 80, 58, "#ffffff14", 16) + rect(86, 104, 28, 58, "#f3f3f5", 12) + rect(91, 110, 18, 40, "#d7d9e0", 8),
};
