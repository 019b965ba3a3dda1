import { circle, ellipse, group, line, path, rect, ring } from "./shapes.js";

export const sports = {
  basketball: (t) =>
    circle(100, 104, 64, t.down) +
    line("M100 40v128M36 104h128M56 58q44 46 0 92M144 58q-44 46 0 92", "#33221c", 4) +
    ellipse(78, 70, 18, 11, "#ffffff4d"),

  racket: (t) =>
    group("rotate(36 100 100)",
      ellipse(100, 64, 38, 48, "#ffffff40"),
      line("M100 20v90M84 26v78M116 26v78M70 38v54M130 38v54M64 50h72M62 64h76M64 78h72M72 92h56M74 36h52", "#ffffffd9", 1.6),
      `<ellipse cx="100" cy="64" rx="38" ry="48" fill="none" stroke="${t.base}" stroke-width="7"/>`,
      rect(97, 112, 6, 36, t.dark), rect(94, 144, 12, 48, "#2b2e38", 5), line("M95 154l10 5M95 164l10 5M95 174l10 5", "#6b7080", 2)) +
    group("rotate(-30 58 144)", path("M44 116h30l-7 34H51z", "#fff"), line("M50 118l4 30M59 118v30M68 118l-4 30", "#cfd3dc", 2), circle(59, 154, 10, "#f1e4cd"), rect(50, 146, 18, 4, t.base)),

  yogaMat: (t) =>
    path("M52 70h100l26 94H60z", t.dark) + path("M52 70h100l22 80H62z", t.base) +
    rect(40, 44, 118, 46, t.across, 23) + circle(56, 67, 23, t.deep) + circle(56, 67, 17, t.light) + circle(56, 67, 11, t.deep) + circle(56, 67, 5, t.light) +
    rect(100, 44, 9, 46, "#ffffffcc") + rect(128, 44, 9, 46, "#ffffffcc") +
    circle(122, 124, 13, "#ffffff73") + line("M108 136q14 8 28 0", "#ffffff99", 3),

  dumbbell: (t) =>
    group("rotate(-24 100 104)",
      rect(60, 96, 80, 15, "#c9ccd6", 6), line("M76 98v12M86 98v12M96 98v12M106 98v12M116 98v12M126 98v12", "#9ba0ae", 2),
      rect(44, 66, 26, 76, t.across, 9), rect(28, 76, 20, 56, t.dark, 8), rect(16, 94, 14, 20, "#9ba0ae", 5),
      rect(130, 66, 26, 76, t.across, 9), rect(152, 76, 20, 56, t.dark, 8), rect(170, 94, 14, 20, "#9ba0ae", 5)),

  tent: (t) =>
    path("M100 42L22 160h156z", t.down) + path("M100 42l34 118h44z", t.dark) + path("M100 42L74 160h60z", t.deep) +
    path("M100 42L74 160h14q14-60 12-118z", t.pale) + path("M100 42l34 118h-12q-18-60-22-118z", t.light) +
    line("M100 42V30M22 160l-12 8M178 160l12 8", "#7c6a4d", 4) + path("M100 28l20 6-20 7z", "#ff7a3d") + ellipse(100, 164, 92, 7, "#6fa85a66"),

  helmet: (t) =>
    path("M30 118q0-74 72-74t70 74q-20 14-70 14t-72-14z", t.down) +
    path("M70 62q8-8 20-10l-8 62-22-2q-4-32 10-50zM100 50q12 0 20 4l-2 60h-24zM132 62q16 14 20 48l-22 4z", t.deep) +
    path("M28 116q74 22 146 0l4 12q-76 24-152 0z", "#2b2e38") + line("M60 134l24 34 24-2 28-32", "#3d424f", 5) + rect(86, 160, 20, 12, "#ff7a3d", 4) + line("M44 88q8-24 26-32", "#ffffff80", 5),

  umbrella: (t) =>
    line("M100 92v62q0 14 14 14t14-14", "#8a5a36", 7) +
    path("M24 104q0-68 76-68t76 68q-12-14-25-4-12-12-26 0-12-12-25-4-13-8-25 4-14-12-26 0-13-10-25 4z", t.down) +
    path("M100 36q-30 22-25 68 12-12 25-4 13-8 25 4 5-46-25-68z", t.light) + line("M100 36V26", t.deep, 6) +
    line("M100 36q-54 14-51 64M100 36q54 14 51 64", t.dark, 2.5) + line("M28 132l-5 12M54 142l-5 12M156 132l-5 12M172 146l-5 12", "#86b9e8", 4),

  bottle: (t) =>
    rect(84, 24, 32, 20, "#2b2e38", 7) + ring(100, 24, 12, t.dark, 5) + rect(74, 42, 52, 16, t.dark, 6) +
    path("M68 58h64v34l-6 10 6 10v44a16 16 0 0 1-16 16H84a16 16 0 0 1-16-16v-44l6-10-6-10z", t.across) +
    rect(76, 66, 9, 26, "#ffffff80", 4) + rect(76, 118, 9, 42, "#ffffff66", 4) + line("M116 120h10M119 132h7M116 144h10M119 156h7", "#ffffffcc", 3),
};
