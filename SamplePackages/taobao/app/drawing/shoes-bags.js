import { circle, line, path, rect } from "./shapes.js";

export const shoesAndBags = {
  sneaker: (t) =>
    path("M28 132q2-30 8-52 16 8 30-4l14-14q10 8 20 4l28 32q20 10 38 14 14 6 12 26H30z", t.down) +
    path("M24 134q78 8 156-2 4 20-8 22H34q-14-2-10-20z", "#fdfdfd") + line("M28 146h148", "#d4d7e0", 3) +
    path("M128 98q20 10 38 14 12 6 12 20l-44 2q-8-20-6-36z", t.dark) +
    line("M84 70l-8 12M96 76l-9 12M107 86l-9 12M117 96l-9 12", "#fff", 5) +
    path("M62 122a9 9 0 0 1 3-17 13 13 0 0 1 24-3 10 10 0 0 1 10 20z", "#ffffffcc") + path("M36 80q16 8 30-4l4 10q-18 12-36 6z", t.deep),

  highTop: (t) =>
    path("M46 36h52l6 44 56 38q14 8 12 30H44q-6-60 2-112z", t.down) +
    path("M40 146h134q4 20-8 22H48q-10-2-8-22z", "#fdfdfd") + line("M42 156h130", t.base, 3.5) +
    path("M140 106l20 12q14 8 12 28h-34q-6-22 2-40z", "#fdfdfd") +
    line("M78 48l20 4M80 64l20 4M84 80l20 2M94 96l18-2M108 108l16-4", "#fff", 4.5) +
    line("M56 60q-4 40-4 72", "#ffffff80", 4),

  boot: (t) =>
    path("M58 28h52v84l44 18q16 8 14 26H58q-6-64 0-128z", t.across) +
    path("M52 154h118v12H96l-6-4-4 8H56q-6-8-4-16z", "#2e2621") +
    line("M84 46l24-2M84 60l24-2M86 74l22-2M86 88l24-2M90 102l22-4", "#f4dfb6", 4) +
    line("M80 34v70q2 14 14 20", t.deep, 3) + rect(54, 26, 60, 11, t.deep, 5) + path("M44 34h14v22H46z", t.dark),

  slippers: (t) =>
    path("M40 84q-14 60 6 82 22 12 36-8 8-40-4-76-8-20-22-18T40 84z", t.pale) +
    path("M40 86q-8 24-8 46 26-22 50-4 0-26-4-48-8-20-22-16T40 86z", t.down) +
    path("M160 84q14 60-6 82-22 12-36-8-8-40 4-76 8-20 22-18t16 20z", t.pale) +
    path("M160 86q8 24 8 46-26-22-50-4 0-26 4-48 8-20 22-16t16 22z", t.down) +
    circle(58, 100, 8, "#ffffffcc") + circle(142, 100, 8, "#ffffffcc"),

  backpack: (t) =>
    line("M82 40q0-18 18-18t18 18", t.deep, 7) +
    rect(40, 84, 22, 66, t.dark, 11) + rect(138, 84, 22, 66, t.dark, 11) +
    path("M54 84q0-50 46-50t46 50v72a14 14 0 0 1-14 14H68a14 14 0 0 1-14-14z", t.across) +
    line("M64 78q36 14 72 0", t.deep, 3) +
    rect(66, 104, 68, 52, t.dark, 12) + rect(66, 104, 68, 18, t.deep, 9) + rect(94, 112, 12, 18, "#f4c676", 4) +
    path("M100 50l10 9-10 9-10-9z", "#ffffffb3"),

  tote: (t) =>
    line("M74 74q0-46 26-46t26 46", t.deep, 7) +
    path("M44 70h112l10 98H34z", t.down) + line("M46 80h108", t.dark, 2.5) +
    circle(100, 122, 26, "#ffffffd9") + path("M100 142q-26-18-14-32 8-6 14 4 6-10 14-4 12 14-14 32z", t.dark) +
    circle(74, 76, 4, "#f4c676") + circle(126, 76, 4, "#f4c676"),

  suitcase: (t) =>
    line("M84 50V24h32v26", "#7d8290", 6) + rect(78, 18, 44, 9, "#3a3e4a", 4) +
    rect(48, 46, 104, 116, t.across, 16) +
    line("M68 56v96M84 56v96M100 56v96M116 56v96M132 56v96", t.dark, 4) +
    rect(84, 52, 32, 8, "#3a3e4a", 4) + rect(48, 98, 104, 5, t.deep) +
    circle(64, 166, 7, "#2b2e38") + circle(136, 166, 7, "#2b2e38") + rect(92, 92, 16, 17, "#f1f2f5", 4),

  wallet: (t) =>
    banknotes(t) + rect(34, 70, 132, 86, t.down, 14) + line("M42 78h116v70H42z", t.light, 2) +
    path("M118 98h54a6 6 0 0 1 6 6v20a6 6 0 0 1-6 6h-54a16 16 0 0 1 0-32z", t.dark) + circle(126, 114, 7, "#f4c676") +
    circle(80, 116, 14, "#ffffff26"),
};

const banknotes = (t) =>
  rect(50, 52, 92, 40, "#8fd3c8", 8) + rect(56, 60, 92, 40, "#ffd9a0", 8) + rect(46, 64, 112, 30, t.deep, 8);
