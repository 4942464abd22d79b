/// Text for HTML.
enum HTMLText {
    /// Text for an element or for an attribute in double quotes; control characters are shown as `\u{…}`.
    static func escaped(_ text: String) -> String {
        XMLWriter.escaped(text)
    }

    /// JSON for a `script` element: no character in it can begin a tag or a comment.
    ///
    /// Outside of strings JSON has none of these characters, and inside an escape means the same.
    static func scriptData(_ json: String) -> String {
        json.reduce(into: "") { result, character in
            switch character {
            case "<": result += "\\u003c"
            case ">": result += "\\u003e"
            case "&": result += "\\u0026"
            default: result.append(character)
            }
        }
    }
}
