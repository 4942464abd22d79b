// swift-tools-version: 6.2

import PackageDescription

// One target per module of the architecture, dependencies in one direction only,
// so that the compiler refuses an import against the grain.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "irqproof",
    products: [
        .executable(name: "irqproof", targets: ["irqproof"]),
        .library(name: "InterruptState", targets: ["InterruptState"]),
        .library(name: "SavedState", targets: ["SavedState"]),
        .library(name: "PSeries", targets: ["PSeries"]),
        .library(name: "Replay", targets: ["Replay"]),
        .library(name: "SnapshotStore", targets: ["SnapshotStore"]),
        .library(name: "Checker", targets: ["Checker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        // C corner: SHA-256 of the system's libcrypto.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        // The vocabulary: plain values, no input or output.
        module("InterruptState", ["CCrypto"]),
        // QEMU's saved-state formats; knows nothing of interrupts.
        module("SavedState"),
        // The platform: machine types, number maps, sections <-> InterruptState.
        module("PSeries", ["InterruptState", "SavedState"]),
        // The machine model: controllers, calls, migration.
        module("Replay", ["InterruptState", "PSeries"]),
        // InterruptState <-> SQLite.
        module("SnapshotStore", ["InterruptState", .product(name: "GRDB", package: "GRDB.swift")]),
        // Equivalence of two states, invariants of one.
        module("Checker", ["InterruptState"]),
        // Findings and states as text and JSON.
        module("Reports", ["InterruptState", "Checker"]),

        .executableTarget(
            name: "irqproof",
            dependencies: [
                "InterruptState", "SavedState", "PSeries", "SnapshotStore", "Checker", "Reports",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        tests("InterruptStateTests", ["InterruptState"]),
        tests("PSeriesTests", ["PSeries", "InterruptState", "SavedState"]),
        tests("SavedStateTests", ["SavedState"]),
        tests("ReplayTests", ["Replay", "PSeries", "InterruptState", "SavedState"]),
    ]
)
