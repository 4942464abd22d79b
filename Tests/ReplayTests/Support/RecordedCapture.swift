import Foundation
import InterruptState
import PSeries
import Replay
import SavedState

/// A recorded moment of a real guest: `Fixtures/captures/NAME`.
struct RecordedCapture {
    let folder: URL
    let manifest: Manifest

    struct Manifest: Decodable {
        var qemu: String
        var commandLine: [String]?
        var steps: [String]?

        enum CodingKeys: String, CodingKey {
            case qemu
            case steps
            case commandLine = "command_line"
        }
    }

    struct Unreadable: Error { var text: String }

    /// The folder of all captures: the committed ones, or another of the same layout.
    static let root: URL = {
        if let other = ProcessInfo.processInfo.environment["IRQPROOF_CAPTURES"] { return URL(fileURLWithPath: other) }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../Fixtures/captures"
        ).standardizedFileURL
    }()

    init(_ name: String) throws {
        folder = RecordedCapture.root.appendingPathComponent(name)
        manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: folder.appendingPathComponent("capture.json")))
    }

    static func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent("\(name)/capture.json").path)
    }

    func has(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(file).path)
    }

    /// A compressed file of the capture.
    func content(_ file: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/xz")
        process.arguments = ["-dc", folder.appendingPathComponent(file).path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unreadable(text: file) }
        return [UInt8](data)
    }

    /// The state that the stream holds.
    func state() throws -> MachineState {
        try StateDecoder.decode(
            SavedStream.open(MemoryByteSource(content("stream.bin.xz")), name: folder.lastPathComponent))
    }

    /// What the command line builds.
    func setup() throws -> MachineSetup {
        guard let build = BuildProfile.named(manifest.qemu) else { throw Unreadable(text: manifest.qemu) }
        return try CommandLine(manifest.commandLine ?? [], build: build).setup
    }

    /// Every capture below the root, by its path.
    static func all() -> [String] {
        let found = FileManager.default.subpaths(atPath: root.path) ?? []
        return found.filter { $0.hasSuffix("/capture.json") }.map { String($0.dropLast("/capture.json".count)) }
            .sorted()
    }
}

/// Reads the options of a QEMU command line that touch interrupts.
private struct CommandLine {
    private(set) var setup: MachineSetup
    private var bridgeOfBus: [String: UInt32] = ["pci.0": 0]

    init(_ words: [String], build: BuildProfile) throws {
        let machine = words.firstIndex(of: "-M").map { words[$0 + 1] } ?? ""
        guard let type = MachineType.named(CommandLine.head(machine)) else {
            throw RecordedCapture.Unreadable(text: machine)
        }
        setup = MachineSetup(type: type, build: build)
        setup.serialCount = 0
        for (place, word) in words.enumerated() where word.hasPrefix("-") && place + 1 < words.count {
            try apply(word, words[place + 1])
        }
    }

    private mutating func apply(_ option: String, _ value: String) throws {
        let properties = CommandLine.properties(value)
        switch option {
        case "-M":
            setup.mode = properties["ic-mode"].flatMap(InterruptModeSetting.init(rawValue:))
            setup.serverSpacing = try properties["vsmt"].map(CommandLine.number)
            setup.modernHotPlugEvents = properties["modern-hotplug-events"].map { $0 == "on" }
        case "-cpu":
            setup.processor = MachineType.Processor(rawValue: String(value.prefix { $0 != "_" }))
            if value == "power9_v2.0" { setup.processorVersion = 0x004e_1200 }
        case "-m":
            let scale: UInt64 = value.hasSuffix("G") ? 1 << 30 : 1 << 20
            setup.memoryByteCount = (UInt64(value.dropLast()) ?? 256) * scale
        case "-smp":
            setup.processorCount = try CommandLine.number(CommandLine.head(value))
            setup.maximumProcessors = try properties["maxcpus"].map(CommandLine.number) ?? setup.processorCount
        case "-serial":
            setup.serialCount += value == "none" ? 0 : 1
        case "-global":
            if let address = properties["spapr-nvram.reg"] { setup.nvramAddress = try CommandLine.number(address) }
        case "-device":
            try applyDevice(CommandLine.head(value), properties)
        default:
            break
        }
    }

    private mutating func applyDevice(_ name: String, _ properties: [String: String]) throws {
        let stems = ["spapr-vty": "vty", "spapr-vlan": "l-lan", "spapr-vscsi": "v-scsi"]
        if let stem = stems[name] {
            let address = try properties["reg"].map(CommandLine.number)
            setup.devices.append(.virtual(VirtualDeviceSetup(type: stem, unitAddress: address)))
        } else if name == "spapr-pci-host-bridge" {
            let index = try CommandLine.number(properties["index"] ?? "")
            bridgeOfBus["\(properties["id"] ?? "").0"] = index
            setup.devices.append(.bridge(index: index))
        } else if name.hasSuffix("-spapr-cpu-core") {
            setup.devices.append(.core(index: try CommandLine.number(properties["core-id"] ?? "")))
        } else if let bridge = bridgeOfBus[properties["bus"] ?? ""], let slot = UInt8(properties["addr"] ?? "") {
            setup.devices.append(.function(CommandLine.function(name, bridge: bridge, slot: slot)))
        }
    }

    static func function(_ model: String, bridge: UInt32, slot: UInt8) -> FunctionSetup {
        let vectors: [String: (UInt32, UInt32, UInt32?)] = [
            "e1000e": (1, 5, 0xd0), "nec-usb-xhci": (16, 16, 0x70), "virtio-net-pci": (0, 4, nil),
            "virtio-blk-pci": (0, 3, nil), "virtio-scsi-pci": (0, 5, nil),
        ]
        let (messages, table, capability) = vectors[model] ?? (0, 0, nil)
        return FunctionSetup(
            model: model, bridge: bridge, slot: slot, messageVectors: messages, tableVectors: table,
            messageCapability: capability)
    }

    private static func head(_ value: String) -> String { String(value.prefix { $0 != "," }) }

    private static func properties(_ value: String) -> [String: String] {
        let pairs = value.split(separator: ",").compactMap { part -> (String, String)? in
            let halves = part.split(separator: "=", maxSplits: 1)
            return halves.count == 2 ? (String(halves[0]), String(halves[1])) : nil
        }
        return Dictionary(pairs) { _, last in last }
    }

    private static func number(_ text: String) throws -> UInt32 {
        let parsed = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
        guard let parsed else { throw RecordedCapture.Unreadable(text: text) }
        return parsed
    }
}
