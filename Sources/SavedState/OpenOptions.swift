/// How a stream is to be opened.
public struct OpenOptions: Sendable {
    /// Layouts of sections that the stream itself does not describe.
    public var layouts: (any SectionLayouts)?
    /// Whether a damaged or unreadable rest is accepted: then `SavedStream.damage` says what is missing.
    ///
    /// Off by default, so that nobody takes half a guest for a whole one.
    public var acceptsPartial: Bool

    /// Options; the defaults are those for a caller that needs all sections.
    public init(layouts: (any SectionLayouts)? = nil, acceptsPartial: Bool = false) {
        self.layouts = layouts
        self.acceptsPartial = acceptsPartial
    }
}

/// Layouts known to the caller, for streams without a self-description: the option is off, the machine
/// type is 2.2 or older, the stream switched to postcopy, or the file was cut.
public protocol SectionLayouts: Sendable {
    /// The layout of a section whose length is known; its own length must equal `section.bodyLength`.
    func layout(of section: DeviceSection, body: [UInt8]) -> BodyLayout?

    /// The layout of a section whose end nothing in the stream tells, where it is certain all the same.
    ///
    /// - Parameters:
    ///   - section: with body length 0.
    ///   - bytes: what follows the header, up to 1 MiB: the body and more behind it.
    func layout(ofUnbounded section: DeviceSection, bytes: [UInt8]) -> BodyLayout?
}

extension SectionLayouts {
    /// Most layouts do not tell where a section ends.
    public func layout(ofUnbounded section: DeviceSection, bytes: [UInt8]) -> BodyLayout? { nil }
}

/// Layouts borrowed from another stream of the same QEMU and machine type.
///
/// What is decoded with them is derived, not stated by the stream itself.
public struct BorrowedLayouts: SectionLayouts {
    private struct Key: Hashable {
        var name: String
        var version: UInt32
    }
    private var layouts: [Key: [BodyLayout]] = [:]

    /// All layouts that a stream describes.
    public init(from stream: SavedStream) {
        for section in stream.sections {
            guard let layout = section.layout else { continue }
            layouts[Key(name: section.name, version: section.version), default: []].append(layout)
        }
    }

    /// A layout of the same name, version and length whose subsection marks stand in the bytes.
    public func layout(of section: DeviceSection, body: [UInt8]) -> BodyLayout? {
        layouts[Key(name: section.name, version: section.version)]?.first { layout in
            guard layout.length == section.bodyLength else { return false }
            let reader = SectionReader(section: section, layout: layout, bytes: body)
            return (try? reader.checkMarks()) != nil
        }
    }
}
