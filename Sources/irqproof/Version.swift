import CBuild
import InterruptState
import Reports

/// What the tool is and how it was built.
enum Version {
    /// Version of the tool; recorded in every snapshot.
    static let number = "0.1.0"

    /// What `--version` prints: one fact a line, the version first and alone, as scripts read it.
    static var text: String {
        (["irqproof \(number)"] + facts.map { "\($0.label) \($0.value)" }).joined(separator: "\n")
    }

    /// Facts of the build, by name.
    static var facts: [(label: String, value: String)] {
        [("commit", commit), ("build", configuration), ("compiler", compiler), ("platform", platform)]
    }

    /// The whole id where the package was built in release configuration from a git checkout.
    private static var commit: String {
        let commit = String(cString: build_commit())
        return commit.isEmpty ? "unknown" : commit
    }

    private static var configuration: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }

    private static var platform: String {
        #if arch(x86_64)
            "linux x86_64"
        #elseif arch(arm64)
            "linux aarch64"
        #elseif arch(powerpc64le)
            "linux ppc64le"
        #else
            "linux"
        #endif
    }
}
