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
        let isTaken = Once()
        let state = ContainedState.sequential("-") { () throws(SavedStateError) in
            guard isTaken.first() else {
                throw SavedStateError(
                    .unsupported, "standard input can be read only once, and guest RAM comes before the devices",
                    file: "-", advice: "write it to a file to see what is in guest RAM")
            }
            return PipeByteSource(descriptor: dup(STDIN_FILENO), name: "-")
        }
        return SavedStateFile(path: "-", format: .stream, libvirt: nil, states: [state])
    }
}
