/// What is wrong with a text, and where.
package struct JSONError: Error {
    /// One clause.
    package let message: String
    /// Byte in the text.
    package let offset: Int
    /// Whether the text is more than the reader was told to read, and may be in order.
    package let isLimit: Bool

    init(_ message: String, offset: Int, isLimit: Bool) {
        self.message = message
        self.offset = offset
        self.isLimit = isLimit
    }
}

/// How much of a text is read, so that hostile ones cost no more than their size justifies.
package struct JSONLimits: Sendable {
    /// Bytes of the text.
    package let bytes: Int
    /// Values, names included: 16 bytes of memory each.
    package let values: Int
    /// Arrays and objects within each other.
    package let depth: Int

    package init(bytes: Int, values: Int, depth: Int) {
        self.bytes = bytes
        self.values = values
        self.depth = depth
    }
}
