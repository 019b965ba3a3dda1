internal import YunCore

/// The files that `ypkg init` writes.
struct AppTemplate {
    struct File {
        let directory: String?
        let name: String
        let contents: String
    }

    let files: [File]
    let isNative: Bool

    func nextStep(_ directory: String) -> String {
        let word = directory.isPlainWord ? directory : "'" + directory.replacing("'", with: #"'\''"#) + "'"
        return (isNative ? "make -C \(word) && " : "") + "ypkg pack \(word)"
    }

    static func web(name: String, domain: Domain) -> AppTemplate {
        AppTemplate(
            files: [
                File(
                    directory: nil, name: "manifest.json",
                    contents: manifest(
                        name, domain, type: "web", content: "index.html",
                        files: ["icon.svg", "index.html", "app.js", "style.css"])),
                File(directory: nil, name: "index.html", contents: page(name)),
                File(directory: nil, name: "app.js", contents: script),
                File(directory: nil, name: "style.css", contents: style),
                File(directory: nil, name: "icon.svg", contents: icon),
            ], isNative: false)
    }

    static func native(name: String, domain: Domain) -> AppTemplate {
        // make and the shell would take a name with spaces or signs apart.
        let program = name.isPlainWord ? name : domain.name
        return AppTemplate(
            files: [
                File(
                    directory: nil, name: "manifest.json",
                    contents: manifest(
                        name, domain, type: "native", content: "bin/\(program)",
                        files: ["icon.svg", "bin/\(program)"])),
                File(directory: "Sources", name: "main.swift", contents: source(name)),
                File(directory: nil, name: "Makefile", contents: makefile(program)),
                File(directory: nil, name: ".gitignore", contents: "bin/\n"),
                File(directory: nil, name: "icon.svg", contents: icon),
            ], isNative: true)
    }

    private static func manifest(
        _ name: String, _ domain: Domain, type: String, content: String, files: [String]
    ) -> String {
        """
        {
          "domain": {
            "name": "\(domain)",
            "title": \(literal(name)),
            "version": "1.0.0",
            "version_code": 1,
            "use_sdk": 1
          },
          "pages": [
            {
              "uri": "page://\(domain)/main",
              "type": "\(type)",
              "content_path": "\(content)",
              "main": true,
              "title": \(literal(name)),
              "icon": "icon.svg"
            }
          ],
          "files": [\(files.map { "\"\($0)\"" }.joined(separator: ", "))]
        }

        """
    }

    /// In quotes, as JSON and Swift read it.
    private static func literal(_ text: String) -> String {
        let marked = text.unicodeScalars.map { scalar in
            scalar == "\"" || scalar == "\\" ? "\\" + String(scalar) : String(scalar)
        }
        return "\"" + marked.joined() + "\""
    }

    private static func page(_ name: String) -> String {
        """
        <!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(name.markup)</title>
            <link rel="stylesheet" href="style.css">
            <script type="module" src="app.js"></script>
          </head>
          <body>
            <h1>\(name.markup)</h1>
            <p>Times opened: <output id="count">0</output></p>
          </body>
        </html>

        """
    }

    private static let script = """
        // Storage lasts until the app is removed.
        const count = Number(localStorage.getItem("count") ?? 0) + 1;
        localStorage.setItem("count", count);
        document.querySelector("#count").textContent = count;

        """

    private static let style = """
        :root {
          color-scheme: light dark;
          font: 18px/1.5 system-ui, sans-serif;
        }

        body {
          display: grid;
          min-height: 100vh;
          margin: 0;
          place-content: center;
          text-align: center;
        }

        """

    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
          <rect width="64" height="64" rx="14" fill="#ff6a00"/>
          <circle cx="32" cy="32" r="14" fill="#fff"/>
        </svg>

        """

    private static func source(_ name: String) -> String {
        """
        // The app's own files belong below $HOME, which is kept when the app is updated.
        print(\(literal(name)), "runs; its arguments are", CommandLine.arguments.dropFirst())

        """
    }

    private static func makefile(_ name: String) -> String {
        """
        bin/\(name): Sources/main.swift
        \tmkdir -p bin
        \tswiftc -O -static-executable -o $@ $<

        """
    }
}

extension String {
    /// Whether neither a shell nor make sees more than one word in it.
    fileprivate var isPlainWord: Bool {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/".utf8)
        return utf8.allSatisfy { plain.contains($0) } && !hasPrefix("-")
    }
}
