/// Scenarios that come with the program, each under a name of its own.
///
/// Embedded as text, so that they need no files beside the program and serve as examples of the format.
public enum ScenarioLibrary {
    /// An entry: a name as it is typed, and the scenario's text.
    public struct Entry: Sendable {
        /// As it is typed.
        public let name: String
        /// YAML.
        public let text: String
    }

    /// Every scenario, in the order in which they are listed.
    public static let all: [Entry] = guests + histories + breaks

    /// The scenario of a name, or nil.
    public static func entry(named name: String) -> Entry? {
        all.first { $0.name == name }
    }
}
