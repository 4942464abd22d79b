import Foundation

/// The committed captures.
package enum Fixtures {
    /// `Fixtures` of the repository.
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// `Fixtures/captures` of the repository.
    package static let captures = root.appending(path: "captures")

    /// The names of all files in a folder of `Fixtures`; none where there is no such folder.
    package static func names(in folder: String) throws -> [String] {
        let path = root.appending(path: folder).path
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Every capture, those inside pairs included, by name.
    package static func allCaptures() throws -> [Capture] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: captures.path)
        let manifest = "/capture.json"
        return names.filter { $0.hasSuffix(manifest) }.map { capture(String($0.dropLast(manifest.count))) }
            .sorted { $0.name < $1.name }
    }

    /// The capture with a name, which must be there.
    package static func capture(_ name: String) -> Capture {
        Capture(name: name, folder: captures.appending(path: name))
    }

    /// Every pair, by name.
    package static func allPairs() throws -> [CapturePair] {
        let folders = try FileManager.default.contentsOfDirectory(atPath: captures.path).sorted()
        return try folders.filter { exists("\($0)/pair.json") }.map(pair)
    }

    private static func pair(_ name: String) throws -> CapturePair {
        let data = try Data(contentsOf: captures.appending(path: "\(name)/pair.json"))
        let manifest = try JSONDecoder().decode(PairManifest.self, from: data)
        return CapturePair(
            name: name, verdict: manifest.verdict, expected: manifest.expectedVerdict,
            source: capture(manifest.source.capture ?? "\(name)/src"), destination: present("\(name)/dst"),
            constructed: present("\(name)/dst-alone"))
    }

    private static func present(_ name: String) -> Capture? {
        exists("\(name)/capture.json") ? capture(name) : nil
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: captures.appending(path: path).path)
    }

    private struct PairManifest: Decodable {
        var verdict: CapturePair.Verdict
        var expectedVerdict: String
        var source: Source

        struct Source: Decodable {
            var capture: String?
        }

        enum CodingKeys: String, CodingKey {
            case verdict
            case expectedVerdict = "expected_verdict"
            case source
        }
    }
}
