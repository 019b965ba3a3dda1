// A small pool: "any" fits every item, the others fit one category.

export default {
  any: [
    { rating: 5, en: "Came well packed and looks just like the picture.", zh: "包装很好，和图片一模一样。" },
    { rating: 5, en: "Second time I buy this. Still happy.", zh: "第二次回购了，一如既往地满意。" },
    { rating: 4, en: "Good for the price. The box was a little dented.", zh: "性价比高，就是盒子有点压痕。" },
    { rating: 5, en: "Gave one to my mother, now my aunt wants one too.", zh: "给妈妈买的，阿姨看到也想要。" },
    { rating: 4, en: "Colour is slightly darker than on my screen, but nice.", zh: "颜色比屏幕上略深一点，但很好看。" },
    { rating: 5, en: "The shop answered within minutes. Thank you!", zh: "客服几分钟就回复了，谢谢！" },
  ],
  digital: [
    { rating: 5, en: "Paired at once, no trouble in two weeks.", zh: "一连就上，用了两周没出问题。" },
    { rating: 4, en: "Battery is as promised. Manual is short.", zh: "续航和描述一致，说明书有点简单。" },
  ],
  appliances: [
    { rating: 5, en: "Much quieter than my old one.", zh: "比旧的那台安静多了。" },
    { rating: 5, en: "Easy to clean, that is what counts.", zh: "好清洗，这点最重要。" },
  ],
  clothing: [
    { rating: 5, en: "Fits as the size table says. Soft cloth.", zh: "尺码准，面料柔软。" },
    { rating: 4, en: "Washed three times, kept its shape.", zh: "洗了三次没变形。" },
  ],
  bags: [
    { rating: 5, en: "Walked all day in the city, very comfortable.", zh: "逛了一整天，很舒服。" },
    { rating: 4, en: "Neat seams. Smelled new for a day.", zh: "做工整齐，刚开始有点新味，一天就散了。" },
  ],
  home: [
    { rating: 5, en: "Makes the room warmer at once.", zh: "一摆上房间就温馨了。" },
    { rating: 5, en: "Solid and heavier than I thought.", zh: "很扎实，比想象中有分量。" },
  ],
  beauty: [
    { rating: 5, en: "Gentle on my skin, light scent.", zh: "很温和，味道淡淡的。" },
    { rating: 4, en: "A little goes a long way.", zh: "用一点点就够，很耐用。" },
  ],
  food: [
    { rating: 5, en: "Fresh date on the pack, tastes honest.", zh: "日期新鲜，味道正。" },
    { rating: 5, en: "Finished in three days, ordering more.", zh: "三天就吃完了，还会再买。" },
  ],
  sports: [
    { rating: 5, en: "Used it in the rain, still fine.", zh: "下雨天也用过，没问题。" },
    { rating: 4, en: "Good grip. Straps could be longer.", zh: "手感好，带子再长点更好。" },
  ],
  kids: [
    { rating: 5, en: "Our little one does not let go of it.", zh: "宝宝爱不释手。" },
    { rating: 5, en: "No smell, smooth edges.", zh: "没有异味，边角光滑。" },
  ],
  books: [
    { rating: 5, en: "Paper and print are a pleasure.", zh: "纸张和印刷都很舒服。" },
    { rating: 5, en: "Use it every evening at my desk.", zh: "每天晚上书桌前都用。" },
  ],
};
