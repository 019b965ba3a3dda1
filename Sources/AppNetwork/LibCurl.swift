internal import CLibCurl
internal import YunCore

/// The library behind all requests.
enum LibCurl {
    /// Loads it where that has not happened yet.
    static func load() throws(Failure) {
        guard let fault = unsafe yun_curl_load() else { return }
        throw Failure(
            .unavailable, "cannot use the network: \(unsafe String(cString: fault))",
            hint: "install libcurl4 (Debian) or libcurl")
    }

    static var outOfMemory: Failure { Failure(.internalError, "libcurl has no memory") }
}

extension String {
    /// Case as host names, methods and header names know it: that of ASCII's letters alone.
    var asciiLowercased: String {
        String(decoding: utf8.map { $0.isUppercaseLetter ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
