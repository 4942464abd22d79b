/// What went wrong while reading a saved state, where, and what to do about it.
///
/// Equality looks at the code only, so that messages can improve without breaking a caller.
public struct SavedStateError: Error, Sendable {
    /// The kinds of failure. New ones may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The plain value.
        public var rawValue: String

        /// The value with this raw value.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The operating system refused: no such file, no permission, a directory, a read error.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The bytes are not a saved state of any known form.
        public static let notASavedState = Code(rawValue: "not-a-saved-state")
        /// A saved state of a version or form that is known and not supported.
        public static let unsupported = Code(rawValue: "unsupported")
        /// The input ends before what it announces.
        public static let truncated = Code(rawValue: "truncated")
        /// The bytes contradict the format.
        public static let malformed = Code(rawValue: "malformed")
        /// The self-description is invalid or does not match the data.
        public static let badDescription = Code(rawValue: "bad-description")
        /// A limit that protects against hostile input was reached.
        public static let limit = Code(rawValue: "limit")
        /// An external program that is needed is not installed.
        public static let missingProgram = Code(rawValue: "missing-program")
        /// A section or field that the caller needs is not there.
        public static let missing = Code(rawValue: "missing")
    }

    /// What kind of failure; the part that equality looks at.
    public var code: Code
    /// What is wrong, as a sentence without a full stop.
    public var message: String
    /// File or container that was being read.
    public var file: String?
    /// Section name and instance.
    public var section: String?
    /// Path of the field in the section, or of the member in the self-description.
    public var field: String?
    /// Byte offset in the stream (for a container: in the stream inside it).
    public var offset: UInt64?
    /// What follows for the user, or what to do.
    public var advice: String?

    /// The value with these parts.
    public init(
        _ code: Code, _ message: String, file: String? = nil, section: String? = nil, field: String? = nil,
        offset: UInt64? = nil, advice: String? = nil
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.section = section
        self.field = field
        self.offset = offset
        self.advice = advice
    }
}

extension SavedStateError: Equatable {
    /// Equal codes.
    public static func == (left: SavedStateError, right: SavedStateError) -> Bool {
        left.code == right.code
    }
}

extension SavedStateError: CustomStringConvertible {
    /// One line: `FILE: section NAME, field PATH, at byte N: message; advice`.
    public var description: String {
        var place: [String] = []
        if let section { place.append("section \(section)") }
        if let field { place.append("field \(field)") }
        if let offset { place.append("at byte \(offset)") }
        var text = file.map { $0 + ": " } ?? ""
        if !place.isEmpty { text += place.joined(separator: ", ") + ": " }
        text += message
        if let advice { text += "; " + advice }
        return text
    }
}
