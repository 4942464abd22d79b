import CPipe
import Glibc

/// Standard input: a file where it is redirected from one, else a stream that can be read once.
enum StandardInput {
    static func open(offset: UInt64?) throws(SavedStateError) -> SavedStateFile {
        if let file = try? FileByteSource(descriptor: dup(STDIN_FILENO), path: "-") {
            return try SavedStateFile.open(file, name: "-", offset: offset, file: file)
        }
        guard offset == nil else {
            throw SavedStateError(
                .unsupported, "an offset into standard input needs a file there", advice: "use “< FILE”")
        }
        let format = ContainerFormat.of(PeekedInput.head(of: STDIN_FILENO)) ?? .stream
        let isTaken = Once()
        let state = ContainedState.sequential("-") { () throws(SavedStateError) in
            guard isTaken.first() else {
                throw SavedStateError(
                    .unsupported, "standard input can be read only once, and guest RAM comes before the devices",
                    file: "-", advice: "write it to a file to see what is in guest RAM")
            }
            guard case .compressed(let compression) = format else {
                return PipeByteSource(descriptor: dup(STDIN_FILENO), name: "-")
            }
            return try DecompressionProgram.start(compression.program, reading: dup(STDIN_FILENO), name: "-")
        }
        switch format {
        case .stream, .compressed: return SavedStateFile(path: "-", format: format, libvirt: nil, states: [state])
        case .libvirt, .qcow2:
            throw SavedStateError(
                .unsupported,
                "a \(format == .qcow2 ? "disk image" : "libvirt save image") cannot be read through a pipe",
                file: "-", advice: "name the file, or use “< FILE”")
        case .libvirtUnfinished, .multifdChannel, .checkpointRestart: throw UnknownFormat.refusal(format)
        }
    }
}

/// The first bytes of a pipe or socket, left in it: what reads it afterwards must find them.
private enum PeekedInput {
    /// Nothing where the descriptor is neither, or is empty.
    static func head(of descriptor: CInt) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return [] }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: return pipe(descriptor)
        case S_IFSOCK: return socket(descriptor)
        default: return []
        }
    }

    /// `tee` copies what is in a pipe into another one without taking it out.
    private static func pipe(_ descriptor: CInt) -> [UInt8] {
        var ends: [CInt] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return [] }
        defer { for end in ends { close(end) } }
        var bytes: [UInt8] = []
        while bytes.count < ContainerFormat.headBytes {
            let count = tee(descriptor, ends[1], ContainerFormat.headBytes, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            let isLast = count == bytes.count && hasEnded(descriptor)
            bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = max(0, read(ends[0], buffer.baseAddress, count))
            }
            if isLast { break }
            // The writer has begun and will go on: it writes in blocks far larger than this.
            if bytes.count < ContainerFormat.headBytes { usleep(1000) }
        }
        return bytes
    }

    private static func hasEnded(_ descriptor: CInt) -> Bool {
        var poll = pollfd(fd: descriptor, events: 0, revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0 && poll.revents & Int16(POLLHUP) != 0
    }

    private static func socket(_ descriptor: CInt) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: ContainerFormat.headBytes) { buffer, filled in
            let flags = CInt(MSG_PEEK) | CInt(MSG_WAITALL)
            filled = max(0, recv(descriptor, buffer.baseAddress, buffer.count, flags))
        }
    }
}
