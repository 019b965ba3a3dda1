import Glibc
import Lifecycle
import PageManagerClient
import PageManagerInterface
import Platform
import Varlink
import YunCore

/// Opens a page through the page manager of a store: as a phone's shell does, over a connection that it keeps, and as
/// `ypkg open` does, which is started for it.
struct Opening {
    private let client: Client
    private let link: String
    private let root: String
    private let ypkg: String
    /// Where the page's program says when it began.
    private let answer: String

    init(_ options: Options) throws(Failure) {
        root = try options.required("store")
        link = try options.required("link")
        ypkg = try options.required("ypkg")
        answer = try options.required("answer")
        client = try PageManagerClient.connect(root: root)
    }

    func call() throws(Failure) {
        _ = try client.call(Owner.open, .init(link: Link(uri: link)))
    }

    func command() throws(Failure) {
        let process = try SpawnedProcess(
            [ypkg, "open", link, "--root", root], environment: [], descriptors: [0, 2, 2])
        guard try process.wait() == 0 else { throw Failure(.sandboxFailed, "ypkg open \(link) failed") }
    }

    /// From before `open` until the page's first instruction, in microseconds.
    func measure(_ open: () throws(Failure) -> Void) throws(Failure) -> Double {
        // What an owner does before the next page is opened takes longer than a spare.
        usleep(20_000)
        let begin = CurrentProcess.monotonicNanoseconds
        try open()
        for _ in 0..<5000 {
            let pages = try client.call(Owner.list).pages
            if pages.isEmpty, let began = try began(), began > begin { return Double(began - begin) / 1e3 }
            usleep(1000)
        }
        throw Failure(.sandboxFailed, "\(link) did not run", hint: "see ypkg logs")
    }

    private func began() throws(Failure) -> Int? {
        let bytes = try OwnedDescriptor.open(answer, .read).readToEnd(limit: 64, describedAs: answer)
        return Int(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
    }
}
