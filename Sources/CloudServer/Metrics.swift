internal import CloudDatabase
internal import Synchronization

/// What this process has done since it began, in Prometheus' text form. Labels are patterns and kinds, never names or paths: they
/// would tell of people, and be without end.
final class Metrics: Sendable {
    /// Upper bounds of the durations' buckets.
    private static let boundsSeconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60,
    ]

    private struct Series: Hashable {
        let method: String
        let route: String
        let status: String

        var labels: String { "method=\"\(method)\",route=\"\(route)\",status=\"\(status)\"" }
    }

    private struct Durations {
        var counts = [Int](repeating: 0, count: boundsSeconds.count + 1)
        var sumSeconds = 0.0
    }

    private let requests = Mutex<[Series: Durations]>([:])
    private let bytesReceived = Atomic(0)
    private let bytesSent = Atomic(0)
    private let connections = Atomic(0)

    func count(_ request: RequestSummary) {
        let series = Series(
            method: request.methodLabel, route: request.route, status: "\(request.status / 100)xx")
        let bucket = Self.boundsSeconds.firstIndex { request.seconds <= $0 } ?? Self.boundsSeconds.count
        requests.withLock { requests in
            requests[series, default: Durations()].counts[bucket] += 1
            requests[series, default: Durations()].sumSeconds += request.seconds
        }
    }

    func receive(bytes: Int) { bytesReceived.wrappingAdd(bytes, ordering: .relaxed) }

    func send(bytes: Int) { bytesSent.wrappingAdd(bytes, ordering: .relaxed) }

    func changeConnections(by difference: Int) { connections.wrappingAdd(difference, ordering: .relaxed) }

    /// Everything as text, with what the database counts.
    func text(_ commits: CommitCounts) -> String {
        var text = Exposition()
        let requests = requests.withLock { $0 }.sorted { $0.key.labels < $1.key.labels }
        text.begin("ycloud_http_requests_total", "counter", "Requests answered.")
        for (series, durations) in requests {
            text.add("", series.labels, durations.counts.reduce(0, +))
        }
        text.begin(
            "ycloud_http_request_duration_seconds", "histogram", "From the head to the answer's last byte.")
        for (series, durations) in requests {
            var count = 0
            for (bound, bucket) in zip(Self.boundsSeconds.map { "\($0)" } + ["+Inf"], durations.counts) {
                count += bucket
                text.add("_bucket", series.labels + ",le=\"\(bound)\"", count)
            }
            text.add("_sum", series.labels, durations.sumSeconds)
            text.add("_count", series.labels, count)
        }
        text.addCounter(
            "ycloud_http_received_bytes_total", "Bytes of requests' bodies.",
            bytesReceived.load(ordering: .relaxed))
        text.addCounter(
            "ycloud_http_sent_bytes_total", "Bytes of answers' bodies.", bytesSent.load(ordering: .relaxed))
        text.addCounter(
            "ycloud_database_commits_total", "Commits; each waits once for the disk.", commits.commits)
        text.addCounter(
            "ycloud_database_writes_total", "Writes that the commits have taken along.", commits.writes)
        text.begin("ycloud_http_connections", "gauge", "Connections that are open.")
        text.add("", "", connections.load(ordering: .relaxed))
        return text.text
    }
}

/// The text form, version 0.0.4.
private struct Exposition {
    private(set) var text = ""
    private var name = ""

    mutating func begin(_ name: String, _ type: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    mutating func add(_ suffix: String, _ labels: String, _ value: some Numeric) {
        text += name + suffix + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
    }

    mutating func addCounter(_ name: String, _ help: String, _ value: Int) {
        begin(name, "counter", help)
        add("", "", value)
    }
}
