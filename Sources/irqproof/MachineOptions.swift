import ArgumentParser
import Descriptions
import PSeries
import QEMUControl

/// Options of commands that take machines by type name or description file.
struct MachineOptions: ParsableArguments {
    @Option(help: "File of further machine types, such as a vendor's.")
    var types: String?

    @Flag(help: "Machines are command lines of QEMU: text, or files.")
    var commandLine = false

    /// Upstream types and those of `--types`.
    func catalogue() throws -> MachineTypeCatalogue {
        guard let types = Settings.current.types(types).content else { return MachineTypeCatalogue() }
        return try reading(types) { try MachineTypeCatalogue(parsing: $0) }
    }

    /// A machine by the name of its type, by the path of its description or of a libvirt domain, or by QEMU's command line.
    func machine(_ word: String) throws -> MachineDescription {
        let catalogue = try catalogue()
        if commandLine { return try machine(commandLine: word, catalogue) }
        if let type = catalogue.type(named: word) { return MachineDescription(type: type) }
        if word == "-" || word.contains("/") || TextFile.exists(word) {
            return try described(word, catalogue)
        }
        let near = catalogue.namesNear(word).joined(separator: ", ")
        throw Trouble("\(word) is neither a machine type nor a file; near it: \(near)")
    }

    private func machine(commandLine word: String, _ catalogue: MachineTypeCatalogue) throws -> MachineDescription {
        func machine(_ text: String) throws -> MachineDescription {
            try MachineDescription(commandLine: CommandLineText.arguments(text), catalogue: catalogue)
        }
        if word == "-" || TextFile.exists(word) { return try reading(word, machine) }
        do {
            return try machine(word)
        } catch {
            throw Trouble("\(error)")
        }
    }

    /// No description begins as XML does.
    private func described(_ path: String, _ catalogue: MachineTypeCatalogue) throws -> MachineDescription {
        try reading(path) { text in
            if text.first(where: { !$0.isWhitespace }) == "<" {
                return try MachineDescription(libvirtDomain: text, catalogue: catalogue)
            }
            return try MachineDescription(parsing: text, catalogue: catalogue)
        }
    }

    /// The files among the words that name machines, by their role: `first`, `second` and `types`.
    func files(_ words: [String]) throws -> [(role: String, argument: String)] {
        let catalogue = try catalogue()
        let described = zip(["first", "second"], words).filter { word in
            catalogue.type(named: word.1) == nil && (!commandLine || TextFile.exists(word.1))
        }
        return described.map { ($0.0, $0.1) } + (types.map { [("types", $0)] } ?? [])
    }

    private func reading<Value>(_ path: String, _ read: (String) throws -> Value) throws -> Value {
        let text = try TextFile.read(path, limit: Document.sizeLimit)
        do {
            return try read(text)
        } catch {
            throw Trouble("\(path): \(error)")
        }
    }
}
