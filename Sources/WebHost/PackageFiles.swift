internal import Platform
internal import YunCore

/// The files of one package as a page may ask for them: by URI, and never outside.
struct PackageFiles {
    private let directory: AnchoredDirectory
    let domain: Domain

    init(directory: AnchoredDirectory, domain: Domain) {
        self.directory = directory
        self.domain = domain
    }

    /// An open file and what is known of it.
    struct File: ~Copyable {
        let descriptor: OwnedDescriptor
        let sizeBytes: Int
        let type: String

        /// Gives the descriptor to somebody else.
        consuming func takeDescriptor() -> OwnedDescriptor { descriptor }
    }

    /// Whether `uri` asks for something else than a file of the package.
    func isGateway(_ uri: String) -> Bool {
        uri.hasPrefix("\(PageURI.scheme)://\(domain)/\(PackagePath.gatewayPrefix)")
    }

    /// Opens the file at `path`. `pageUnknown` means that there is no such file.
    func open(_ path: PackagePath) throws(Failure) -> File {
        let path = path.path
        do throws(Failure) {
            let descriptor = try directory.open(path, .read)
            let status = try descriptor.status()
            if status.kind == .file {
                return File(
                    descriptor: descriptor, sizeBytes: status.sizeBytes, type: mediaType(ofPath: path))
            }
        } catch {
            // Missing, unreadable and behind a symbolic link are all the same to a page.
        }
        throw Failure(.pageUnknown, "this file is not in the package (symbolic links are not followed)")
    }
}

/// The path that a page URI asks for, decoded once and free of anything that could mean another file.
struct PackagePath: Equatable {
    /// Relative, at least one component, no `.`, `..` or empty one.
    let path: String

    /// What a request for something else than a file of the package asks for: `file/...`, `fetch/...`.
    var gatewayPath: String? {
        path.utf8.starts(with: Self.gatewayPrefix.utf8)
            ? String(Substring(path.utf8.dropFirst(Self.gatewayPrefix.utf8.count))) : nil
    }

    /// Reserved: no file of a package is served below it.
    static let gatewayPrefix = ".yun/"

    /// - Parameter uri: as WebKit hands it over; query and fragment are left out.
    init(uri: String, domain: Domain) throws(Failure) {
        let prefix = "\(PageURI.scheme)://\(domain)/"
        guard uri.hasPrefix(prefix) else {
            throw Failure(.notAllowed, "an app loads only \(prefix)")
        }
        let encoded = uri.utf8.dropFirst(prefix.utf8.count).prefix {
            $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#")
        }
        let bytes = try Self.decoded(Array(encoded))
        guard let path = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.notAllowed, "the path is not UTF-8")
        }
        let components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let dots: [[UInt8]] = [[], [UInt8](".".utf8), [UInt8]("..".utf8)]
        guard components.allSatisfy({ !dots.contains([UInt8]($0)) }), bytes.count <= Limits.pathBytesMax
        else {
            throw Failure(.notAllowed, "the path is not the plain path of a file")
        }
        self.path = path
    }

    /// Percent-decodes once. An encoded `/` or NUL would be a separator or an end to the kernel but not to the
    /// URI, so neither is let through.
    private static func decoded(_ encoded: [UInt8]) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        while index < encoded.count {
            guard encoded[index] == UInt8(ascii: "%") else {
                bytes.append(encoded[index])
                index += 1
                continue
            }
            let digits = String(decoding: encoded[(index + 1)...].prefix(2), as: UTF8.self).lowercased()
            guard let byte = [UInt8](hexadecimal: digits)?.first else {
                throw Failure(.notAllowed, "the path has a % without two digits")
            }
            guard byte != 0, byte != UInt8(ascii: "/") else {
                throw Failure(.notAllowed, "the path has an encoded / or NUL")
            }
            bytes.append(byte)
            index += 3
        }
        guard !bytes.contains(0) else { throw Failure(.notAllowed, "the path has a NUL") }
        return bytes
    }
}

/// The URI under which the file at `path` of `domain`'s package loads.
func pageLocation(domain: Domain, path: String, fragment: String?) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let encoded = path.utf8.map { byte in
        plain.contains(byte)
            ? String(decoding: [byte], as: UTF8.self) : "%" + [byte].hexadecimal.uppercased()
    }
    return "\(PageURI.scheme)://\(domain)/" + encoded.joined() + (fragment ?? "")
}
