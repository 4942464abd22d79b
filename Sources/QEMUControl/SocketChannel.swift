import CKeeper
import Glibc

/// Something that must go on while QEMU is waited for.
protocol Attendant: AnyObject {
    /// What to wait for, as `poll` has it.
    var descriptor: CInt { get }
    var events: Int32 { get }
    /// Whether there is nothing more to do.
    var isDone: Bool { get }
    /// Does what can be done without waiting.
    func serve() throws(QEMUError)
}

/// What is said over a socket of QEMU's, each read and write with a time limit.
final class SocketChannel {
    /// Bytes up to an end mark. The longest answer seen, query-machines of QEMU 11.1 with its properties, has below 1 MB.
    static let lineLimit = 64 << 20

    private let socket: Descriptor
    private var pending: [UInt8] = []
    /// Bytes of `pending` in which no end mark was found yet.
    private var searched = 0
    private let endMark: UInt8
    /// Where bytes are received.
    private var block = [UInt8](repeating: 0, count: 1 << 13)

    /// Takes over a connected stream socket.
    ///
    /// - Parameter endMark: ends what is read in one piece: of lines, their end.
    init(_ socket: Descriptor, endMark: UInt8 = 0x0a) {
        self.socket = socket
        self.endMark = endMark
        let flags = fcntl(socket.number, F_GETFL)
        _ = fcntl(socket.number, F_SETFL, flags | O_NONBLOCK)
    }

    /// Connects to a socket in the file system.
    static func connect(path: String, until deadline: Deadline) throws(QEMUError) -> SocketChannel {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { space in
            guard path.utf8.count < space.count, !path.utf8.contains(0) else { return false }
            space.copyBytes(from: path.utf8)
            return true
        }
        guard fits else {
            throw QEMUError(
                .system, "\(path): too long for a socket's path", advice: "name it from its own folder, or by a link")
        }
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("no socket", errno) }
        let socket = Descriptor(descriptor)
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        while !attempt(descriptor, &address) {
            // A full backlog: somebody listens and does not accept.
            guard errno == EAGAIN else {
                throw .system("\(path): cannot be connected to", errno, advice: "is it the socket of a -qmp option?")
            }
            guard !deadline.isOver else { throw QEMUError(.timedOut, "\(path): accepts no connection") }
            pause(.milliseconds(10))
        }
        return SocketChannel(socket)
    }

    private static func attempt(_ descriptor: CInt, _ address: inout sockaddr_un) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Writes a line, with a descriptor to hand over where one is given.
    func write(_ line: [UInt8], handing descriptor: CInt? = nil, until deadline: Deadline) throws(QEMUError) {
        var rest = line[...]
        var descriptor = descriptor
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                if let descriptor {
                    return keeper_send_descriptor(socket.number, bytes.baseAddress, bytes.count, descriptor)
                }
                return send(socket.number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                descriptor = nil
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                guard try wait(for: (socket.number, POLLOUT), until: deadline) else {
                    throw QEMUError(.timedOut, "QEMU reads no commands")
                }
            } else if errno != EINTR {
                throw QEMUError(.disconnected, "the connection to QEMU broke: \(systemMessage(errno))")
            }
        }
    }

    /// Whether a line can be had without waiting.
    var hasLine: Bool { findEnd() != nil }

    /// The descriptor to wait on for more.
    var descriptor: CInt { socket.number }

    /// Reads a line, or whatever goes to the end mark, without it.
    ///
    /// - Parameter attendant: served meanwhile: QEMU may answer only once its state is taken from a pipe.
    func readLine(
        until deadline: Deadline, attendant: (any Attendant)? = nil
    ) throws(QEMUError) -> [UInt8] {
        while true {
            if let end = findEnd() {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                searched = 0
                return line
            }
            guard pending.count < Self.lineLimit else {
                throw QEMUError(.badAnswer, "an answer of more than \(Self.lineLimit) bytes")
            }
            try awaitInput(until: deadline, attendant: attendant)
            try fill()
        }
    }

    /// Returns when there is something to read.
    private func awaitInput(until deadline: Deadline, attendant: (any Attendant)?) throws(QEMUError) {
        while true {
            let isBusy = attendant.map { !$0.isDone } ?? false
            let other: Awaited = isBusy ? attendant.map { ($0.descriptor, $0.events) } ?? (-1, 0) : (-1, 0)
            let ready = try wait(for: (socket.number, POLLIN), or: other, until: deadline)
            if ready.second { try attendant?.serve() }
            if ready.first { return }
            guard ready.second || !deadline.isOver else { throw QEMUError(.timedOut, "no answer in time") }
        }
    }

    private func findEnd() -> Int? {
        let end = pending[searched...].firstIndex(of: endMark)
        searched = end ?? pending.count
        return end
    }

    /// Takes what is there; throws at the end of the connection.
    private func fill() throws(QEMUError) {
        let count = recv(socket.number, &block, block.count, 0)
        if count > 0 {
            pending += block[..<count]
        } else if count == 0 {
            throw QEMUError(.disconnected, "the other side closed the connection")
        } else if errno != EAGAIN, errno != EINTR {
            throw QEMUError(.disconnected, "the connection to QEMU broke: \(systemMessage(errno))")
        }
    }
}
