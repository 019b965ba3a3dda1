internal import CLibCurl
internal import YunCore

/// Names that are not looked up: `HOST:PORT:ADDRESS[,ADDRESS]`, for tests of what a name server may say.
@safe final class NameAnswers: Sendable {
    nonisolated(unsafe) let list: UnsafeMutablePointer<curl_slist>?

    init(_ answers: [String]) throws(Failure) {
        var list: UnsafeMutablePointer<curl_slist>?
        for answer in answers {
            guard let longer = unsafe yun_curl_slist_append(list, answer) else { throw LibCurl.outOfMemory }
            unsafe list = unsafe longer
        }
        unsafe self.list = unsafe list
    }

    deinit {
        unsafe yun_curl_slist_free_all(list)
    }
}

/// The names and TLS sessions of one app.
@safe final class Share: Sendable {
    nonisolated(unsafe) let handle: OpaquePointer

    init() throws(Failure) {
        guard let handle = unsafe yun_curl_share_init() else { throw LibCurl.outOfMemory }
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe yun_curl_share_cleanup(handle)
    }
}

/// The connections of one lane, and its waiting.
@safe final class Multi: Sendable {
    nonisolated(unsafe) private let handle: UnsafeMutableRawPointer
    nonisolated(unsafe) private let counted: Connections

    init(_ connections: Connections) throws(Failure) {
        guard let handle = unsafe yun_curl_multi_init() else { throw LibCurl.outOfMemory }
        unsafe self.handle = unsafe handle
        unsafe counted = connections
        // Idle ones; more would keep more memory and servers waiting.
        _ = unsafe yun_curl_multi_set_number(handle, CURLMOPT_MAXCONNECTS, 2)
    }

    /// For the lane's thread alone. They stay until the last connection is closed.
    var connections: Connections { unsafe counted }

    /// Closes the connections.
    deinit {
        unsafe yun_curl_multi_cleanup(handle)
    }

    func add(_ easy: borrowing EasyHandle) throws(Failure) {
        guard unsafe yun_curl_multi_add_handle(handle, easy.handle) == CURLM_OK else {
            throw LibCurl.outOfMemory
        }
    }

    func remove(_ easy: borrowing EasyHandle) {
        _ = unsafe yun_curl_multi_remove_handle(handle, easy.handle)
    }

    /// Does what can be done now, and returns how the transfer ended if it did.
    func perform() -> CURLcode? {
        var running: Int32 = 0
        let fault = unsafe yun_curl_multi_perform(handle, &running)
        guard fault == CURLM_OK else { return CURLE_FAILED_INIT }
        let result = unsafe yun_curl_multi_result(handle)
        return result < 0 ? nil : CURLcode(rawValue: UInt32(result))
    }

    /// Waits for libcurl's own descriptors and for more of them.
    func wait(_ more: [(number: Int32, events: Int32)], milliseconds: Int) {
        var entries = more.map { curl_waitfd(fd: $0.number, events: Int16($0.events), revents: 0) }
        _ = unsafe yun_curl_multi_poll(handle, &entries, UInt32(entries.count), Int32(clamping: milliseconds))
    }

    /// Ends a wait, from any thread.
    func wake() {
        _ = unsafe yun_curl_multi_wakeup(handle)
    }
}
