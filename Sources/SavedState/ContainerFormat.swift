/// What a file is, told by its first bytes and never by its name.
public enum ContainerFormat: Hashable, Sendable {
    /// A migration stream.
    case stream
    /// A save image of libvirt, complete.
    case libvirt
    /// A save image of libvirt whose writing was not finished.
    case libvirtUnfinished
    /// A disk image, which may hold snapshots of the whole machine.
    case qcow2
    /// A stream that a program compressed.
    case compressed(Compression)
    /// One of several connections of a multifd migration: pages only.
    case multifdChannel
    /// The state file of a restart in place (QEMU 10.0 and later): no sections.
    case checkpointRestart

    /// Bytes that the decision needs.
    static let headBytes = 16

    /// The format that a file with this beginning has; nil for anything unknown.
    static func of(_ head: [UInt8]) -> ContainerFormat? {
        marks.first { head.starts(with: $0.mark) }?.format
    }

    private static let marks: [(mark: [UInt8], format: ContainerFormat)] =
        [
            (StreamHead.magic, .stream),
            (Array("LibvirtQemudSave".utf8), .libvirt),
            (Array("LibvirtQemudPart".utf8), .libvirtUnfinished),
            ([0x51, 0x46, 0x49, 0xfb], .qcow2),
            ([0x11, 0x22, 0x33, 0x44], .multifdChannel),
            (Array("QCPR".utf8), .checkpointRestart),
        ] + Compression.allCases.map { ($0.mark, .compressed($0)) }
}

/// A compression that QEMU users and libvirt apply to whole streams.
public enum Compression: String, Hashable, Sendable, CaseIterable {
    /// RFC 1952.
    case gzip
    /// `BZh`.
    case bzip2
    /// The .xz format.
    case xz
    /// lzop's own format around LZO.
    case lzop
    /// RFC 8878.
    case zstd

    /// First bytes of a compressed file.
    var mark: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b]
        case .bzip2: [0x42, 0x5a, 0x68]
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        case .lzop: [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        }
    }

    /// The program that undoes it: the same one that libvirt calls.
    var program: String { rawValue }
}
