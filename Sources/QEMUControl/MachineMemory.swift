import CKeeper
import Glibc
import InterruptState
import Synchronization

/// RAM of a machine that its controller can read and write while the machine runs.
///
/// An anonymous file that QEMU maps. Its first MiB, where the payload keeps what it is told and what it tells, is mapped
/// here too, so that a call costs no system call; the file cannot be made smaller, so nothing that happens to QEMU can
/// end this process. All else is read and written by position. The memory is gone when both are.
public final class MachineMemory {
    /// Bytes.
    public let size: Int
    let file: Descriptor
    private let window: UnsafeMutableRawBufferPointer

    /// Memory full of zeros. The machines take multiples of 256 MiB.
    public init(mebibytes: Int = 256) throws(QEMUError) {
        let (bytes, overflow) = mebibytes.multipliedReportingOverflow(by: 1 << 20)
        guard mebibytes > 0, !overflow else { throw QEMUError(.system, "\(mebibytes) MiB is no size of memory") }
        size = bytes
        file = try Descriptor.inMemory("guest memory", size: bytes)
        let space = mmap(nil, Self.windowSize, PROT_READ | PROT_WRITE, MAP_SHARED, file.number, 0)
        guard let space, space != MAP_FAILED else { throw .system("guest memory cannot be mapped", errno) }
        // What starts programs is a fork of this process, and must not hold the memory when all others let it go.
        madvise(space, Self.windowSize, MADV_DONTFORK)
        window = UnsafeMutableRawBufferPointer(start: space, count: Self.windowSize)
    }

    deinit {
        munmap(window.baseAddress, window.count)
    }

    private static let windowSize = 1 << 20

    /// A stretch of the window; nil where it is not all in it.
    private func mapped(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer? {
        guard offset + count <= window.count else { return nil }
        return UnsafeMutableRawBufferPointer(rebasing: window[offset..<offset + count])
    }

    /// Bytes at a guest address.
    public func read(at address: UInt64, count: Int) throws(QEMUError) -> [UInt8] {
        let offset = try check(address, count)
        if let stretch = mapped(offset, count) { return Array(stretch) }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { space, done in
            while done < count {
                let step = pread(file.number, space.baseAddress.map { $0 + done }, count - done, offset + done)
                if step > 0 { done += step } else if step == 0 || errno != EINTR { break }
            }
        }
        guard bytes.count == count else { throw .system("guest memory cannot be read", errno) }
        return bytes
    }

    /// Writes bytes at a guest address.
    public func write(_ bytes: [UInt8], at address: UInt64) throws(QEMUError) {
        let offset = try check(address, bytes.count)
        if let stretch = mapped(offset, bytes.count) { return stretch.copyBytes(from: bytes) }
        var done = 0
        while done < bytes.count {
            let step = bytes.withUnsafeBytes { space in
                pwrite(
                    file.number, UnsafeRawBufferPointer(rebasing: space[done...]).baseAddress, bytes.count - done,
                    offset + done)
            }
            if step > 0 {
                done += step
            } else if errno != EINTR {
                throw .system("guest memory cannot be written", errno)
            }
        }
    }

    /// Makes this memory equal to another machine's of the same size; both machines are paused.
    func become(_ other: MachineMemory) throws(QEMUError) {
        guard other.size == size else { throw QEMUError(.system, "guest memories of two sizes cannot be equal") }
        let failure = keeper_copy_memory(other.file.number, file.number, size)
        guard failure == 0 else { throw .system("guest memory cannot be copied", failure) }
    }

    /// Whether all of a stretch is memory.
    func contains(_ address: UInt64, count: Int) -> Bool {
        count >= 0 && count <= size && address <= UInt64(size - count)
    }

    /// Whether a stretch of the memory is a hole of the file, so all zero.
    func isBlank(_ address: UInt64, count: Int) -> Bool {
        contains(address, count: count) && keeper_is_hole(file.number, Int(address), count) != 0
    }

    fileprivate func check(_ address: UInt64, _ count: Int) throws(QEMUError) -> Int {
        guard contains(address, count: count) else {
            throw QEMUError(.payload, "address \(hexadecimal(address)) is outside guest memory")
        }
        return Int(address)
    }
}

extension MachineMemory {
    /// A big-endian 64-bit word of the window, the guest's byte order. What the guest wrote before it is seen after it.
    func word(at address: UInt64) throws(QEMUError) -> UInt64 {
        UInt64(bigEndian: try cell(address).pointee.load(ordering: .acquiring))
    }

    /// Writes a big-endian 64-bit word of the window. Whoever sees it sees what was written before it.
    func setWord(_ value: UInt64, at address: UInt64) throws(QEMUError) {
        try cell(address).pointee.store(value.bigEndian, ordering: .releasing)
    }

    private func cell(_ address: UInt64) throws(QEMUError) -> UnsafeMutablePointer<Atomic<UInt64>> {
        guard address.isMultiple(of: 8), let cell = mapped(try check(address, 8), 8)?.baseAddress else {
            throw QEMUError(.payload, "address \(hexadecimal(address)) is no word that is shared")
        }
        return cell.assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}

extension FixedWidthInteger {
    /// The bytes, most significant first.
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension [UInt8] {
    /// Appends an integer's bytes, most significant first.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
