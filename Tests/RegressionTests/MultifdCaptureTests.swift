import CaptureSupport
import Foundation
import SavedState
import Testing

/// A real multifd migration: the bytes of its three connections, and the same machine sent over one.
@Suite struct MultifdCaptureTests {
    private static func bytes(_ name: String) throws -> MemoryByteSource {
        MemoryByteSource(try Compressed.bytes(Fixtures.root.appending(path: "multifd/\(name).xz")))
    }

    /// The first MiB has the firmware; both machines are the same, built twice and never started.
    private static let pages = stride(from: UInt64(0), to: 1 << 20, by: 4096).map {
        GuestMemory.Stretch(address: $0, count: 4096)
    }

    @Test(arguments: ["7.2", "10.0"], [[1, 2], [2, 1]])
    func memoryIsPutTogetherFromAllConnections(release: String, order: [Int]) throws {
        let plain = try GuestMemory(SavedStream.open(Self.bytes("\(release)-plain"), name: "plain")).read(Self.pages)
        #expect(plain.count { $0 != .bytes([UInt8](repeating: 0, count: 4096)) } > 200)
        let main = try SavedStream.open(Self.bytes("\(release)-conn.0"), name: "main")
        let channels = try order.map { try Self.bytes("\(release)-conn.\($0)") }
        let together = try GuestMemory(main, channels: channels).read(Self.pages)
        #expect(zip(plain, together).allSatisfy { $0 == $1 })
    }

    @Test(arguments: ["7.2", "10.0"]) func aMissingConnectionIsNotTakenForZeros(release: String) throws {
        let main = try SavedStream.open(Self.bytes("\(release)-conn.0"), name: "main")
        let alone = try GuestMemory(main).read(Self.pages)
        let absent = alone.count { if case .absent(let reason) = $0 { reason.contains("multifd") } else { false } }
        #expect(absent == Self.pages.count)
    }
}
