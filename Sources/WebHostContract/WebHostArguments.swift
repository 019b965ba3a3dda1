public import YunCore

/// What a web host is told, as a value: the launcher writes it into arguments and the host reads it back, both
/// through this type (`spec/web-host.md`, Command line).
public struct WebHostArguments: Sendable, Equatable {
    /// Directory of the package's files.
    public var package: String
    /// The app; its pages are `page://DOMAIN/...`.
    public var domain: Domain
    /// Path of the page's file below the package, the manifest's `content_path`; `nil` for a host that waits for the
    /// page manager to tell it what to show.
    public var page: String?
    /// Title of the window; the domain where there is none.
    public var title: String?
    /// What follows the page's path, with its leading `#`.
    public var fragment: String?
    /// Directory of what pages store.
    public var data: String
    /// Directory of what may be lost.
    public var cache: String
    /// Size of the page in the window.
    public var size = WindowSize.phone
    /// POSIX locale such as `zh_CN`; pages see it as their language.
    public var language: String?
    /// How long the page may take to load.
    public var loadTimeoutMilliseconds = 20_000
    /// A picture instead of a session, where one is wanted.
    public var screenshot: ScreenshotRequest?

    /// The arguments that are always needed; the others are properties.
    public init(package: String, domain: Domain, page: String?, data: String, cache: String) {
        self.package = package
        self.domain = domain
        self.page = page
        self.data = data
        self.cache = cache
    }
}

/// A window's size in the units that pages count in.
public struct WindowSize: Sendable, Equatable {
    /// 1 to 4096.
    public let width: Int
    /// 1 to 4096.
    public let height: Int

    /// What a phone of the product's price shows.
    public static let phone = WindowSize(checkedWidth: 360, height: 640)

    private init(checkedWidth: Int, height: Int) {
        width = checkedWidth
        self.height = height
    }

    /// The size, or `nil` where it is out of range.
    public init?(width: Int, height: Int) {
        guard (1...4096).contains(width), (1...4096).contains(height) else { return nil }
        self.init(checkedWidth: width, height: height)
    }
}

/// A picture of the page in the window, as PNG.
public struct ScreenshotRequest: Sendable, Equatable {
    /// Inherited descriptor that the picture is written to; 3 at least.
    public var descriptor: Int32
    /// How long to wait after the page is there.
    public var delayMilliseconds: Int

    /// A picture to `descriptor`, `delayMilliseconds` after the page is there.
    public init(descriptor: Int32, delayMilliseconds: Int = 0) {
        self.descriptor = descriptor
        self.delayMilliseconds = delayMilliseconds
    }
}

extension WebHostArguments {
    private enum Option: String {
        case package, domain, page, title, fragment, data, cache, size, language
        case loadTimeout = "load-timeout-ms"
        case screenshot = "screenshot-descriptor"
        case delay = "delay-ms"
    }

    /// For the program, without its name. Every option is followed by its value, which is taken as it is.
    public var encoded: [String] {
        var pairs: [(Option, String?)] = [
            (.package, package), (.domain, domain.name), (.page, page), (.title, title),
            (.fragment, fragment), (.data, data), (.cache, cache),
            (.size, "\(size.width)x\(size.height)"), (.language, language),
            (.loadTimeout, String(loadTimeoutMilliseconds)),
        ]
        if let screenshot {
            pairs.append((.screenshot, String(screenshot.descriptor)))
            pairs.append((.delay, String(screenshot.delayMilliseconds)))
        }
        return pairs.flatMap { option, value in value.map { ["--" + option.rawValue, $0] } ?? [] }
    }

    /// Reads what ``encoded`` writes.
    public init(decoding arguments: [String]) throws(Failure) {
        let values = try Self.values(arguments)
        self.init(
            package: try Self.required(.package, values), domain: try Domain(Self.required(.domain, values)),
            page: values[.page], data: try Self.required(.data, values),
            cache: try Self.required(.cache, values))
        title = values[.title]
        fragment = values[.fragment]
        language = values[.language]
        for option in [Option.title, .fragment, .screenshot] where page == nil && values[option] != nil {
            throw Failure(.usage, "--\(option.rawValue) needs --page")
        }
        if let fragment, !fragment.hasPrefix("#") {
            throw Self.fault(.fragment, fragment, "write it with its leading #")
        }
        if let text = values[.size] { size = try Self.size(text) }
        if let number = try Self.number(.loadTimeout, values, 1...600_000) {
            loadTimeoutMilliseconds = number
        }
        let delay = try Self.number(.delay, values, 0...600_000) ?? 0
        if let number = try Self.number(.screenshot, values, 3...65_535) {
            screenshot = ScreenshotRequest(descriptor: Int32(number), delayMilliseconds: delay)
        }
    }

    private static func values(_ arguments: [String]) throws(Failure) -> [Option: String] {
        var values: [Option: String] = [:]
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let option = Option(rawValue: String(name.dropFirst(2))) else {
                throw Failure(.usage, "\(name.escaped) is not an option of the web host")
            }
            guard let value = rest.popFirst() else { throw Failure(.usage, "\(name) needs a value") }
            guard values.updateValue(value, forKey: option) == nil else {
                throw Failure(.usage, "\(name) is given twice")
            }
        }
        return values
    }

    private static func required(_ option: Option, _ values: [Option: String]) throws(Failure) -> String {
        guard let value = values[option], !value.isEmpty else {
            throw Failure(.usage, "--\(option.rawValue) is missing")
        }
        return value
    }

    private static func number(_ option: Option, _ values: [Option: String], _ range: ClosedRange<Int>)
        throws(Failure) -> Int?
    {
        guard let text = values[option] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw fault(option, text, "use a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func size(_ text: String) throws(Failure) -> WindowSize {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            let size = WindowSize(width: width, height: height)
        else { throw fault(.size, text, "write WIDTHxHEIGHT, each from 1 to 4096") }
        return size
    }

    private static func fault(_ option: Option, _ value: String, _ hint: String) -> Failure {
        Failure(.usage, "\(value.escaped) does not fit --\(option.rawValue)", hint: hint)
    }
}
