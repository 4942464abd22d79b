/// Text from a file, made safe for a terminal: control characters and invisible ones are shown as `\u{…}`.
///
/// Names of machines, devices and snapshots come from strangers; an escape sequence in one must not
/// reach the terminal of the person who looks at it.
public func printable(_ text: String) -> String {
    // Nearly all text is plain ASCII, and a listing has a great deal of it.
    guard !isPlain(text) else { return text }
    func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .format, .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
    guard !text.unicodeScalars.allSatisfy(isSafe) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
        if isSafe(scalar) {
            result.unicodeScalars.append(scalar)
        } else {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}

/// Whether a text is of printable ASCII alone: as wide as it has bytes, and safe.
public func isPlain(_ text: String) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { (0x20..<0x7f).contains($0) } }
        ?? text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
}
