import Glibc

/// Names of inputs as users give them.
public enum InputName {
    /// File and snapshot of `FILE#SNAPSHOT`; a file that exists under the whole name has no snapshot part.
    public static func split(_ input: String) -> (path: String, label: String?) {
        guard let mark = input.lastIndex(of: "#"), mark != input.startIndex, access(input, F_OK) != 0 else {
            return (input, nil)
        }
        return (String(input[..<mark]), String(input[input.index(after: mark)...]))
    }
}
