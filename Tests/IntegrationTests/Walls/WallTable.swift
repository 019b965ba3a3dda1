import Platform
import Support
import Testing
import YunCore

/// A table of `spec/walls.md`: what was seen of each wall, column by column.
struct WallTable {
    let heading: String
    let columns: [(name: String, title: String)]
    let walls: [WallExpectations.Wall]
    /// By wall and column; a column that could not be tried here is as the file has it.
    private(set) var cells: [String: [String: String]] = [:]

    init(
        _ heading: String, columns: [(name: String, title: String)], walls: [WallExpectations.Wall],
        from text: String
    ) {
        self.heading = heading
        self.columns = columns
        self.walls = walls
        let part = text.split(separator: "\n## ").first { $0.hasPrefix(heading + "\n") } ?? ""
        for line in part.split(separator: "\n") where line.hasPrefix("| ") {
            let words = line.split(separator: "|", omittingEmptySubsequences: false).map { word in
                String(word.filter { !" *".contains($0) })
            }
            guard words.count > columns.count + 1 else { continue }
            for (index, column) in columns.enumerated() {
                cells[words[1], default: [:]][column.name] = words[index + 2]
            }
        }
    }

    /// Takes what a column's probes have said, and checks it.
    mutating func take(_ seen: [String: Wall], column: String) throws {
        #expect(seen.count > walls.count / 2, "\(column): \(seen.count) of \(walls.count) were tried")
        for wall in walls {
            if let file = wall.needs, try AnchoredDirectory.status(ofPath: file) == nil { continue }
            let found = seen[wall.name]
            #expect(
                found?.result == wall.expected(column),
                "\(column): \(wall.name) is \(found?.result ?? "not tried"): \(found?.detail ?? "")")
            cells[wall.name, default: [:]][column] = found?.result ?? "-"
        }
        let unknown = Set(seen.keys).subtracting(walls.map(\.name))
        #expect(unknown.isEmpty, "\(column): EXPECT.json does not know \(unknown)")
    }

    /// What a probe has said.
    struct Wall {
        let result: String
        let detail: String
    }

    var text: String {
        var lines = ["## \(heading)", ""]
        lines.append("| wall | " + columns.map(\.title).joined(separator: " | ") + " | why |")
        lines.append("|" + String(repeating: "---|", count: columns.count + 2))
        for wall in walls {
            let words = columns.map { column in
                let word = cells[wall.name]?[column.name] ?? "?"
                return word == wall.expect ? word : word == "-" ? word : "**\(word)**"
            }
            lines.append("| \(wall.name) | " + words.joined(separator: " | ") + " | \(wall.why ?? "") |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
