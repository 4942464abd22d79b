/// A command line as text, taken apart into its words.
public enum CommandLineText {
    /// The arguments after the program: of a shell's line, or of what `/proc/PID/cmdline` holds.
    ///
    /// Quotes and backslashes are those of a shell, and a backslash at a line's end joins lines. Nothing is expanded: a
    /// variable, a command or a pattern stays as it stands, so one that matters is refused where it is read.
    public static func arguments(_ text: String) throws(QEMUError) -> [String] {
        let words: [String]
        if text.utf8.contains(0) {
            words = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
        } else {
            words = try shellWords(text)
        }
        guard let first = words.first else { throw QEMUError(.cannotStart, "the command line is empty") }
        // Without a program the line begins with an option.
        return first.hasPrefix("-") ? words : Array(words.dropFirst())
    }

    private static func shellWords(_ text: String) throws(QEMUError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                isEscaped = false
                // Within double quotes a backslash is only itself before most characters.
                if quote == "\"", !["\"", "\\", "$", "`", "\n"].contains(character) { word = (word ?? "") + "\\" }
                if character != "\n" { word = (word ?? "") + String(character) }
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw QEMUError(.cannotStart, "a quote of the command line is not closed")
        }
        if let word { words.append(word) }
        return words
    }
}
