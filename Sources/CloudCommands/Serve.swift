internal import ArgumentParser
internal import CloudServer
internal import Foundation
internal import Logging
internal import Platform
internal import YunCore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves until it is told to stop by SIGTERM or SIGINT; what has begun is finished.")

    @OptionGroup var data: DataOptions

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen: String?

    func run() async throws {
        let (host, port) = try address()
        let (database, objects) = try data.open()
        let application = CloudApplication(database: database, objects: objects, clock: SystemClock.now)
        var logger = Logger(label: "ycloud") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        try await application.run(host: host, port: port, logger: logger) { port in
            FileHandle.standardOutput.write(Data("http://\(host):\(port)\n".utf8))
        }
    }

    private func address() throws(Failure) -> (String, Int) {
        let text = listen ?? CurrentProcess.environment["YCLOUD_LISTEN"] ?? "127.0.0.1:8443"
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), colon != text.startIndex
        else {
            throw Failure(
                .usage, "\(text.escaped) is no address to listen on", hint: "write it as 127.0.0.1:8443")
        }
        return (String(text[..<colon]), port)
    }
}
