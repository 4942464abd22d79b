import ArgumentParser
import Descriptions
import PSeries

/// Options of commands that take machines by type name or description file.
struct MachineOptions: ParsableArguments {
    @Option(help: "File of further machine types, such as a vendor's.")
    var types: String?

    /// Upstream types and those of `--types`.
    func catalogue() throws -> MachineTypeCatalogue {
        guard let types = Settings.current.types(types).content else { return MachineTypeCatalogue() }
        return try reading(types) { (text) throws(DescriptionError) in try MachineTypeCatalogue(parsing: text) }
    }

    /// A machine by the name of its type, or by the path of its description.
    func machine(_ word: String) throws -> MachineDescription {
        let catalogue = try catalogue()
        if let type = catalogue.type(named: word) { return MachineDescription(type: type) }
        if word == "-" || word.contains("/") || TextFile.exists(word) {
            return try reading(word) { (text) throws(DescriptionError) in
                try MachineDescription(parsing: text, catalogue: catalogue)
            }
        }
        let near = catalogue.namesNear(word).joined(separator: ", ")
        throw Trouble("\(word) is neither a machine type nor a file; near it: \(near)")
    }

    /// The files among the words that name machines, by their role: `first`, `second` and `types`.
    func files(_ words: [String]) throws -> [(role: String, argument: String)] {
        let catalogue = try catalogue()
        let described = zip(["first", "second"], words).filter { catalogue.type(named: $0.1) == nil }
        return described.map { ($0.0, $0.1) } + (types.map { [("types", $0)] } ?? [])
    }

    private func reading<Value>(
        _ path: String, _ read: (String) throws(DescriptionError) -> Value
    ) throws -> Value {
        let text = try TextFile.read(path, limit: Document.sizeLimit)
        do {
            return try read(text)
        } catch {
            throw Trouble("\(path): \(error)")
        }
    }
}
