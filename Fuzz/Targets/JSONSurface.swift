internal import CYun
internal import Glibc
internal import Platform
internal import Yun

/// JSON as apps' clients read it, in `yun.h`.
enum JSONSurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let json = JSON(bytes)
        let isStrict = StrictJSON.accepts(bytes)
        guard let json else {
            // The client is stricter in two ways: depth, and halves of pairs.
            let depthMax = bytes.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
            let mayHaveHalf = bytes.contains(UInt8(ascii: "\\"))
            try require(!isStrict || depthMax > 32 || mayHaveHalf, "JSON is refused")
            return false
        }
        try require(isStrict, "what is no JSON is read")
        guard let written = json.encoded else { throw Violation("what was read cannot be written") }
        try require(JSON(written) == json.asWritten, "written again, the value is another")
        return true
    }
}

extension JSON {
    /// What writing leaves of it: members that are null are left out, and numbers that are no integers are null.
    fileprivate var asWritten: JSON {
        switch self {
        case .number: .null
        case .array(let elements): .array(elements.map(\.asWritten))
        case .object(let members): .object(members.filter { $0.value != .null }.mapValues(\.asWritten))
        case .null, .bool, .int, .string: self
        }
    }
}

/// What comes to an app's client over its connection, read by the tables of a method that the first byte chooses.
enum ReplySurface {
    static func run(_ bytes: [UInt8]) throws(Violation) -> Bool {
        let stream = Array(bytes.dropFirst())
        // As much as a socket holds without a reader.
        guard stream.count <= MemoryPackage.streamBytesMax else { return false }
        let socket: StreamSocket
        do {
            socket = try Self.socket(holding: stream)
        } catch { throw Violation("no connection: \(error)") }
        var client = unsafe yun_client()
        unsafe yun_adopt(&client, dup(socket.number))
        defer { unsafe yun_close(&client) }
        return try unsafe receive(&client, Int(bytes.first ?? 0), limit: stream.count)
    }

    /// A connection over which this has come, with descriptors beside both halves of it.
    private static func socket(holding stream: [UInt8]) throws -> StreamSocket {
        let (near, far) = try StreamSocket.pair()
        let file = try OwnedDescriptor.memoryFile("file")
        let cut = stream.count / 2
        try near.write(Array(stream[..<cut]), descriptors: [file.number])
        try near.write(Array(stream[cut...]), descriptors: [file.number, file.number])
        return far
    }

    private static func receive(_ client: inout yun_client, _ choice: Int, limit: Int) throws(Violation)
        -> Bool
    {
        var isRead = false
        var count = 0
        while unsafe client.socket >= 0 {
            count += 1
            try require(count <= limit + 2, "more replies than bytes")
            let works = unsafe next(&client, choice)
            isRead = isRead || works
            let text = unsafe withUnsafeBytes(of: &client.error.message) {
                unsafe Array($0.prefix { $0 != 0 })
            }
            try require(works == text.isEmpty, "an error without words, or words without one")
            try require(String(validating: text, as: UTF8.self) != nil, "an error that is cut in a character")
            try require(text.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "an error that moves the cursor")
            let descriptor = unsafe yun_take(&client, 0)
            if descriptor >= 0 { close(descriptor) }
        }
        return isRead
    }

    /// Reads a reply and everything in it.
    private static func next(_ client: inout yun_client, _ choice: Int) -> Bool {
        switch choice % 5 {
        case 0:
            var event = unsafe yun_page_watch_reply()
            var method = unsafe yun_page_watch_method
            guard unsafe yun_next(&client, &method, &event) else { return false }
            unsafe measure(event.link.uri, event.link.event, event.link.data, event.content, event.title)
        case 1:
            var head = unsafe yun_network_request_reply()
            var method = unsafe yun_network_request_method
            guard unsafe yun_next(&client, &method, &head) else { return false }
            unsafe measure(head.url)
            if unsafe head.has_headers {
                var header = unsafe yun_network_header()
                var items = unsafe yun_json_begin(head.headers)
                while unsafe yun_json_next(&items) {
                    if unsafe yun_network_header_read(items.value, &header) {
                        unsafe measure(header.name, header.value)
                    }
                }
            }
        case 2:
            var list = unsafe yun_storage_list_reply()
            var method = unsafe yun_storage_list_method
            guard unsafe yun_next(&client, &method, &list) else { return false }
            var value = unsafe yun_storage_value()
            var items = unsafe yun_json_begin(list.values)
            while unsafe yun_json_next(&items) {
                if unsafe yun_storage_value_read(items.value, &value) {
                    unsafe measure(value.key, value.value)
                }
            }
        case 3:
            var got = unsafe yun_storage_get_reply()
            var method = unsafe yun_storage_get_method
            guard unsafe yun_next(&client, &method, &got) else { return false }
            if unsafe got.has_value { unsafe measure(got.value.key, got.value.value) }
        default:
            var parameters = unsafe yun_json()
            return unsafe yun_receive_json(&client, "method", &parameters)
        }
        return true
    }

    /// Goes over each text as far as its NUL, where a sanitizer sees one that has none.
    private static func measure(_ texts: UnsafePointer<CChar>?...) {
        unsafe texts.forEach { text in
            if let text = unsafe text { _ = unsafe strlen(text) }
        }
    }
}
