import CLinux
import Foundation
import Platform
import Testing

@testable import Sandbox

/// A resident `seed` and our end of its orders.
final class Resident {
    let control: OwnedDescriptor
    private let child: KeptChild

    init() throws {
        var pair: [Int32] = [-1, -1]
        try #require(unsafe yun_socket_pair(&pair) == 0)
        control = OwnedDescriptor(owning: pair[0])
        let other = OwnedDescriptor(owning: pair[1])
        child = try KeptChild(Scene.seed, ["seed"], descriptors: [other.number])
    }

    /// Sends a spec as it is, and waits for the program's end or the reason why it never ran.
    func run(_ spec: [UInt8], _ descriptors: [Int32]) throws -> SeedReport? {
        let link = try SeedLink.order(over: control, groups: nil)
        try link.send(spec, descriptors)
        var last: SeedReport?
        while let report = try link.next() { last = report }
        return last
    }
}

/// `seed` itself, with orders and specs that no launcher writes.
@Suite("seed", .serialized)
struct SeedTests {
    private static func spec(_ scene: Scene, _ script: String, _ count: Int = 3) throws -> [UInt8] {
        SeedSpec.encode(
            try scene.plan(script: script),
            .init(descriptorCount: count, filter: SeccompCompiler.bytes(.off)))
    }

    @Test("refuses whatever is not a spec, and runs nothing (S-7)")
    func refusesBadSpecs() throws {
        let scene = try Scene()
        let resident = try Resident()
        let good = try Self.spec(scene, "true")
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let numbers = [Int32](repeating: null.number, count: 3)
        var bad: [[UInt8]] = [
            [0], [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 255, count: 4096),
            [UInt8](repeating: 65, count: 300 << 10), Array(good.dropLast()), good + [0],
            Array(good.dropLast()) + [1],
        ]
        // Every offset and count of the head; any ids will do.
        let head = MemoryLayout<seed_spec>.size
        let ids = MemoryLayout.offset(of: \seed_spec.user) ?? 0
        for offset in stride(from: 1, to: head, by: 2) where !(ids..<ids + 8).contains(offset) {
            var bytes = good
            bytes[offset] ^= 0xFF
            bad.append(bytes)
        }
        for (round, bytes) in bad.enumerated() {
            let report = try resident.run(bytes, numbers)
            guard case .failed(_, let step, _) = report else {
                Issue.record("round \(round): \(String(describing: report))")
                continue
            }
            #expect(["spec", "start the program", "enter the directory"].contains(step), "round \(round)")
        }
        // Behind the head there are also texts and numbers that only the kernel can judge: no answer is a fault.
        for offset in stride(from: head, to: good.count, by: 37) {
            var bytes = good
            bytes[offset] ^= 0xFF
            #expect(try resident.run(bytes, numbers) != nil, "offset \(offset)")
        }
        let report = try resident.run(good, numbers)
        guard case .ended(0) = report else { return #expect(Bool(false), "\(String(describing: report))") }
    }

    @Test("takes exactly the descriptors that the spec names (S-8)", arguments: [0, 2, 4, 40, 64])
    func countsDescriptors(count: Int) throws {
        let scene = try Scene()
        let resident = try Resident()
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let numbers = [Int32](repeating: null.number, count: count)
        let report = try resident.run(Self.spec(scene, "true"), numbers)
        guard case .failed(_, "spec", "descriptors") = report else {
            return #expect(Bool(false), "\(String(describing: report))")
        }
        let right = try resident.run(Self.spec(scene, "true", count), numbers)
        if count < 3 {
            guard case .failed = right else { return #expect(Bool(false), "\(String(describing: right))") }
        } else {
            guard case .ended(0) = right else { return #expect(Bool(false), "\(String(describing: right))") }
        }
    }

    @Test("answers no order that it does not understand, and lives on (S-61)")
    func refusesBadOrders() throws {
        let scene = try Scene()
        let resident = try Resident()
        let null = try OwnedDescriptor.open("/dev/null", .read)
        let version = UInt32(SEED_VERSION)
        for (order, count) in [
            (seed_order(version: version, is_unified: 0), 0),
            (seed_order(version: version, is_unified: 1), 1),
            (seed_order(version: version, is_unified: 0), 4),
            (seed_order(version: version, is_unified: 1), 9),
            (seed_order(version: version + 1, is_unified: 0), 1),
            (seed_order(version: version, is_unified: 0), 1),
        ] {
            var order = order
            let numbers = [Int32](repeating: null.number, count: count)
            let size = MemoryLayout<seed_order>.size
            #expect(unsafe yun_send(resident.control.number, &order, size, numbers, count) == 0)
            #expect(unsafe yun_send(resident.control.number, &order, size - 1, numbers, count) == 0)
            #expect(
                unsafe yun_send(resident.control.number, [UInt8](repeating: 1, count: 4096), 4096, nil, 0)
                    == 0)
        }
        let report = try resident.run(
            Self.spec(scene, "true"), [null.number, null.number, null.number])
        guard case .ended(0) = report else { return #expect(Bool(false), "\(String(describing: report))") }
    }
}
