import CKeeper
import Glibc
import InterruptState

/// RAM of a machine that its controller can read and write while the machine runs.
///
/// An anonymous file that QEMU maps and this process reads and writes by position: no mapping here, so nothing that
/// happens to QEMU can end this process. It is gone when both are.
public final class MachineMemory {
    /// Bytes.
    public let size: Int
    let file: Descriptor

    /// Memory full of zeros. The machines take multiples of 256 MiB.
    public init(mebibytes: Int = 256) throws(QEMUError) {
        let (bytes, overflow) = mebibytes.multipliedReportingOverflow(by: 1 << 20)
        guard mebibytes > 0, !overflow else { throw QEMUError(.system, "\(mebibytes) MiB is no size of memory") }
        size = bytes
        file = try Descriptor.inMemory("guest memory", size: bytes)
    }

    /// Bytes at a guest address.
    public func read(at address: UInt64, count: Int) throws(QEMUError) -> [UInt8] {
        let offset = try check(address, count)
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let step = bytes.withUnsafeMutableBytes { space in
                pread(
                    file.number, UnsafeMutableRawBufferPointer(rebasing: space[done...]).baseAddress, count - done,
                    offset + done)
            }
            if step > 0 { done += step } else if step == 0 || errno != EINTR { break }
        }
        guard done == count else { throw .system("guest memory cannot be read", errno) }
        return bytes
    }

    /// Writes bytes at a guest address.
    public func write(_ bytes: [UInt8], at address: UInt64) throws(QEMUError) {
        let offset = try check(address, bytes.count)
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

    fileprivate func check(_ address: UInt64, _ count: Int) throws(QEMUError) -> Int {
        guard contains(address, count: count) else {
            throw QEMUError(.payload, "address \(hexadecimal(address)) is outside guest memory")
        }
        return Int(address)
    }
}

extension MachineMemory {
    /// A big-endian 64-bit word, the guest's byte order.
    func word(at address: UInt64) throws(QEMUError) -> UInt64 {
        let offset = try check(address, 8)
        var word: UInt64 = 0
        guard withUnsafeMutableBytes(of: &word, { pread(file.number, $0.baseAddress, 8, offset) }) == 8 else {
            throw .system("guest memory cannot be read", errno)
        }
        return UInt64(bigEndian: word)
    }

    /// Writes a big-endian 64-bit word.
    func setWord(_ value: UInt64, at address: UInt64) throws(QEMUError) {
        try write(value.bigEndianBytes, at: address)
    }
}

extension FixedWidthInteger {
    /// The bytes, most significant first.
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
