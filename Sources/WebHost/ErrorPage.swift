internal import WebHostContract
internal import YunCore

/// What the owner sees instead of a page that cannot be shown.
enum ErrorPage {
    static func html(_ exit: WebHostExit, title: String, language: String) -> String {
        let text = (texts[exit] ?? otherText).text(forLocale: language)
        return """
            <!doctype html><html lang="\(language.markup)"><meta charset="utf-8"><title>\(title.markup)</title>
            <style>body{font:16px sans-serif;margin:0;height:100vh;display:flex;flex-direction:column;\
            align-items:center;justify-content:center;background:#f4f4f4;color:#333;text-align:center}\
            b{font-size:56px;color:#bbb}h1{font-size:18px;margin:8px 24px}p{margin:8px 24px;color:#666}</style>
            <b>!</b><h1>\(title.markup)</h1><p>\(text.markup)</p>
            """
    }

    private static let otherText = LocalizedText(texts: [
        "en": "This app stopped working. Close it and open it again.", "zh": "此应用已停止运行，请关闭后重新打开。",
    ])
    private static let texts: [WebHostExit: LocalizedText] = [
        .pageMissing: LocalizedText(texts: [
            "en": "This page is missing from the app. Install the app again.",
            "zh": "应用中缺少此页面，请重新安装应用。",
        ])
    ]
}

extension LocalizedText {
    fileprivate init(texts: [String: String]) {
        self = LocalizedText(texts) ?? LocalizedText(texts["en"] ?? "")
    }
}
