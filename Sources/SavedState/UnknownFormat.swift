/// Errors for files that are not, or not alone, a saved state.
enum UnknownFormat {
    /// How far into an unknown file a stream is looked for, to give advice.
    private static let searchedBytes: UInt64 = 1 << 20

    /// For a file that begins like nothing known; tells where a stream seems to begin in it.
    static func error(_ source: any ByteSource, _ head: [UInt8]) throws(SavedStateError) -> SavedStateError {
        guard !head.isEmpty else {
            return SavedStateError(.notASavedState, "the file is empty", advice: "save the guest again")
        }
        var cursor = StreamCursor(source, end: searchedBytes)
        let place = try cursor.find(StreamHead.magic + [0, 0, 0, 3])
        return SavedStateError(
            .notASavedState, "the file does not begin like a saved state: “\(printable(head))”", offset: 0,
            advice: place.map { "a migration stream seems to begin at byte \($0): open the file with this offset" }
                ?? "expected is a migration stream (QEVM), a libvirt save image, a qcow2 image, or one of the first"
                + " two compressed")
    }

    static func refusal(_ format: ContainerFormat) -> SavedStateError {
        switch format {
        case .libvirtUnfinished:
            SavedStateError(
                .unsupported, "the libvirt save image is not complete: writing it was not finished", offset: 0,
                advice: "save the guest again")
        case .multifdChannel:
            SavedStateError(
                .unsupported, "the file is a multifd channel, which holds pages and no devices", offset: 0,
                advice: "give the file of the main connection")
        default:
            SavedStateError(
                .unsupported, "the file is the state of a restart in place, which has no device sections", offset: 0,
                advice: "give the migration stream instead")
        }
    }
}
