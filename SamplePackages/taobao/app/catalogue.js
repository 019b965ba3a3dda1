// The made-up catalogue of the offline shop. Only offline-shop.js reads it.

import digital from "./catalogue/digital.js";
import family from "./catalogue/family.js";
import living from "./catalogue/living.js";
import pantry from "./catalogue/pantry.js";
import wear from "./catalogue/wear.js";

export { default as shops } from "./catalogue/shops.js";

export const items = [...digital, ...wear, ...living, ...pantry, ...family];

export const categories = [
  { id: "digital", name: { en: "Digital", zh: "数码" }, picture: ["headphones", "#3f78c9"] },
  { id: "clothing", name: { en: "Clothing", zh: "服饰" }, picture: ["tshirt", "#2fa37c"] },
  { id: "bags", name: { en: "Shoes/bags", zh: "鞋包" }, picture: ["sneaker", "#7a5bd0"] },
  { id: "home", name: { en: "Home", zh: "家居" }, picture: ["chair", "#e08a2e"] },
  { id: "beauty", name: { en: "Beauty", zh: "美妆" }, picture: ["lipstick", "#d8456f"] },
  { id: "food", name: { en: "Food", zh: "食品" }, picture: ["noodles", "#d9432f"] },
  { id: "appliances", name: { en: "Appliances", zh: "家电" }, picture: ["riceCooker", "#35a58b"] },
  { id: "sports", name: { en: "Outdoors", zh: "运动户外" }, picture: ["basketball", "#f07a2c"] },
  { id: "kids", name: { en: "Kids", zh: "母婴玩具" }, picture: ["bear", "#c98b4e"] },
  { id: "books", name: { en: "Books", zh: "图书文具" }, picture: ["globe", "#4a9be0"] },
];

export const colours = {
  graphite: { name: { en: "Graphite", zh: "石墨黑" }, hex: "#434957" },
  white: { name: { en: "White", zh: "云白" }, hex: "#eceef2" },
  cream: { name: { en: "Cream", zh: "奶油" }, hex: "#ead9bb" },
  sand: { name: { en: "Sand", zh: "沙色" }, hex: "#cfae82" },
  ochre: { name: { en: "Ochre", zh: "赭黄" }, hex: "#dd8f35" },
  lemon: { name: { en: "Lemon", zh: "柠檬黄" }, hex: "#ffcc2e" },
  tangerine: { name: { en: "Tangerine", zh: "橘色" }, hex: "#f07a2c" },
  coral: { name: { en: "Coral", zh: "珊瑚" }, hex: "#f0705c" },
  brick: { name: { en: "Brick red", zh: "砖红" }, hex: "#c94634" },
  rose: { name: { en: "Rose", zh: "玫红" }, hex: "#d8557f" },
  pink: { name: { en: "Pink", zh: "樱粉" }, hex: "#f2a9bd" },
  violet: { name: { en: "Violet", zh: "紫罗兰" }, hex: "#7f62d4" },
  denim: { name: { en: "Denim", zh: "牛仔蓝" }, hex: "#4b6fa5" },
  navy: { name: { en: "Navy", zh: "藏青" }, hex: "#345a9c" },
  sky: { name: { en: "Sky", zh: "天蓝" }, hex: "#5aa9e6" },
  teal: { name: { en: "Teal", zh: "青绿" }, hex: "#26867f" },
  mint: { name: { en: "Mint", zh: "薄荷绿" }, hex: "#4db894" },
};

export const banners = [
  {
    title: { en: "A softer autumn", zh: "秋日上新" },
    line: { en: "Knits, boots and a warm cup", zh: "针织、短靴和一杯热茶" },
    category: "clothing",
    ground: ["#ff8f3f", "#ff5a1f"],
    pictures: [["boot", "#8a5a36"], ["hoodie", "#fff1dc"], ["thermos", "#26867f"]],
  },
  {
    title: { en: "Kitchen days", zh: "厨房好物节" },
    line: { en: "Cook more, scrub less", zh: "好好做饭，少洗锅" },
    category: "appliances",
    ground: ["#35b795", "#16808a"],
    pictures: [["kettle", "#f3d9a8"], ["riceCooker", "#fff3ea"], ["airFryer", "#f0705c"]],
  },
  {
    title: { en: "Out of the door", zh: "周末去野" },
    line: { en: "Tents, balls and bottles", zh: "帐篷、球和水壶" },
    category: "sports",
    ground: ["#6f8df0", "#5a4fd0"],
    pictures: [["basketball", "#f58a3c"], ["tent", "#ffd25e"], ["bottle", "#7fe0c2"]],
  },
];

/** Other words people search for, by drawing. */
export const synonyms = {
  phone: "mobile cellphone 手机", headphones: "headset 耳机", earbuds: "headphones earphones 耳机",
  watch: "手表 wearable", tablet: "平板", powerbank: "battery charger 移动电源", speaker: "音响 audio",
  riceCooker: "电饭锅", kettle: "热水壶 烧水壶", fan: "电风扇 风扇", robotVacuum: "cleaner 吸尘器", hairDryer: "吹风机 blow dryer",
  lamp: "light 灯", tshirt: "tee 短袖", hoodie: "sweatshirt 卫衣", jeans: "trousers pants 裤子", dress: "裙子",
  downJacket: "coat 外套", shirt: "衬衣", cap: "hat 帽子", sneaker: "sneakers trainers 运动鞋", highTop: "sneakers 帆布鞋",
  boot: "shoes 靴子", slippers: "shoes 拖鞋", backpack: "bag rucksack 背包", tote: "bag handbag 手提包", suitcase: "luggage 行李箱 箱子",
  wallet: "purse 钱包", thermos: "cup bottle 水杯 保温瓶", mug: "cup 杯子", wok: "pan 锅", pillow: "枕头 靠垫", plant: "flower 盆栽",
  clock: "闹钟", cream: "skincare 护肤", sunscreen: "skincare 防晒霜", perfume: "香水", coffee: "咖啡", noodles: "ramen 面条 方便面",
  rice: "米", racket: "羽毛球拍", dumbbell: "fitness 健身", yogaMat: "fitness 健身", umbrella: "雨伞 parasol", bottle: "cup 水壶 杯子",
  bear: "toy 玩具", blocks: "toy 玩具", toyCar: "toy 玩具", cube: "toy 玩具", duck: "toy 玩具", stroller: "pushchair 童车",
  notebook: "笔记本 本子", pencils: "铅笔", globe: "地球", paints: "颜料 画画",
};

export const popularSearches = [
  { en: "headphones", zh: "耳机" },
  { en: "thermos", zh: "保温杯" },
  { en: "T-shirt", zh: "T恤" },
  { en: "shoes", zh: "鞋" },
  { en: "tea", zh: "茶" },
  { en: "lipstick", zh: "口红" },
  { en: "umbrella", zh: "伞" },
  { en: "backpack", zh: "背包" },
];
