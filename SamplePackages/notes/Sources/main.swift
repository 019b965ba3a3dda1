import Glibc

let usage = "usage: notes [list | add TEXT... | add - | remove NUMBER]"

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

func run(_ arguments: [String], _ notebook: Notebook) throws(Notebook.Failure) -> Int32 {
    var notes = try notebook.notes()
    switch arguments.first ?? "list" {
    case "list" where arguments.count <= 1:
        show(notes)
    case "add" where arguments.count > 1:
        let added = arguments[1...] == ["-"] ? pipedLines() : [arguments[1...].joined(separator: " ")]
        let first = notes.count
        notes += added.flatMap { $0.split(separator: "\n").map(String.init) }
        try notebook.replace(with: notes)
        show(notes, from: first)
    case "remove" where arguments.count == 2:
        guard let number = Int(arguments[1]), notes.indices.contains(number - 1) else {
            complain("there is no note \(arguments[1])")
            return 1
        }
        notes.remove(at: number - 1)
        try notebook.replace(with: notes)
    default:
        complain(usage)
        return 2
    }
    return 0
}

do throws(Notebook.Failure) {
    let home = getenv("HOME").map { String(cString: $0) } ?? "."
    exit(try run(Array(CommandLine.arguments.dropFirst()), Notebook(path: home + "/notes.txt")))
} catch {
    complain(error.message)
    exit(1)
}
