import FoundationEssentials
import Platform
import Support
import Testing
import YunCore

/// What a web sample's EXPECT.json says, as far as this test reads it.
private struct WebExpectation: Decodable {
    struct Route: Decodable {
        let ready: String
        let selectors: [String: String]
    }

    struct Step: Decodable {
        let reload: Bool?
    }

    let title: [String: String]?
    let languages: [String]?
    let selectors: [String: String]
    let items_selector: String?
    let items_min: Int?
    let categories_selector: String?
    let categories_min: Int?
    let routes: [String: Route]?
    let steps: [Step]?

    /// One more than there are restarts among the steps.
    var launches: Int { 1 + (steps ?? []).count { $0.reload == true } }
}

/// Runs web samples with one script more, which looks for what EXPECT.json names and says what it found: in the real
/// host, in the real sandbox.
@Suite struct WebSampleTests {
    private let ypkg: Tool

    init() throws { ypkg = try Tool() }

    private static let script = """
        const expectation = __EXPECTATION__;
        const ready = () => document.documentElement.dataset.ready;
        const settle = async (wanted) => {
          for (let i = 0; i < 200 && wanted && ready() !== wanted; i++) await new Promise((go) => setTimeout(go, 25));
        };
        const check = (place, selectors) => {
          for (const [selector, wanted] of Object.entries(selectors)) {
            const found = document.querySelector(selector);
            const holds = wanted === "present" ? found : wanted === "absent" ? !found : found?.textContent.trim() === wanted;
            if (!holds) console.log(`CHECK failed ${place} ${selector} ${wanted}`);
          }
          if (document.documentElement.scrollWidth > innerWidth) console.log(`CHECK failed ${place} too wide`);
          for (const control of document.querySelectorAll("a, button, label, input:not(label *)")) {
            const { width, height } = control.getBoundingClientRect();
            // What a finger needs; half a pixel is left to rounding.
            const fits = !width || Math.min(width, height) > 43.5;
            if (!fits) console.log(`CHECK failed ${place} small ${control.outerHTML.slice(0, 80)}`);
            const name = control.ariaLabel || control.labels?.length || control.textContent.trim();
            if (width && !name) console.log(`CHECK failed ${place} nameless ${control.outerHTML.slice(0, 80)}`);
          }
        };
        const pause = () => new Promise((go) => setTimeout(go, 50));
        const act = async (step) => {
          if (step.open) location.hash = step.open;
          if (step.click) {
            for (let i = 0; i < 60 && !document.querySelector(step.click); i++) await pause();
            document.querySelector(step.click)?.click();
          }
          const wanted = step.expect;
          const holds = () => {
            const all = [...document.querySelectorAll(wanted.selector)];
            if ("count" in wanted) return all.length === wanted.count;
            if ("attribute" in wanted) return all[0]?.getAttribute(wanted.attribute) === wanted.value;
            return all[0]?.textContent.trim() === wanted.text;
          };
          for (let i = 0; wanted && i < 60 && !holds(); i++) await pause();
          if (wanted && !holds()) console.log(`CHECK failed step ${JSON.stringify(step)}`);
          await pause();
        };
        const launch = Number(localStorage.getItem("check.launch") ?? 0);
        localStorage.setItem("check.launch", launch + 1);
        await settle(expectation.routes && "home");
        if (expectation.languages) {
          const language = expectation.languages[launch % expectation.languages.length];
          const title = expectation.title[language];
          if (!document.documentElement.lang.startsWith(language)) console.log(`CHECK failed lang ${language}`);
          if (document.title !== title) console.log(`CHECK failed title ${document.title} not ${title}`);
        }
        check("start", launch === 0 ? expectation.selectors : {});
        const categories = expectation.categories_selector;
        if (categories && document.querySelectorAll(categories).length < expectation.categories_min)
          console.log("CHECK failed categories");
        if (launch === 0 && expectation.items_selector) {
          const fewest = expectation.items_min;
          for (let i = 0; i < 40 && document.querySelectorAll(expectation.items_selector).length < fewest; i++) {
            scrollTo(0, document.body.scrollHeight);
            await new Promise((go) => setTimeout(go, 50));
          }
          const count = document.querySelectorAll(expectation.items_selector).length;
          if (count < fewest) console.log(`CHECK failed items ${count}`);
        }
        for (const [route, { ready: wanted, selectors }] of Object.entries(launch ? {} : expectation.routes ?? {})) {
          location.hash = route;
          await new Promise((go) => setTimeout(go, 50));
          await settle(wanted);
          check(route, selectors);
        }
        const phases = [[]];
        for (const step of expectation.steps ?? []) step.reload ? phases.push([]) : phases.at(-1).push(step);
        for (const step of phases[launch]) await act(step);
        console.log(`CHECK done ${phases[launch].length} steps in launch ${launch}`);
        """

    @Test(
        "a web sample's page has what its EXPECT.json names, and controls that a finger finds on a small phone",
        arguments: [
            ("hello", "index.html", "</body>"), ("taobao", "pages/home.html", "</body>"),
        ])
    func selectors(_ sample: String, _ page: String, _ end: String) throws {
        let copy = ypkg.directory.path("copy")
        let source = "\(Checkout.path)/SamplePackages/\(sample)"
        #expect(try Program("cp").run("-r", source, copy).status == 0)
        let expected = try ypkg.directory.read("copy/EXPECT.json")
        let expectation = try JSONDecoder().decode(WebExpectation.self, from: Data(expected))
        let script = Self.script.replacing("__EXPECTATION__", with: String(decoding: expected, as: UTF8.self))
        try ypkg.directory.write(script.utf8, to: "copy/check.js")
        let html = String(decoding: try ypkg.directory.read("copy/\(page)"), as: UTF8.self)
        let place = page.contains("/") ? "../check.js" : "check.js"
        let tag = "<script type=\"module\" src=\"\(place)\"></script>" + end
        try ypkg.directory.write(html.replacing(end, with: tag).utf8, to: "copy/\(page)")
        let manifest = String(decoding: try ypkg.directory.read("copy/manifest.json"), as: UTF8.self)
        try ypkg.directory.write(
            manifest.replacing("\"files\": [", with: "\"files\": [\"check.js\", ").utf8,
            to: "copy/manifest.json")
        try run(sample, expectation)
    }

    /// What the steps call a reload is a restart here: nothing but what was stored is there again.
    private func run(_ sample: String, _ expectation: WebExpectation) throws {
        #expect(try ypkg("key", "generate", "me", "--no-passphrase").status == 0)
        #expect(try ypkg("trust", "add", "me.pub", "--class", "developer").status == 0)
        #expect(try ypkg("pack", "copy", "-o", "app.ypkg", "--level", "3").status == 0)
        #expect(try ypkg("sign", "app.ypkg", "--key", "me.key").status == 0)
        #expect(try ypkg("install", "app.ypkg").status == 0)
        for launch in 0..<expectation.launches {
            let languages = expectation.languages ?? ["en"]
            let result = try ypkg.run(
                ["run", sample, "--screenshot", "page.png", "--delay", "9000", "--size", "320x568"],
                environment: ["LC_ALL": languages[launch % languages.count]])
            let checks = result.errors.split(separator: "\n").filter { $0.contains("CHECK") }
            #expect(checks.contains { $0.contains("CHECK done") }, "\(result.errors)")
            #expect(!checks.contains { $0.contains("failed") }, "\(checks)")
        }
    }

    @Test("what a page stores is there at its next start: hello counts")
    func storage() throws {
        try ypkg.prepare("hello")
        #expect(try ypkg("install", "hello.ypkg").status == 0)
        let pictures = try (1...3).map { number in
            let run = try ypkg("run", "hello", "--screenshot", "\(number).png")
            #expect(run.status == 0, "\(run.errors)")
            return try ypkg.directory.read("\(number).png")
        }
        #expect(pictures[0] != pictures[1] && pictures[1] != pictures[2])
    }
}
