import Glibc
import QEMUControl
import Testing

/// QEMU builds on this machine, as `Scripts/qemu-builds` puts them.
enum Builds {
    /// By release, oldest first.
    static let present: [Build] = {
        let names = ["5.2", "7.2", "10.0", "11.1"]
        return names.map { Build(release: $0, path: "\(folder)/qemu-system-ppc64-\($0)") }
            .filter { access($0.path, X_OK) == 0 }
    }()

    private static let folder: String = {
        if let folder = variable("IRQPROOF_BUILDS") { return folder }
        let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
        return cache + "/irqproof/builds"
    }()

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

struct Build: Sendable, CustomTestStringConvertible {
    var release: String
    var path: String
    var testDescription: String { "QEMU " + release }
}

extension Trait where Self == ConditionTrait {
    /// Skips where no build is there.
    static var needsQEMU: Self {
        .enabled(if: !Builds.present.isEmpty, "no QEMU builds on this machine: run Scripts/qemu-builds")
    }
}

/// A program for one test: a shell script that stands in for QEMU. Descriptor 3 is its monitor.
final class Script {
    let path: String

    init(_ body: String) throws {
        var template = Array("/tmp/irqproof-test.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let text = Array("#!/bin/sh\n\(body)\n".utf8)
        try #require(write(descriptor, text, text.count) == text.count)
        try #require(fchmod(descriptor, 0o755) == 0)
        close(descriptor)
    }

    deinit { unlink(path) }

    /// Says what a QEMU says, then runs a body.
    static func greeting(then body: String) throws -> Script {
        try Script(
            """
            printf '%s\\n' '{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 9}, "package": ""},
             "capabilities": []}}' | tr -d '\\n' >&3
            echo >&3
            read -r line <&3
            printf '{"return": {}, "id": 1}\\n' >&3
            \(body)
            """)
    }
}

/// The lines of a small file.
func lines(of path: String) throws -> [String] {
    let descriptor = open(path, O_RDONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
}

/// Whether a process exists, zombies aside.
func isAlive(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = fread(&bytes, 1, bytes.count, file)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    let state = text.split(separator: ")").last?.first { $0 != " " }
    return count > 0 && state != "Z" && state != "X"
}

/// The code of the error that a body throws; nil where it throws none.
func code<Result>(_ body: () throws(QEMUError) -> Result) -> QEMUError.Code? {
    do throws(QEMUError) {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}
