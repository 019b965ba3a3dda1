// Fetches addresses through the apps' way to the network, all at once: network-bench URL... The bodies go to standard
// output, which is a pipe, a socket or a file; a line for each with its figures to standard error.
import Glibc
import Manifest
import AppNetwork
import Platform
import YunCore

func tell(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}

func fetch(_ urls: [String], _ client: NetworkClient, _ manifest: Manifest) throws(Failure) {
    let policy = RequestPolicy(manifest, isDevelopers: true)
    // What curl's own figure leaves out too: loading libcurl.
    for url in urls { _ = try RequestURL(url) }
    let start = CurrentProcess.monotonicNanoseconds
    var transfers: [Transfer] = []
    for url in urls {
        let output = OwnedDescriptor(owning: dup(STDOUT_FILENO))
        transfers.append(
            try client.start(NetworkRequest(url: url), for: manifest.domain, under: policy, output: output))
    }
    for transfer in transfers {
        while true {
            guard case .end(let end) = transfer.next() else { continue }
            if let failure = end.failure { throw failure }
            let milliseconds = (CurrentProcess.monotonicNanoseconds - start) / 1_000_000
            var usage = rusage()
            unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            tell("\(end.bodyBytes) bytes, \(milliseconds) ms, \(usage.ru_maxrss) KiB at most")
            break
        }
    }
}

let text = """
    { "domain": { "name": "bench.example.com", "title": "Bench", "version": "1", "version_code": 1, "use_sdk": 1,
        "permission": { "use_permission": [ { "name": "NETWORK.permission.yunos.com", "reason": "to measure" } ] },
        "network": { "hosts": ["*.example.com"], "development": { "hosts": ["127.0.0.1"] } } },
      "pages": [ { "uri": "page://bench.example.com/main", "type": "service", "content_path": "a", "title": "Bench" } ],
      "files": ["a"] }
    """

do throws(Failure) {
    CurrentProcess.ignoreBrokenPipes()
    let manifest = try Manifest(Array(text.utf8), describedAs: "the manifest")
    try fetch(Array(CommandLine.arguments.dropFirst()), NetworkClient(), manifest)
} catch {
    tell("\(error)")
    exit(error.code.exitStatus)
}
