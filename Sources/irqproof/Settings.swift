import Checker
import Descriptions
import Glibc

/// What a user may set once instead of giving it to every command.
///
/// One order for every setting: option, environment variable, configuration file, default.
struct Settings: Sendable {
    /// Where the value of a setting came from.
    enum Origin: Equatable, Sendable {
        case option
        case environment(String)
        case file(String)
        case standard

        var description: String {
            switch self {
            case .option: "option"
            case .environment(let name): "environment variable \(name)"
            case .file(let path): path
            case .standard: "default"
            }
        }
    }

    /// A value and where it came from.
    struct Value<Content: Sendable>: Sendable {
        var content: Content
        var origin: Origin
    }

    /// The names in a configuration file, in the order in which they are shown.
    enum Name: String, CaseIterable, Sendable {
        case color
        case level
        case types
        case builds

        /// The environment variable that stands for it.
        var variable: String { "IRQPROOF_" + rawValue.uppercased() }
    }

    /// What is set, by name; nil where the defaults hold.
    private let values: [Name: Value<String>]
    /// The configuration file in force; nil where there is none.
    let filePath: String?

    private init(values: [Name: Value<String>] = [:], filePath: String? = nil) {
        self.values = values
        self.filePath = filePath
    }

    private static let loaded = Result { try Settings.read() }

    /// The settings of this process; the defaults where they could not be read, which ``check()`` reports.
    static var current: Settings { (try? loaded.get()) ?? Settings() }

    /// Throws where the configuration file cannot be read or a value is none.
    static func check() throws {
        _ = try loaded.get()
    }

    /// `--color`, else the setting, else by what standard output is.
    func colour(_ option: ColourChoice?) -> Value<ColourChoice> {
        if let option { return Value(content: option, origin: .option) }
        return choice(.color) ?? Value(content: .auto, origin: .standard)
    }

    /// `--level`, else the setting, else what a guest can observe.
    func level(_ option: Level?) -> Value<Level> {
        if let option { return Value(content: option, origin: .option) }
        return choice(.level) ?? Value(content: .guestVisible, origin: .standard)
    }

    /// `--types`, else the setting; nil where only upstream's types are known.
    func types(_ option: String?) -> Value<String?> {
        if let option { return Value(content: option, origin: .option) }
        return values[.types].map { Value(content: $0.content, origin: $0.origin) }
            ?? Value(content: nil, origin: .standard)
    }

    /// The folder of QEMU builds: the setting, else where `Scripts/qemu-builds` puts them.
    func builds() -> Value<String> {
        if let set = values[.builds] { return set }
        let cache = Environment["XDG_CACHE_HOME"] ?? (Environment["HOME"] ?? "") + "/.cache"
        return Value(content: cache + "/irqproof/builds", origin: .standard)
    }

    private func choice<Choice: RawRepresentable<String>>(_ name: Name) -> Value<Choice>? {
        values[name].flatMap { value in
            Choice(rawValue: value.content).map { Value(content: $0, origin: value.origin) }
        }
    }

    // MARK: - Reading

    private static func read() throws -> Settings {
        let file = try path()
        var values: [Name: Value<String>] = [:]
        if let file {
            for (name, content) in try read(file) { values[name] = Value(content: content, origin: .file(file)) }
        }
        // Whoever made the folder that a user stands in must not choose what runs there.
        if let file, values[.builds] != nil, Environment["IRQPROOF_CONFIG"] == nil {
            throw Trouble(
                "\(file): builds names programs to run, which a file that was merely found must not; "
                    + "set IRQPROOF_BUILDS, or name the file with IRQPROOF_CONFIG")
        }
        for name in Name.allCases {
            guard let content = Environment[name.variable] else { continue }
            values[name] = Value(content: content, origin: .environment(name.variable))
        }
        try check(values[.color], .color, ColourChoice.allCases.map(\.rawValue))
        try check(values[.level], .level, Level.allCases.map(\.rawValue))
        return Settings(values: values, filePath: file)
    }

    private static func check(_ value: Value<String>?, _ name: Name, _ choices: [String]) throws {
        guard let value, !choices.contains(value.content) else { return }
        throw Trouble(
            "\(value.origin.description): \(name.rawValue) is one of \(choices.joined(separator: ", ")), "
                + "not \(value.content)")
    }

    private static let fileName = ".irqproof.yaml"

    /// What `IRQPROOF_CONFIG` names, else the nearest file of that name from the working directory upwards.
    private static func path() throws -> String? {
        if let named = Environment["IRQPROOF_CONFIG"] {
            guard TextFile.exists(named) else { throw Trouble("\(named), which IRQPROOF_CONFIG names, is not there") }
            return named
        }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return nil }
        let length = buffer.firstIndex(of: 0) ?? buffer.count
        var folder = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)[...]
        while true {
            let candidate = folder + "/" + fileName
            if TextFile.exists(String(candidate)) { return String(candidate) }
            guard let slash = folder.lastIndex(of: "/") else { return nil }
            folder = folder[..<slash]
        }
    }

    /// The values of a file; paths in it are relative to its folder.
    private static func read(_ path: String) throws -> [Name: String] {
        let text = try TextFile.read(path, limit: Document.sizeLimit)
        do {
            let members = try Document(parsing: text).members(Name.allCases.map(\.rawValue))
            var values: [Name: String] = [:]
            for (key, value) in members {
                guard let name = Name(rawValue: key) else { continue }
                let content = try value.text()
                values[name] = name == .types || name == .builds ? relative(content, to: path) : content
            }
            return values
        } catch {
            throw Trouble("\(path): \(error)")
        }
    }

    private static func relative(_ path: String, to file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[..<slash] + "/" + path
    }
}

/// The environment of the process.
enum Environment {
    /// The value of a variable; nil where it is not set or empty.
    static subscript(name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
