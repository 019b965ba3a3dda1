internal import CLibCurl
internal import Glibc
internal import Platform
internal import YunCore

extension Failure {
    /// What libcurl's code means to whoever made the request.
    /// - Parameters:
    ///   - detail: libcurl's own words.
    ///   - connectError: why there is no connection, as an errno.
    ///   - refused: the scope of an address that the policy did not let it connect to.
    static func transfer(
        _ code: CURLcode, to url: RequestURL, detail: String, connectError: Int32, refused: AddressScope?
    ) -> Failure {
        let host = url.host
        let words = detail.trimmingCertificatePrefix.abbreviated(to: 300).escaped
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return Failure(
                .networkHostUnknown, "there is no host \(host)", hint: "check the name and the connection")
        case CURLE_COULDNT_CONNECT:
            if let refused {
                return Failure(
                    .networkNotAllowed, "the name \(host) leads to \(refused.words)",
                    hint: "only hosts of \"development\" may, in a release that a developer signed")
            }
            return unreachable(url, connectError, words)
        case CURLE_OPERATION_TIMEDOUT:
            return Failure(
                .networkTimeout, "cannot connect to \(host) in time", hint: "try again later")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return Failure(
                .networkUntrusted, "cannot trust \(host): \(words)",
                hint: "the server needs a certificate for its name from an authority that the system trusts")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED:
            return Failure(
                .networkUntrusted, "cannot speak TLS with \(host): \(words)",
                hint: "the server needs TLS 1.2 or newer")
        case CURLE_SSL_CACERT_BADFILE:
            return Failure(
                .unavailable, "cannot read the authorities that the system trusts: \(words)",
                hint: "install ca-certificates")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND:
            return Failure(
                .networkUnreachable, "the connection to \(host) broke: \(words)", hint: "try again later")
        case CURLE_PARTIAL_FILE:
            return Failure(
                .networkResponse, "the response of \(host) ended early", hint: "try again later")
        case CURLE_OUT_OF_MEMORY:
            // Also what libcurl says of a line that is longer than it takes.
            return Failure(.networkResponse, "\(host) sends more of a head than there is memory for")
        default:
            return Failure(
                .networkResponse, "\(host) does not speak HTTP as it should: \(words)",
                hint: "tell whoever runs the server")
        }
    }

    private static func unreachable(_ url: RequestURL, _ error: Int32, _ words: String) -> Failure {
        let reason =
            switch error {
            case ECONNREFUSED: "it is refused; nothing listens there"
            case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN: "no network leads there"
            case ETIMEDOUT: "nothing answers there"
            default: words
            }
        return Failure(
            .networkUnreachable, "cannot connect to \(url.host) at port \(url.port): \(reason)",
            hint: "check the connection, or try again later")
    }

    /// The app's descriptor for the body took no more.
    static func bodyUnwritable(_ error: Int32) -> Failure {
        error == ENOSPC || error == EDQUOT
            ? Failure(
                .noSpace, "cannot write the body: no space is left", hint: "free some space and try again")
            : Failure(.outputUnwritable, "cannot write the body where the app wants it (error \(error))")
    }
}

extension String {
    fileprivate var trimmingCertificatePrefix: String {
        for prefix in ["SSL certificate problem: ", "SSL: "] where hasPrefix(prefix) {
            return String(dropFirst(prefix.count))
        }
        return self
    }
}
