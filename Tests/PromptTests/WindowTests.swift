import DisplaySupport
import Lifecycle
import Testing
import YunCore

@testable import Prompt
@testable import PromptContract

/// The program itself, on a display of its own, with a finger and a keyboard.
@Suite(.serialized) struct WindowTests {
    /// Where things are on the screen of 500 by 800, in whose middle the window stands.
    private struct Layout {
        let left: Int
        let bottom: Int

        init(_ size: (width: Int, height: Int)) {
            left = (500 - size.width) / 2
            bottom = (800 + size.height) / 2
        }

        /// The middle of a button, counted from the last one up.
        func button(fromLast number: Int) -> (x: Int, y: Int) { (250, bottom - 16 - 22 - number * 48) }
    }

    @Test("L-75: each button gives its answer")
    func buttons() throws {
        let scene = try Scene()
        let question = PromptQuestion.sample()
        let layout = Layout(try Scene().pictureSize(question))
        let answers: [OwnerAnswer] = [.notNow, .never, .always, .whileInUse, .once]
        for (number, answer) in answers.enumerated() {
            let prompt = try scene.start(question.json, ["--gate-ms", "0"])
            let place = layout.button(fromLast: number)
            let given = try prompt.answer { scene.hand.tap(x: place.x, y: place.y) }
            #expect(given == answer.rawValue + "\n")
        }
    }

    @Test("L-72, L-73: what is pressed too early is ignored; a window that is closed was not answered")
    func early() throws {
        let scene = try Scene()
        let question = PromptQuestion.sample()
        let layout = Layout(try Scene().pictureSize(question))
        let prompt = try scene.start(question.json, ["--gate-ms", "600000"])
        #expect(try scene.display.waitForPixel([255, 255, 255], x: 250, y: layout.bottom - 8))
        for _ in 0..<3 {
            for number in 1..<5 {
                let place = layout.button(fromLast: number)
                scene.hand.tap(x: place.x, y: place.y)
            }
            scene.hand.press("Return")
            scene.hand.press("space")
            scene.hand.press("Tab")
        }
        // It comes behind the presses through the same connection.
        scene.hand.closeWindow()
        #expect(try prompt.finish() == ("not-now\n", 0))
    }

    @Test("L-73: Escape, and the page manager that withdraws the question, mean not now")
    func escape() throws {
        let scene = try Scene()
        let question = PromptQuestion.sample()
        let layout = Layout(try Scene().pictureSize(question))
        let withdrawn = try scene.start(question.json)
        #expect(try scene.display.waitForPixel([255, 255, 255], x: 250, y: layout.bottom - 8))
        withdrawn.child.signal(15)
        #expect(try withdrawn.finish() == ("not-now\n", 0))
        scene.hand.move(x: 250, y: layout.bottom - 100)
        let prompt = try scene.start(question.json, ["--gate-ms", "0"])
        #expect(try prompt.answer { scene.hand.press("Escape") } == "not-now\n")
    }

    @Test(
        "L-75: the keyboard reaches every button, and meets the one that decides nothing first",
        arguments: [(0, "not-now\n"), (1, "never\n"), (4, "once\n")])
    func keyboard(_ presses: Int, _ answer: String) throws {
        let scene = try Scene()
        let question = PromptQuestion.sample()
        let layout = Layout(try Scene().pictureSize(question))
        scene.hand.move(x: 250, y: layout.bottom - 10)
        // The gate opens after the focus that comes with the pointer, which would close it again.
        let prompt = try scene.start(question.json, ["--gate-ms", "300"])
        #expect(try scene.display.waitForPixel([0x27, 0x50, 0x9B], x: 250, y: layout.bottom - 17))
        for _ in 0..<presses { scene.hand.press("Shift_L", "Tab") }
        scene.hand.press("Return")
        #expect(try prompt.finish() == (answer, 0))
    }

    @Test(
        "L-77: the window fits a small phone, whatever the texts", arguments: ["en", "zh_CN"])
    func size(_ language: String) throws {
        let scene = try Scene()
        let wide = String(repeating: "W", count: 5000)
        let tall = String(repeating: "\u{301}\u{0E47}\u{0E49}", count: 500)
        let label = String(repeating: "w", count: 60)
        for text in [wide, tall, "a" + tall, String(repeating: "w ", count: 2000), "شكرا " + wide, ""] {
            let question = PromptQuestion.sample(
                title: text, domain: "\(label).\(label).\(label).com", reason: text, language: language)
            let size = try scene.pictureSize(question)
            #expect(size.width == 328 && size.height <= 620, "\(size) for \(text.prefix(8))")
        }
    }

    @Test("L-76: what is no question is not shown, and without a display nobody is asked")
    func failures() throws {
        let scene = try Scene()
        for text in ["", "{}", "[]", "null", "{\"domain\": 1}", String(repeating: "[", count: 60_000)] {
            let prompt = try scene.start(Array(text.utf8))
            #expect(try prompt.finish() == ("", 66))
            #expect(try prompt.errorText().hasPrefix("error: the question"))
        }
        let long = try scene.start(PromptQuestion.sample(reason: String(repeating: "x", count: 70_000)).json)
        #expect(try long.finish() == ("", 66))
        let blind = try scene.start(PromptQuestion.sample().json, hasDisplay: false)
        #expect(try blind.finish() == ("", 69))
        let wrong = try scene.start(PromptQuestion.sample().json, ["--gate-ms", "-1"])
        #expect(try wrong.finish() == ("", 64))
    }
}
