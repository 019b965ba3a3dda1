internal import CWebKitGTK
internal import Platform
internal import YunCore

/// One request of a page to `page://DOMAIN/`, until it is answered on GTK's thread.
@safe final class SchemeRequest {
    private let request: UnsafeMutablePointer<WebKitURISchemeRequest>
    let uri: String
    /// `GET` where the engine names none.
    let method: String

    init(_ request: UnsafeMutablePointer<WebKitURISchemeRequest>) {
        unsafe g_object_ref(UnsafeMutableRawPointer(request))
        unsafe self.request = request
        uri = unsafe String(cString: webkit_uri_scheme_request_get_uri(request))
        method =
            unsafe webkit_uri_scheme_request_get_http_method(request).map { unsafe String(cString: $0) }
            ?? "GET"
    }

    deinit { unsafe g_object_unref(UnsafeMutableRawPointer(request)) }

    /// The page that asks, by its view's identifier.
    var page: UInt { unsafe UInt(bitPattern: webkit_uri_scheme_request_get_web_view(request)) }

    func header(_ name: String) -> String? {
        guard let headers = unsafe webkit_uri_scheme_request_get_http_headers(request),
            let value = unsafe soup_message_headers_get_one(headers, name)
        else { return nil }
        return unsafe String(cString: value)
    }

    /// The body as a file in memory, read from its start; `nil` where there is none.
    func body() throws(Failure) -> SharedDescriptor? {
        guard let stream = unsafe webkit_uri_scheme_request_get_http_body(request) else { return nil }
        defer { unsafe g_object_unref(stream) }
        let file = try OwnedDescriptor.memoryFile("body")
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            var error: UnsafeMutablePointer<GError>?
            let count = unsafe g_input_stream_read(stream, &buffer, gsize(buffer.count), nil, &error)
            guard count >= 0 else {
                throw Failure(.inputOutput, "cannot read what the page sends: \(unsafe consume(error))")
            }
            if count == 0 { break }
            try file.write(Array(buffer[..<count]))
        }
        try file.seek(to: 0)
        return SharedDescriptor(file)
    }

    /// Answers with what can be read from `body` until its end.
    /// - Parameter sizeBytes: -1 where it is not known.
    func answer(
        status: Int, headers: [(name: String, value: String)],
        body: consuming OwnedDescriptor, sizeBytes: Int = -1
    ) {
        let stream = unsafe g_unix_input_stream_new(body.release(), 1)
        unsafe finish(stream, sizeBytes, status, headers)
    }

    /// Answers with a text.
    func answer(status: Int, headers: [(name: String, value: String)], text: [UInt8]) {
        let bytes = unsafe g_bytes_new(text, gsize(text.count))
        defer { unsafe g_bytes_unref(bytes) }
        unsafe finish(g_memory_input_stream_new_from_bytes(bytes), text.count, status, headers)
    }

    /// Gives `stream` away with the answer. Where the page has given the request up, nothing comes of it.
    private func finish(
        _ stream: UnsafeMutablePointer<GInputStream>?, _ sizeBytes: Int, _ status: Int,
        _ headers: [(name: String, value: String)]
    ) {
        defer { unsafe g_object_unref(stream) }
        let response = unsafe webkit_uri_scheme_response_new(stream, gint64(sizeBytes))
        defer { unsafe g_object_unref(UnsafeMutableRawPointer(response)) }
        let type = headers.last { $0.name.lowercased() == "content-type" }?.value
        unsafe webkit_uri_scheme_response_set_content_type(response, type ?? "application/octet-stream")
        unsafe webkit_uri_scheme_response_set_status(response, UInt32(clamping: status), nil)
        let list = unsafe soup_message_headers_new(SOUP_MESSAGE_HEADERS_RESPONSE)
        for (name, value) in headers { unsafe soup_message_headers_append(list, name, value) }
        unsafe webkit_uri_scheme_response_set_http_headers(response, list)
        unsafe webkit_uri_scheme_request_finish_with_response(request, response)
    }
}
