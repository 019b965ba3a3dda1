public import CloudModel
internal import Foundation
internal import FoundationXML
internal import YunCore

/// An XML element with resolved namespaces, as bodies of requests bring them.
public struct Element: Sendable {
    /// What is between an element's tags.
    public enum Content: Sendable {
        case element(Element)
        case text(String)
    }

    /// An attribute with a resolved namespace, empty for none.
    public struct Attribute: Sendable {
        /// Empty for none.
        public let namespace: String
        /// Without a prefix.
        public let name: String
        /// With references resolved.
        public let value: String
    }

    /// WebDAV's own.
    public static let davNamespace = "DAV:"
    static let xmlNamespace = "http://www.w3.org/XML/1998/namespace"

    /// Empty for none.
    public let namespace: String
    /// Without a prefix.
    public let name: String
    /// Without declarations of namespaces.
    public let attributes: [Attribute]
    /// In order.
    public internal(set) var contents: [Content]

    /// Elements directly within.
    public var children: [Element] {
        contents.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// All text directly within.
    public var text: String {
        contents.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// Whether it is WebDAV's own element of this name.
    public func isDAV(_ name: String) -> Bool { namespace == Self.davNamespace && self.name == name }

    /// WebDAV's own element of this name directly within.
    public func child(_ name: String) -> Element? { children.first { $0.isDAV(name) } }

    /// The element as text that stands for itself: it declares each namespace where it is used.
    public var xml: String { xml(within: "") }

    private func xml(within outer: String) -> String {
        var text = "<\(name)"
        if namespace != outer { text += " xmlns=\"\(namespace.markup)\"" }
        for (number, attribute) in attributes.enumerated() {
            switch attribute.namespace {
            case "": text += " \(attribute.name)=\"\(attribute.value.attributeMarkup)\""
            case Self.xmlNamespace: text += " xml:\(attribute.name)=\"\(attribute.value.attributeMarkup)\""
            default:
                text += " xmlns:a\(number)=\"\(attribute.namespace.markup)\""
                text += " a\(number):\(attribute.name)=\"\(attribute.value.attributeMarkup)\""
            }
        }
        guard !contents.isEmpty else { return text + "/>" }
        text += ">"
        for content in contents {
            switch content {
            case .element(let element): text += element.xml(within: namespace)
            case .text(let part): text += part.markup
            }
        }
        return text + "</\(name)>"
    }

    /// Reads a body. Declarations of documents are refused, with them every entity but XML's own five.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        guard let text = String(validating: bytes, as: UTF8.self), Self.isUTF8(text) else {
            throw Problem(.malformed, "the body is not XML in UTF-8")
        }
        // The parser would leave out what it declares, and not say so.
        guard !text.contains("<!DOCTYPE") else {
            throw Problem(.malformed, "the body declares a document type")
        }
        let reader = ElementReader()
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldReportNamespacePrefixes = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        guard parser.parse(), reader.fault == nil, let root = reader.root else {
            throw Problem(.malformed, "the body is not well-formed XML: \(reader.fault ?? "broken")")
        }
        self = root
    }

    init(namespace: String, name: String, attributes: [Attribute]) {
        self.namespace = namespace
        self.name = name
        self.attributes = attributes
        contents = []
    }

    /// Another encoding could hide what is looked for.
    private static func isUTF8(_ text: String) -> Bool {
        guard !text.utf8.contains(0) else { return false }
        guard text.hasPrefix("<?xml"), let end = text.range(of: "?>") else { return true }
        let declaration = text[..<end.lowerBound].lowercased()
        return !declaration.contains("encoding") || declaration.contains("\"utf-8\"")
            || declaration.contains("'utf-8'")
    }
}

extension String {
    /// As an attribute's value: white space would be made plain otherwise.
    fileprivate var attributeMarkup: String {
        markup.replacing("\n", with: "&#10;").replacing("\t", with: "&#9;").replacing("\r", with: "&#13;")
    }
}

/// Puts elements together from what the parser reports.
private final class ElementReader: NSObject, XMLParserDelegate {
    /// A body that is deeper or has more elements than any client's is somebody's attempt.
    private static let depthMax = 100
    private static let elementsMax = 10_000

    private(set) var root: Element?
    private(set) var fault: String?
    private var open: [Element] = []
    private var prefixes: [String: [String]] = [:]
    private var count = 0

    func parser(_ parser: XMLParser, didStartMappingPrefix prefix: String, toURI uri: String) {
        if uri.isEmpty, !prefix.isEmpty { refuse(parser, "a prefix of no namespace") }
        prefixes[prefix, default: []].append(uri)
    }

    func parser(_ parser: XMLParser, didEndMappingPrefix prefix: String) {
        prefixes[prefix]?.removeLast()
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        count += 1
        guard open.count < Self.depthMax, count <= Self.elementsMax else {
            return refuse(parser, "too many elements")
        }
        var resolved: [Element.Attribute] = []
        for (key, value) in attributes.sorted(by: { $0.key < $1.key })
        where key != "xmlns" && !key.hasPrefix("xmlns:") {
            guard let attribute = attribute(key, value) else { return refuse(parser, "an unknown prefix") }
            resolved.append(attribute)
        }
        let local = name.split(separator: ":").last.map(String.init) ?? name
        if namespaceURI == nil, name.contains(":") { return refuse(parser, "an unknown prefix") }
        open.append(Element(namespace: namespaceURI ?? "", name: local, attributes: resolved))
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].contents.append(.element(element))
        }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].contents.append(.text(text))
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        self.parser(parser, foundCharacters: String(decoding: data, as: UTF8.self))
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        if fault == nil { fault = "error \((error as NSError).code) in line \(parser.lineNumber)" }
    }

    private func refuse(_ parser: XMLParser, _ fault: String) {
        if self.fault == nil { self.fault = fault }
        parser.abortParsing()
    }

    private func attribute(_ key: String, _ value: String) -> Element.Attribute? {
        let parts = key.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return Element.Attribute(namespace: "", name: key, value: value) }
        let namespace =
            parts[0] == "xml" ? Element.xmlNamespace : prefixes[String(parts[0])]?.last
        return namespace.map { Element.Attribute(namespace: $0, name: String(parts[1]), value: value) }
    }
}
