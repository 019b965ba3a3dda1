import Platform
import Support
import Testing

@testable import generate_sdk

@Suite struct GeneratedTests {
    @Test("What the clients know of the interfaces is what the interface files say") func generated() throws {
        for file in try SDKFiles.made(in: Checkout.path) {
            let path = "\(Checkout.path)/\(file.path)"
            let bytes = try OwnedDescriptor.open(path, .read).readToEnd(limit: 1 << 20, describedAs: path)
            #expect(String(decoding: bytes, as: UTF8.self) == file.text, "\(file.path): run make sdk")
        }
    }
}
