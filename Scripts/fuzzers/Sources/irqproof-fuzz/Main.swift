import CFuzzer
import Glibc
import PSeries
import SavedState
import SnapshotStore

/// Runs libFuzzer over the target that the variable IRQPROOF_FUZZ_TARGET names; arguments are libFuzzer's own.
///
/// `make-snapshot STREAM FILE` stores a state instead: a first input for the target of snapshot files.
@main
enum Main {
    private static let target = getenv("IRQPROOF_FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

    static func main() throws {
        let words = CommandLine.arguments
        if words.count == 4, words[1] == "make-snapshot" { return try store(words[2], into: words[3]) }
        guard target != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            print("set IRQPROOF_FUZZ_TARGET to one of: \(names)")
            exit(64)
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = withUnsafeMutablePointer(to: &arguments) { arguments in
            LLVMFuzzerRunDriver(&count, arguments) { data, size in
                Main.target?.run([UInt8](UnsafeBufferPointer(start: data, count: size)))
                return 0
            }
        }
        exit(status)
    }

    private static func store(_ stream: String, into path: String) throws {
        let state = try StateDecoder.decode(SavedStream.open(path: stream))
        let provenance = Provenance(
            filePath: "guest", fileSize: 0, container: "stream", toolVersion: "0", importTime: "2026-01-01T00:00:00Z")
        try SnapshotStore.create(path: path).add([NewSnapshot(name: "guest", state: state, provenance: provenance)])
    }
}
