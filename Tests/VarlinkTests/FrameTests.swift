import Testing

@testable import Varlink
import YunCore

@Suite struct FrameTests {
    private func messages(_ pieces: [([UInt8], [Int])], limit: Int = 100) throws -> [([UInt8], [Int])] {
        var frames = MessageFrames<Int>(messageBytesMax: limit, descriptorsMax: 16)
        var messages: [([UInt8], [Int])] = []
        for (bytes, descriptors) in pieces {
            frames.add(bytes, descriptors)
            while let message = try frames.next() { messages.append(message) }
        }
        return messages
    }

    @Test("Every way of cutting a stream gives the same messages") func cuts() throws {
        let stream: [UInt8] = [1, 2, 0, 3, 0, 0, 4, 5, 6, 0]
        for first in 0...stream.count {
            for second in first...stream.count {
                let pieces = [stream[..<first], stream[first..<second], stream[second...]].map {
                    (Array($0), [Int]())
                }
                #expect(try messages(pieces).map(\.0) == [[1, 2], [3], [], [4, 5, 6]])
            }
        }
    }

    @Test("Descriptors belong to the message that begins where they came") func descriptors() throws {
        let whole = try messages([([1, 0], [7]), ([2, 0], [8, 9])])
        #expect(whole.map(\.1) == [[7], [8, 9]])
        // A message without any and the beginning of one with some, read in one go.
        let joined = try messages([([1, 0, 2], [7]), ([2, 0, 3, 0], [])])
        #expect(joined.map(\.1) == [[], [7], []])
        let cut = try messages([([1], []), ([1, 0, 2, 0], [7])])
        #expect(cut.map(\.1) == [[], [7]])
        let begun = try messages([([1], [7]), ([1], []), ([0, 2, 0], [])])
        #expect(begun.map(\.1) == [[7], []])
    }

    @Test("No message brings more than 16 descriptors, neither whole nor byte for byte (D-10)")
    func manyDescriptors() throws {
        #expect(try messages([([1, 0], Array(1...16)), ([1, 0], Array(1...16))]).count == 2)
        let two = (0..<17).map { ([UInt8(1)], [$0]) }
        #expect(throws: Failure.self) { try messages(two) }
        #expect(throws: Failure.self) { try messages([([1], Array(1...16)), ([1, 0], [17])]) }
    }

    @Test("A message beyond the limit is refused, ended or not") func limit() throws {
        #expect(try messages([([1, 1, 1, 0], [])], limit: 3).count == 1)
        #expect(throws: Failure.self) { try messages([([1, 1, 1, 1, 0], [])], limit: 3) }
        #expect(throws: Failure.self) { try messages([([1, 1, 1], []), ([1], [])], limit: 3) }
    }
}
