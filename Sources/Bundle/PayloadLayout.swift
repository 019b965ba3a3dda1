internal import Archive
internal import YunCore

/// Where each entry lies in the payload's tar, which follows from the index alone, and which runs of frames can be
/// read without the others.
struct PayloadLayout: Sendable {
    /// Frames that begin and end where entries do. Usually one frame; a large file's frames are one job.
    struct Job: Sendable, Equatable {
        let frames: Range<Int>
        /// The compressed bytes' place in the payload.
        let offset: Int
        let entries: Range<Int>
        /// Whether the archive's end marker belongs to it.
        let isLast: Bool
    }

    static func tarBytes(of entries: [Index.Entry]) -> Int {
        entries.reduce(Tar.endBytes) { $0 + tarBytes(of: $1) }
    }

    static func tarBytes(of entry: Index.Entry) -> Int {
        let tar = entry.tarEntry
        return Tar.headerBytes(of: tar) + tar.sizeBytes + Tar.paddingBytes(after: tar.sizeBytes)
    }

    /// The jobs in the payload's order. All bytes of an index that passed its checks belong to exactly one.
    static func jobs(of index: Index) -> [Job] {
        var jobs: [Job] = []
        var frame = 0, entry = 0
        var plainEnd = 0, entryEnd = 0
        var compressedEnd = 0
        while frame < index.frames.count {
            let first = (frame: frame, entry: entry, offset: compressedEnd)
            repeat {
                plainEnd += index.frames[frame].plainBytes
                compressedEnd += index.frames[frame].compressedBytes
                frame += 1
                while entry < index.entries.count,
                    case let end = entryEnd + tarBytes(of: index.entries[entry]), end <= plainEnd
                {
                    entryEnd = end
                    entry += 1
                }
            } while plainEnd != entryEnd && frame < index.frames.count
            // A boundary inside the end marker cannot be told from one before it; the marker stays in one job.
            let isLast = frame == index.frames.count
            jobs.append(
                Job(
                    frames: first.frame..<frame, offset: first.offset, entries: first.entry..<entry,
                    isLast: isLast))
        }
        return jobs
    }
}
