import Glibc
import Yun

let usage = "usage: notes [list | add TEXT... | add - | remove NUMBER | remind NUMBER | shop | permissions]"

func complain(_ message: String) {
    fputs(message + "\n", fdopen(2, "w"))
}

/// Every line that is piped in becomes a note.
func pipedLines() -> [String] {
    var lines: [String] = []
    while let line = readLine() {
        if !line.allSatisfy(\.isWhitespace) { lines.append(line) }
    }
    return lines
}

func show(_ notes: [String], from first: Int = 0) {
    for (index, note) in notes.enumerated() where index >= first { print("\(index + 1)  \(note)") }
}

/// What was printed is seen at once, also in a log.
func flush() { fflush(nil) }

/// The place of a note that is called by its number.
func index(of number: String, in notes: [String]) -> Int? {
    guard let number = Int(number), notes.indices.contains(number - 1) else {
        complain("there is no note \(number)")
        return nil
    }
    return number - 1
}

func run(_ arguments: [String], _ notebook: Notebook) throws -> Int32 {
    var notes = try notebook.notes()
    switch arguments.first ?? "page" {
    case "page" where arguments.isEmpty:
        show(notes)
        flush()
        // Without a broker it is no page, and has said what there is to say.
        guard try Phone.isThere() else { return 0 }
        try Phone.watch { number in
            if notes.indices.contains(number - 1) { print("\(number)  \(notes[number - 1])") }
        }
    case "list" where arguments.count <= 1:
        show(notes)
    case "shop" where arguments.count == 1:
        try Phone.shop()
    case "permissions" where arguments.count == 1:
        try Phone.permissions()
    case "remind" where arguments.count == 2:
        guard let index = index(of: arguments[1], in: notes) else { return 1 }
        try Phone.remind(of: notes[index], index + 1)
    case "add" where arguments.count > 1:
        let added = arguments[1...] == ["-"] ? pipedLines() : [arguments[1...].joined(separator: " ")]
        let first = notes.count
        notes += added.flatMap { $0.split(separator: "\n").map(String.init) }
        try notebook.replace(with: notes)
        show(notes, from: first)
    case "remove" where arguments.count == 2:
        guard let index = index(of: arguments[1], in: notes) else { return 1 }
        notes.remove(at: index)
        try notebook.replace(with: notes)
    default:
        complain(usage)
        return 2
    }
    return 0
}

do {
    let home = getenv("HOME").map { String(cString: $0) } ?? "."
    exit(try run(Array(CommandLine.arguments.dropFirst()), Notebook(path: home + "/notes.txt")))
} catch let failure as Notebook.Failure {
    complain(failure.message)
} catch {
    complain("\(error)")
}
exit(1)
