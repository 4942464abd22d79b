/// Why a certificate is rejected: the first thing at fault.
public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
    /// The table and row, or the part of the file.
    public var place: String
    /// What is wrong with it.
    public var reason: String

    init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    /// Both on one line.
    public var description: String { "\(place): \(reason)" }
}

/// The file is no certificate that this version can judge.
public struct NoCertificate: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why, as a clause.
    public var description: String
}
