import InterruptState

/// What `irqproof config` prints.
public struct SettingsReport: Sendable {
    /// One setting.
    public struct Setting: Sendable {
        var name: String
        var value: String?
        var origin: String

        /// A setting; a value of nil is one that is not set and has no default.
        public init(name: String, value: String?, origin: String) {
            self.name = name
            self.value = value
            self.origin = origin
        }
    }

    /// Path of the configuration file in force.
    private let file: String?
    private let settings: [Setting]

    /// The settings in the order of the report.
    public init(file: String?, settings: [Setting]) {
        self.file = file
        self.settings = settings
    }

    /// A line for each setting, then the file.
    public func text(style: TextStyle) -> String {
        var table = TextTable(["SETTING", "VALUE", "FROM"])
        for setting in settings {
            table.add([setting.name, printable(setting.value ?? "not set"), printable(setting.origin)])
        }
        let lines = table.lines(style) + ["", "configuration file: \(printable(file ?? "none"))"]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for a program: schema `irqproof/config/1`.
    public func json() -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("schema", SchemaName.config)
            json.member("file", file)
            json.array("settings") { json in
                for setting in settings {
                    json.object {
                        $0.member("name", setting.name)
                        $0.member("value", setting.value)
                        $0.member("from", setting.origin)
                    }
                }
            }
        }
        return json.text
    }
}
