import CKeeper
import Glibc

/// Takes the bytes of a state as they come.
public protocol StateSink {
    /// Takes the next bytes, or throws, which ends the transfer.
    mutating func take(_ bytes: [UInt8]) throws(QEMUError)
}

/// Gives the bytes of a state in order.
public protocol StateSource {
    /// The next bytes; none at the end.
    mutating func next() throws(QEMUError) -> [UInt8]
}

/// Our end of the pipe to or from QEMU.
protocol TransferEnd: Attendant {
    /// Bytes that went through.
    var byteCount: UInt64 { get }
    /// Whether this end has what it needs.
    var isComplete: Bool { get }
    /// Whether the other side has room to go on for a while by itself, and perhaps to its end.
    var isAhead: Bool { get }
}

/// The reading end: a state comes from QEMU.
final class Intake<Sink: StateSink>: TransferEnd {
    private(set) var sink: Sink
    private(set) var byteCount: UInt64 = 0
    private(set) var isDone = false
    /// The state of a machine without its memory fits into the pipe whole.
    var isAhead: Bool { byteCount < capacity / 2 }
    private var pipe: Descriptor?
    private var capacity: UInt64 = 0
    /// Bytes that are read at once; most states without guest memory have fewer.
    private static var blockSize: Int { 1 << 18 }

    init(_ sink: Sink) {
        self.sink = sink
    }

    /// Makes the pipe; gives the end for QEMU.
    func open() throws(QEMUError) -> Descriptor {
        let ends = try Descriptor.pipe()
        pipe = ends.reading
        capacity = UInt64(ends.capacity)
        return ends.writing
    }

    var descriptor: CInt { pipe?.number ?? -1 }
    var events: Int32 { POLLIN }
    /// QEMU closed its end: nothing more can come.
    var isComplete: Bool { isDone }

    func serve() throws(QEMUError) {
        var count = 0
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { space, used in
            count = read(descriptor, space.baseAddress, space.count)
            used = max(0, count)
        }
        if count > 0 {
            byteCount += UInt64(count)
            try sink.take(block)
        } else if count == 0 {
            isDone = true
        } else if errno != EINTR {
            throw .system("the pipe from QEMU broke", errno)
        }
    }

    /// Closes the pipe, so that QEMU's next write fails.
    func abandon() {
        pipe = nil
        isDone = true
    }
}

/// The writing end: a state goes to QEMU.
final class Supply<Source: StateSource>: TransferEnd {
    private(set) var byteCount: UInt64 = 0
    private(set) var isDone = false
    /// QEMU needs not read what follows the state's end: its own status says when it is content.
    let isComplete = true
    /// What is not written yet, QEMU waits for.
    let isAhead = false
    private var source: Source
    private var pipe: Descriptor?
    private var rest: ArraySlice<UInt8> = []

    init(_ source: Source) {
        self.source = source
    }

    /// Makes the pipe; gives the end for QEMU.
    func open() throws(QEMUError) -> Descriptor {
        let (reading, writing, _) = try Descriptor.pipe()
        _ = fcntl(writing.number, F_SETFL, fcntl(writing.number, F_GETFL) | O_NONBLOCK)
        pipe = writing
        return reading
    }

    var descriptor: CInt { pipe?.number ?? -1 }
    var events: Int32 { POLLOUT }

    func serve() throws(QEMUError) {
        if rest.isEmpty { rest = try source.next()[...] }
        let count = rest.isEmpty ? 0 : rest.withUnsafeBytes { keeper_write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            byteCount += UInt64(count)
            rest = rest.dropFirst(count)
        } else if rest.isEmpty || errno != EAGAIN && errno != EINTR {
            // The end, or QEMU stopped reading: its status or its own end says why.
            pipe = nil
            isDone = true
        }
    }
}

/// A state in memory.
public struct StateBytes: StateSink, StateSource {
    /// The bytes.
    public private(set) var bytes: [UInt8]
    private var taken = false

    /// These bytes, or none yet.
    public init(_ bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Appends the next bytes.
    public mutating func take(_ bytes: [UInt8]) throws(QEMUError) {
        // Those that come first are often all.
        if self.bytes.isEmpty { self.bytes = bytes } else { self.bytes += bytes }
    }

    /// All bytes, once.
    public mutating func next() throws(QEMUError) -> [UInt8] {
        defer { taken = true }
        return taken ? [] : bytes
    }
}
