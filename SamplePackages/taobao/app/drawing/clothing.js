import { circle, ellipse, line, path, rect, repeat } from "./shapes.js";

export const clothing = {
  tshirt: (t) =>
    path("M74 36l-42 22 14 38 18-8v82h72V88l18 8 14-38-42-22q-26 20-52 0z", t.down) +
    line("M74 36q26 20 52 0", t.deep, 5) + line("M64 88v14M136 88v14", t.dark, 2.5) +
    circle(114, 92, 8, "#ffe08a") + path("M72 132l20-34 14 20 8-10 14 24z", "#ffffffb3"),

  hoodie: (t) =>
    path("M70 44L34 66 22 146l22 6 16-54v74h80V98l16 54 22-6-12-80-36-22z", t.down) +
    path("M68 46q2-24 32-24t32 24q-10 26-32 26T68 46z", t.dark) + path("M80 48q4-14 20-14t20 14q-6 14-20 14T80 48z", t.deep) +
    line("M90 66v28M110 66v28", "#fff", 3.5) +
    path("M76 118h48l8 32H68z", t.dark) + rect(60, 164, 80, 8, t.deep, 3) +
    line("M24 140l20 5M176 140l-20 5", t.deep, 5),

  jeans: (t) =>
    path("M62 28h76l12 144h-38l-12-92-12 92H50z", t.down) +
    rect(62, 28, 76, 13, t.deep, 3) + circle(100, 35, 3.5, "#e8b86a") +
    line("M100 42v36", t.deep, 2.5) + line("M66 46q2 18 20 20M134 46q-2 18-20 20", "#e8b86a", 2) +
    line("M74 92l-8 62M126 92l8 62", "#ffffff40", 8) + line("M51 164h36M149 164h-36", "#e8b86a", 2),

  dress: (t) =>
    path("M78 30l6 34-10 22h52l-10-22 6-34-12-2q-10 14-20 0z", t.down) +
    path("M74 86q-20 40-36 78 62 20 124 0-16-38-36-78z", t.down) +
    rect(74, 82, 52, 9, t.deep, 4) + path("M112 88l14 26-8 4-10-26z", t.deep) +
    line("M82 98q-10 40-16 72M100 98v76M118 98q10 40 16 72", t.dark, 2.5) +
    repeat(9, (n) => circle(58 + (n % 5) * 20 + (n > 4 ? 10 : 0), n > 4 ? 130 : 152, 3.5, "#ffffffb3")),

  downJacket: (t) =>
    path("M66 50L38 70 24 142l22 8 14-44v60h80v-60l14 44 22-8-14-72-28-20z", t.down) +
    path("M72 52q4-28 28-28t28 28q-28 20-56 0z", t.dark) +
    line("M60 88q40 10 80 0M60 112q40 10 80 0M60 136q40 10 80 0M36 96l26 8M30 122l24 8M164 96l-26 8M170 122l-24 8", t.deep, 3) +
    line("M62 76q36 10 76 0M62 100q36 10 76 0M62 124q36 10 76 0", "#ffffff40", 4) +
    line("M100 62v104", "#f7e3c4", 3.5) + rect(96.5, 76, 7, 12, "#f7e3c4", 2),

  shirt: (t) =>
    path("M74 34L36 54 26 130l22 4 14-46v82h76V88l14 46 22-4-10-76-38-20z", t.down) +
    path("M74 34l26 26 26-26 8 12-22 24-12-10-12 10-22-24z", t.pale) +
    line("M100 62v106", t.dark, 2.5) + repeat(5, (n) => circle(100, 78 + n * 20, 3, "#fff")) +
    rect(112, 84, 20, 22, t.dark, 3) + line("M112 90h20", t.light, 2) +
    line("M76 84v86M88 78v92", "#ffffff33", 3),

  cap: (t) =>
    path("M40 124q-2-74 62-74t62 74q-62-16-124 0z", t.down) +
    path("M38 122q60-22 128 0 14 22-6 24-58-26-112-2-16-6-10-22z", t.dark) +
    line("M102 50q-22 18-24 66M102 50q22 18 24 66", t.deep, 2.5) + circle(102, 50, 6, t.deep) +
    path("M102 74l6 13 14 2-10 10 2 14-12-7-12 7 2-14-10-10 14-2z", "#fff4d6"),

  scarf: (t) =>
    path("M52 58q48-28 96 0 10 26-6 38-42 18-84 0-16-12-6-38z", t.dark) +
    path("M64 56q36-14 72 0 4 12-4 20-32 12-64 0-8-8-4-20z", t.deep) +
    path("M52 72q48 34 98 0l-4 30q-46 22-90 0z", t.base) +
    path("M104 92l34 6 12 66-38 6z", t.down) + path("M70 96l36-2-4 62-38-4z", t.across) +
    line("M110 118l32-4M112 132l33-4M68 116l36 2M67 130l36 2", "#ffffffb3", 4) +
    repeat(5, (n) => line(`M${114 + n * 8} 168v10M${67 + n * 8} 153v10`, t.dark, 3)),

  socks: (t) =>
    path("M62 30h38v70l-6 14 30 26q8 16-8 24-14 4-26-6l-36-32q-6-8-2-18z", t.dark) +
    path("M90 38h40v70l-6 12 32 24q10 16-6 26-14 6-28-4l-40-30q-6-8-2-18z", t.down) +
    rect(88, 34, 44, 16, t.pale, 5) + line("M94 66h34M94 78h34", "#ffffffb3", 5) +
    path("M134 132l22 14q8 16-8 26-14 4-24-4z", t.pale) + ellipse(96, 120, 10, 12, t.pale),
};
