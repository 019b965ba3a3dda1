public import YunCore

extension Manifest {
    /// Reads a manifest. All that is wrong is reported, sorted by place; with an empty list the manifest is good.
    public static func decode(_ bytes: [UInt8]) -> (manifest: Manifest?, diagnostics: [Diagnostic]) {
        let list = DiagnosticList()
        do throws(JSONParser.SyntaxError) {
            let (value, duplicates) = try JSONParser.parse(bytes)
            let manifest = ManifestDecoder(list).manifest(value)
            let sorted = (list.all + duplicates).sorted { $0.position < $1.position }
            return (sorted.isEmpty ? manifest : nil, sorted)
        } catch {
            return (nil, [error.diagnostic])
        }
    }

    /// Reads a manifest that a signature vouches for, where one line must do for all that is wrong.
    public init(_ bytes: [UInt8], describedAs name: String) throws(Failure) {
        let (manifest, diagnostics) = Self.decode(bytes)
        guard let manifest else {
            let first = diagnostics.first.map { "\($0.text(file: name))" } ?? "\(name) is not a manifest"
            let rest = diagnostics.count > 1 ? " (and \(diagnostics.count - 1) more)" : ""
            throw Failure(.manifestInvalid, first + rest, hint: diagnostics.first?.remedy)
        }
        self = manifest
    }
}

/// Turns JSON into a manifest, one method for each object of the format.
struct ManifestDecoder {
    let list: DiagnosticList

    init(_ list: DiagnosticList) { self.list = list }

    func manifest(_ value: JSON) -> Manifest? {
        guard let root = ObjectReader(value, "the manifest", list) else { return nil }
        let identity = root.required("domain", "add \"domain\": { \"name\": ..., ... }").flatMap(domain)
        let pageValues = root.required("pages", "add \"pages\": [ ... ] with one page at least")
        let files = root.required(
            "files", "say which files are packed: \"files\": [\"index.html\", \"images/**\"]")
        root.finish(known: ["domain", "pages", "files"])
        let pages = self.pages(pageValues, identity?.name)
        checkBackground(pageValues, value.member("domain")?.member("permission"))
        let patterns = list.array(files, "\"files\"", countMax: 1000).compactMap(filePattern)
        if case .array(let elements)? = files?.content, elements.isEmpty, let files {
            list.report(files.position, "\"files\" is empty", "name the files that are packed")
        }
        guard let identity, !pages.isEmpty else { return nil }
        return Manifest(
            domain: identity.name, title: identity.title, version: identity.version,
            versionCode: identity.versionCode, useSDK: identity.useSDK, permissions: identity.permissions,
            hosts: identity.network.hosts, developmentHosts: identity.network.development,
            wishes: identity.wishes, pages: pages, files: patterns,
            places: places(files, pageValues))
    }

    /// Of a manifest without mistakes.
    private func places(_ files: JSON?, _ pages: JSON?) -> Manifest.Places {
        var places = Manifest.Places()
        if case .array(let patterns)? = files?.content { places.files = patterns.map(\.position) }
        if case .array(let elements)? = pages?.content {
            places.pages = elements.map { page in
                (page.member("content_path")?.position ?? page.position, page.member("icon")?.position)
            }
        }
        return places
    }

    private struct Identity {
        let name: Domain
        let title: LocalizedText
        let version: VersionName
        let versionCode: VersionCode
        let useSDK: Int
        let permissions: [PermissionRequest]
        let network: Network
        let wishes: ResourceWishes
    }

    private func domain(_ value: JSON) -> Identity? {
        guard let object = ObjectReader(value, "\"domain\"", list) else { return nil }
        let name = list.string(
            object.required("name", "add the app's domain, such as \"notes.example.com\""), "\"name\""
        )
        .flatMap { name in list.checking(name.json) { () throws(Failure) in try Domain(name.text) } }
        let title = object.required("title", "add the app's name for people").flatMap(text)
        let version = list.string(
            object.required("version", "add a version such as \"1.0.0\""), "\"version\""
        )
        .flatMap { version in
            list.checking(version.json) { () throws(Failure) in try VersionName(version.text) }
        }
        let code = list.integer(
            object.required("version_code", "add \"version_code\": 1"), "\"version_code\""
        )
        .flatMap { code in list.checking(code.json) { () throws(Failure) in try VersionCode(code.number) } }
        let useSDK = self.useSDK(object.required("use_sdk", "add \"use_sdk\": \(Manifest.currentSDK)"))
        let permission = object.optional("permission")
        let permissions = permission.map(self.permissions) ?? []
        let network = object.optional("network").map { self.network($0, permission) } ?? Network()
        let wishes = self.wishes(limits: object.optional("limits"), storage: object.optional("storage"))
        object.finish(
            known: [
                "name", "title", "version", "version_code", "use_sdk", "permission", "network", "limits",
                "storage",
            ])
        guard let name, let title, let version, let code, let useSDK else { return nil }
        return Identity(
            name: name, title: title, version: version, versionCode: code, useSDK: useSDK,
            permissions: permissions, network: network, wishes: wishes)
    }

    private func useSDK(_ value: JSON?) -> Int? {
        guard let (number, json) = list.integer(value, "\"use_sdk\"") else { return nil }
        guard (1...Manifest.currentSDK).contains(number) else {
            list.report(
                json.position, "\"use_sdk\" \(number) does not exist here",
                "use \(Manifest.currentSDK), or update Yun")
            return nil
        }
        return number
    }

    private func permissions(_ value: JSON) -> [PermissionRequest] {
        guard let object = ObjectReader(value, "\"permission\"", list) else { return [] }
        let elements = list.array(object.optional("use_permission"), "\"use_permission\"", countMax: 64)
        object.finish(known: ["use_permission"])
        reportRepeated(elements, "name", "the permission is asked for twice", "ask for each once")
        return elements.compactMap(permissionRequest)
    }

    /// Reports every value of `key` that an earlier element has too, whatever else is wrong with either.
    private func reportRepeated(_ elements: [JSON], _ key: String, _ message: String, _ remedy: String) {
        var seen: Set<[UInt8]> = []
        for value in elements.compactMap({ $0.member(key) }) {
            guard case .string(let text) = value.content, !seen.insert(Array(text.utf8)).inserted else {
                continue
            }
            list.report(value.position, message, remedy)
        }
    }

    private func permissionRequest(_ value: JSON) -> PermissionRequest? {
        guard let object = ObjectReader(value, "a permission", list) else { return nil }
        let name = list.string(object.required("name", "add the permission's name"), "\"name\"")
        let reason = object.required("reason", "say in a sentence why the app needs it").flatMap(text)
        object.finish(known: ["name", "reason"])
        guard let name else { return nil }
        guard let permission = Permission(fullName: name.text) else {
            let all = Permission.allCases.map(\.rawValue).joined(separator: ", ")
            list.report(
                name.json.position, "there is no permission \"\(name.text.escaped)\"",
                "write NAME\(Permission.suffix) with one of \(all)")
            return nil
        }
        return reason.map { PermissionRequest(permission: permission, reason: $0) }
    }

    private func pages(_ value: JSON?, _ domain: Domain?) -> [Page] {
        guard let value else { return [] }
        let elements = list.array(value, "\"pages\"", countMax: Limits.pagesMax)
        if case .array(let all) = value.content, all.isEmpty {
            list.report(value.position, "there is no page", "add one page at least")
        }
        reportRepeated(elements, "uri", "another page has the same \"uri\"", "give each its own")
        checkMainPage(elements, value.position)
        return elements.compactMap { page in self.page(page, domain) }
    }

    /// Exactly one main page; a page with something wrong in it is still a page.
    private func checkMainPage(_ pages: [JSON], _ position: SourcePosition) {
        let marks = pages.map { $0.member("main") }
        let mains = marks.compactMap(\.self).filter { $0.content.isTrue }
        for extra in mains.dropFirst() {
            list.report(extra.position, "another page is the main one", "set \"main\": true on one page only")
        }
        let mayHide = zip(pages, marks).contains { page, mark in
            !page.content.isObject || mark.map { !$0.content.isBoolean } ?? false
        }
        let needsMain = pages.contains { page in
            if case .string("service")? = page.member("type")?.content { false } else { true }
        }
        if mains.isEmpty, needsMain, !mayHide, !pages.isEmpty {
            list.report(position, "no page is the main one", "set \"main\": true on one page")
        }
    }

    private func page(_ value: JSON, _ domain: Domain?) -> Page? {
        guard let object = ObjectReader(value, "a page", list) else { return nil }
        let uri = list.string(object.required("uri", "add \"uri\": \"page://DOMAIN/NAME\""), "\"uri\"")
            .flatMap { uri in self.uri(uri.text, uri.json, domain) }
        let kind = list.choice(object.required("type", "add \"type\": \"web\""), "\"type\"", Page.Kind.self)
        let content = path(
            object.required("content_path", "name the page's document or program"), "\"content_path\"")
        let isMain = list.boolean(object.optional("main"), "\"main\"") ?? false
        let title = object.required("title", "add the page's name for people").flatMap(text)
        let icon = path(object.optional("icon"), "\"icon\"")
        let orientation = object.optional("display").flatMap(self.orientation) ?? .any
        let events = list.array(object.optional("events"), "\"events\"", countMax: 64).compactMap(event)
        let instances =
            list.choice(object.optional("instances"), "\"instances\"", Page.Instances.self) ?? .single
        let background = self.background(object.optional("background"))
        object.finish(
            known: [
                "uri", "type", "content_path", "main", "title", "icon", "display", "events", "instances",
                "background",
            ])
        guard let uri, let kind, let content, let title else { return nil }
        return Page(
            uri: uri, kind: kind, contentPath: content, isMain: isMain, title: title, icon: icon,
            orientation: orientation, events: events, instances: instances, background: background)
    }

    private func uri(_ text: String, _ json: JSON, _ domain: Domain?) -> PageURI? {
        guard let uri = list.checking(json, { () throws(Failure) in try PageURI(text) }) else { return nil }
        if let domain, uri.domain != domain {
            list.report(
                json.position, "the page belongs to another domain", "write page://\(domain)/\(uri.name)")
            return nil
        }
        return uri
    }

    private func orientation(_ value: JSON) -> Page.Orientation? {
        guard let object = ObjectReader(value, "\"display\"", list) else { return nil }
        let orientation = list.choice(
            object.optional("orientation"), "\"orientation\"", Page.Orientation.self)
        object.finish(known: ["orientation"])
        return orientation
    }

    private func event(_ value: JSON) -> String? {
        guard let (name, json) = list.string(value, "an event") else { return nil }
        let allowed = name.utf8.allSatisfy { $0.isLowercaseLetter || $0.isUppercaseLetter || $0.isDigit }
        guard allowed, (1...32).contains(name.utf8.count) else {
            list.report(
                json.position, "\"\(name.escaped)\" is not an event", "use 1 to 32 letters and digits")
            return nil
        }
        return name
    }

    private func path(_ value: JSON?, _ name: String) -> PackagePath? {
        list.string(value, name).flatMap { path in
            list.checking(path.json) { () throws(Failure) in try PackagePath(path.text) }
        }
    }

    private func filePattern(_ value: JSON) -> FilePattern? {
        list.string(value, "a file pattern").flatMap { pattern in
            list.checking(pattern.json) { () throws(Failure) in try FilePattern(pattern.text) }
        }
    }

    /// A string, or an object of language tags and strings.
    private func text(_ value: JSON) -> LocalizedText? {
        if case .string(let text) = value.content { return plain(text, value).map { LocalizedText($0) } }
        guard case .object(let members) = value.content else {
            list.report(
                value.position, "a text is \(value.kind)",
                "write \"...\" or { \"en\": \"...\", \"zh\": \"...\" }")
            return nil
        }
        var texts: [String: String] = [:]
        for member in members {
            guard isLanguageTag(member.key) else {
                list.report(
                    member.keyPosition, "\"\(member.key.escaped)\" is not a language", "write en, zh or zh-TW"
                )
                continue
            }
            texts[member.key] = list.string(member.value, "a text").flatMap { plain($0.text, $0.json) }
        }
        guard members.contains(where: { $0.key == "en" }) else {
            list.report(value.position, "the text is not there in English", "add \"en\": \"...\"")
            return nil
        }
        return LocalizedText(texts)
    }

    private func plain(_ text: String, _ json: JSON) -> String? {
        let scalars = text.unicodeScalars
        guard (1...200).contains(scalars.count), !scalars.contains(where: \.isUnprintable),
            !scalars.allSatisfy(\.properties.isWhitespace)
        else {
            list.report(
                json.position, "a text is empty, too long, or has an invisible character",
                "use 1 to 200 visible characters")
            return nil
        }
        return text
    }

    private func isLanguageTag(_ tag: String) -> Bool {
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, parts.count <= 2, (2...3).contains(language.count) else {
            return false
        }
        return language.utf8.allSatisfy(\.isLowercaseLetter)
            && parts.dropFirst().allSatisfy { $0.count == 2 && $0.utf8.allSatisfy(\.isUppercaseLetter) }
    }
}
