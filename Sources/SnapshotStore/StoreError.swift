import InterruptState

/// What went wrong with a snapshot file, and what to do about it.
///
/// Equality looks at the code only, so that messages can improve without breaking a caller.
public struct StoreError: Error, Sendable {
    /// The kinds of failure. New ones may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Stable word for scripts and tests.
        public var rawValue: String

        /// A code by its word.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The operating system refused: no such file, no permission, a directory, a special file.
        public static let unreadable = Code(rawValue: "unreadable")
        /// The file is empty, or the import that was to create it did not finish.
        public static let empty = Code(rawValue: "empty")
        /// The bytes are no SQLite database.
        public static let notADatabase = Code(rawValue: "not-a-database")
        /// A SQLite database of another application, or one whose schema was changed.
        public static let foreign = Code(rawValue: "foreign")
        /// Written by a newer irqproof.
        public static let newerSchema = Code(rawValue: "newer-schema")
        /// The file contradicts the SQLite format or the schema.
        public static let damaged = Code(rawValue: "damaged")
        /// Rows of a snapshot are not those that were stored.
        public static let altered = Code(rawValue: "altered")
        /// A snapshot of this name is already there.
        public static let duplicateName = Code(rawValue: "duplicate-name")
        /// There is no such snapshot.
        public static let noSuchSnapshot = Code(rawValue: "no-such-snapshot")
        /// Several snapshots, and none was named.
        public static let ambiguous = Code(rawValue: "ambiguous")
        /// The state or its provenance breaks a rule of its type and cannot be stored.
        public static let invalid = Code(rawValue: "invalid")
        /// Another process kept the file locked for too long.
        public static let busy = Code(rawValue: "busy")
        /// The file cannot be written.
        public static let readOnly = Code(rawValue: "read-only")
        /// The disk is full.
        public static let diskFull = Code(rawValue: "disk-full")
        /// The operating system reported a read or write error.
        public static let inputOutput = Code(rawValue: "input-output")
        /// A limit that protects against hostile files was reached.
        public static let limit = Code(rawValue: "limit")
        /// Any other failure of SQLite.
        public static let database = Code(rawValue: "database")
    }

    /// Kind of failure.
    public var code: Code
    /// What is wrong, as a sentence without a full stop.
    public var message: String
    /// Path of the snapshot file.
    public var file: String?
    /// Name of the snapshot.
    public var snapshot: String?
    /// What follows for the user, or what to do.
    public var advice: String?

    /// An error; file and snapshot are filled in where they become known.
    public init(
        _ code: Code, _ message: String, file: String? = nil, snapshot: String? = nil, advice: String? = nil
    ) {
        self.code = code
        self.message = message
        self.file = file
        self.snapshot = snapshot
        self.advice = advice
    }
}

extension StoreError: Equatable {
    /// Equal codes.
    public static func == (left: StoreError, right: StoreError) -> Bool {
        left.code == right.code
    }
}

extension StoreError: CustomStringConvertible {
    /// One line: `FILE: snapshot “NAME”: message; advice`. Text of files is escaped.
    public var description: String {
        var text = file.map { excerpt($0) + ": " } ?? ""
        if let snapshot { text += "snapshot “\(excerpt(snapshot))”: " }
        text += message
        if let advice { text += "; " + advice }
        return text
    }
}

/// Text of an untrusted source for a message: printable, and cut where it is longer than a line.
func excerpt(_ text: String) -> String {
    let rest = text.unicodeScalars.dropFirst(300)
    return printable(String(text.unicodeScalars.prefix(300))) + (rest.isEmpty ? "" : "…")
}
