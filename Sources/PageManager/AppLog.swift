internal import PageManagerInterface
internal import Platform
internal import Synchronization
internal import YunCore

/// What apps have written and what was denied them. In memory alone: a phone's flash has better to do, and what an app
/// writes is of interest while somebody looks for a fault.
final class AppLog: Sendable {
    /// Of one app.
    private static let bytesMax = 256 << 10
    /// A longer line is cut.
    static let lineBytesMax = 4096
    /// Lines that a reader who is slow may lag behind.
    private static let waitingMax = 10_000

    private struct Lines {
        var lines: [Owner.LogLine] = []
        var bytes = 0
    }

    private struct State {
        var apps: [String: Lines] = [:]
        var followers: [Int: Follower] = [:]
        var count = 0
    }

    /// Somebody who reads along.
    final class Follower: Sendable {
        let app: String?
        let inbox: Inbox<Owner.LogLine>
        private let waiting = Mutex(0)

        init(app: String?) throws(Failure) {
            self.app = app
            inbox = try Inbox()
        }

        fileprivate func offer(_ line: Owner.LogLine) {
            guard app == nil || app == line.app else { return }
            let hasRoom = waiting.withLock { waiting in
                waiting += 1
                return waiting <= AppLog.waitingMax
            }
            if hasRoom { inbox.send(line) }
        }

        /// The next lines, or `nil` once the reader has hung up.
        func next(unless hangup: Int32) -> [Owner.LogLine]? {
            let lines = inbox.receive(unless: hangup)
            waiting.withLock { $0 = 0 }
            return lines
        }
    }

    private let state = Mutex(State())

    func add(_ kind: Owner.LogLine.Kind, _ text: String, app: String, instance: Int = 0) {
        let line = Owner.LogLine(
            time: CurrentProcess.nowMilliseconds, app: app, instance: instance, kind: kind, text: text)
        state.withLock { state in
            var lines = state.apps[app] ?? Lines()
            lines.lines.append(line)
            lines.bytes += Self.size(of: line)
            if lines.bytes > Self.bytesMax {
                // A quarter at once, so that not every line moves all others.
                var kept = lines.bytes
                let drop = lines.lines.prefix { line in
                    defer { kept -= Self.size(of: line) }
                    return kept > Self.bytesMax / 4 * 3
                }.count
                lines.lines.removeFirst(drop)
                lines.bytes = lines.lines.reduce(0) { $0 + Self.size(of: $1) }
            }
            state.apps[app] = lines
            for follower in state.followers.values { follower.offer(line) }
        }
    }

    private static func size(of line: Owner.LogLine) -> Int { line.text.utf8.count + 100 }

    /// The lines until now in the order of time, and what comes afterwards without a gap between the two.
    func read(app: String?, follow: Bool) throws(Failure) -> (lines: [Owner.LogLine], Follower?, number: Int)
    {
        let follower = follow ? try Follower(app: app) : nil
        return state.withLock { state in
            let lines = state.apps.filter { app == nil || $0.key == app }.values.flatMap(\.lines)
            state.count += 1
            if let follower { state.followers[state.count] = follower }
            return (app == nil ? lines.sorted { $0.time < $1.time } : lines, follower, state.count)
        }
    }

    func endFollowing(_ number: Int) {
        state.withLock { $0.followers[number] = nil }
    }

    /// The app was removed.
    func forget(_ app: String) {
        state.withLock { $0.apps[app] = nil }
    }
}

/// Cuts what a program writes into lines.
struct LineCutter {
    private var rest: [UInt8] = []

    mutating func take(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || rest.count >= AppLog.lineBytesMax { lines.append(end()) }
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
        }
        return lines
    }

    /// What has no end yet; empty where there is none.
    mutating func end() -> String {
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
    }
}
