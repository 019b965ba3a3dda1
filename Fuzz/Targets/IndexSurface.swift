internal import Archive
internal import Bundle
internal import YunCore

/// `index`, before and after its signature is known to be right.
enum IndexSurface {
    static let codes: Set<FailureCode> = [.bundleIndex, .bundleEntry, .bundleLimit]

    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        guard let index = try attempt(codes, { () throws(Failure) in try Index(text: bytes) }) else {
            return false
        }
        try require(index.text == bytes, "written again, the index is another")
        try require(bytes.count <= Limits.indexBytesMax, "the index is too long")
        try require(index.entries.count <= Limits.entriesMax, "there are too many entries")
        try require(index.frames.count <= Limits.framesMax, "there are too many frames")
        try checkFrames(index)
        try checkEntries(index)
        return true
    }

    private static func checkFrames(_ index: Index) throws(Violation) {
        var plainBytes = Tar.endBytes
        for entry in index.entries {
            let tar: Tar.Entry =
                switch entry.kind {
                case .directory: .directory(path: entry.path.text)
                case .file(let sizeBytes, _, let isExecutable):
                    .file(
                        path: entry.path.text, sizeBytes: sizeBytes, permissions: isExecutable ? 0o755 : 0o644
                    )
                case .symlink(let target): .symlink(path: entry.path.text, target: target)
                }
            plainBytes += Tar.header(of: tar).count + tar.sizeBytes + Tar.paddingBytes(after: tar.sizeBytes)
        }
        for frame in index.frames {
            plainBytes -= frame.plainBytes
            try require((1...Limits.framePlainBytesMax).contains(frame.plainBytes), "a frame's plain size")
            try require(
                (1...Limits.frameCompressedBytesMax).contains(frame.compressedBytes), "a frame's size")
        }
        try require(plainBytes == 0, "the frames are not the entries' tar")
    }

    private static func checkEntries(_ index: Index) throws(Violation) {
        var kinds: [[UInt8]: Index.Entry.Kind] = [:]
        var looks: Set<String> = []
        var previous: [ArraySlice<UInt8>] = []
        for entry in index.entries {
            let path = Array(entry.path.text.utf8)
            let components = path.pieces("/")
            try checkComponents(components, path)
            try require(
                previous.lexicographicallyPrecedes(components) { $0.lexicographicallyPrecedes($1) },
                "\(path.text.escaped) is out of order")
            previous = components
            let parent = Array(components.dropLast().joined(separator: [UInt8(ascii: "/")]))
            try require(parent.isEmpty || kinds[parent] == .directory, "\(path.text.escaped) has no parent")
            try require(kinds.updateValue(entry.kind, forKey: path) == nil, "a path stands twice")
            // Strings are equal where they are canonically equivalent.
            try require(
                looks.insert(path.text.lowercased()).inserted, "\(path.text.escaped) looks like another")
            try require(index.entry(at: entry.path) == entry, "\(path.text.escaped) is not found")
        }
        for entry in index.entries {
            guard case .symlink(let target) = entry.kind else { continue }
            try checkSymlink(Array(entry.path.text.utf8), Array(target.utf8), kinds)
        }
    }

    private static func checkComponents(_ components: [ArraySlice<UInt8>], _ path: [UInt8]) throws(Violation)
    {
        try require(path.count <= Limits.pathBytesMax, "a path is too long")
        try require(components.count <= Limits.pathDepthMax, "a path is too deep")
        for component in components {
            let isName =
                !component.isEmpty && !component.elementsEqual(".".utf8)
                && !component.elementsEqual("..".utf8) && component.count <= Limits.pathComponentBytesMax
            try require(isName, "\(path.text.escaped) has a component that is no name")
        }
        try require(!path.text.unicodeScalars.contains(where: \.isUnprintable), "a path hides what it is")
    }

    /// Follows the target as a kernel does, by bytes.
    private static func checkSymlink(
        _ path: [UInt8], _ target: [UInt8], _ kinds: [[UInt8]: Index.Entry.Kind]
    ) throws(Violation) {
        var place = Array(path.pieces("/").dropLast())
        var hasName = false
        for component in target.pieces("/") {
            if component.elementsEqual("..".utf8) {
                try require(!hasName && !place.isEmpty, "\(path.text.escaped) may leave the package")
                place.removeLast()
            } else {
                try require(!component.isEmpty && !component.elementsEqual(".".utf8), "a target's component")
                hasName = true
                place.append(component)
            }
        }
        switch kinds[Array(place.joined(separator: [UInt8(ascii: "/")]))] {
        case .directory, .file: break
        case .symlink, nil: throw Violation("\(path.text.escaped) does not lead to a file or directory")
        }
    }
}
