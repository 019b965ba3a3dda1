import FoundationEssentials
import Platform
import YunCore

/// What `SamplePackages/probe/EXPECT.json` says of each wall, with the reason where it is not what one would wish.
package struct WallExpectations: Decodable {
    package struct Wall: Decodable {
        package let name: String
        package let expect: String
        package let except: [String: String]?
        package let skipped: [String]?
        package let why: String?
        /// A file of the host's without which its kernel has no such wall.
        package let needs: String?

        /// What a column must hold; pages stand behind seed's walls where nothing else is said.
        package func expected(_ column: String) -> String? {
            guard skipped?.contains(column) != true else { return nil }
            let role = column.hasSuffix("-root") ? "root" : "user"
            let isPage = column.hasPrefix("page-") || column.hasPrefix("web-")
            return except?[column] ?? (isPage ? except?["seed-" + role] : nil) ?? expect
        }
    }

    package let walls: [Wall]
    /// Those that only a script in a web page can try.
    package let web_walls: [Wall]

    package static func load() throws -> WallExpectations {
        let path = "\(Checkout.path)/SamplePackages/probe/EXPECT.json"
        let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
        return try JSONDecoder().decode(WallExpectations.self, from: Data(bytes))
    }
}
