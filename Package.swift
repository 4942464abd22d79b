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

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

// The commit goes into release builds only: a debug build is not made anew after every commit.
let commit: [CSetting] =
    Context.gitInformation.map { git in
        [.define("IRQPROOF_COMMIT", to: "\"\(git.currentCommit)\"", .when(configuration: .release))]
    } ?? []

let package = Package(
    name: "irqproof",
    products: [
        .executable(name: "irqproof", targets: ["irqproof"]),
        .library(name: "InterruptState", targets: ["InterruptState"]),
        .library(name: "SavedState", targets: ["SavedState"]),
        .library(name: "PSeries", targets: ["PSeries"]),
        .library(name: "Replay", targets: ["Replay"]),
        .library(name: "Scenarios", targets: ["Scenarios"]),
        .library(name: "SnapshotStore", targets: ["SnapshotStore"]),
        .library(name: "Checker", targets: ["Checker"]),
        .library(name: "QEMUControl", targets: ["QEMUControl"]),
        .library(name: "BuildReplay", targets: ["BuildReplay"]),
        .library(name: "Gate", targets: ["Gate"]),
        .library(name: "Certificate", targets: ["Certificate"]),
        .library(name: "CertificateCheck", targets: ["CertificateCheck"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.0.0"),
    ],
    targets: [
        // C corner: SHA-256 of the system's libcrypto.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // C corner: SQLite's own handles, for bulk rows and for hardening a connection.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // C corner: zlib, for compressed RAM pages and qcow2 clusters.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // C corner: a call of Linux that the toolchain's module of the C library leaves out.
        .systemLibrary(name: "CPipe"),

        // C corner: what runs between fork and exec, and messages that carry descriptors.
        .target(name: "CKeeper"),

        // C corner: facts of the build, which only C's preprocessor can be told.
        .target(name: "CBuild", cSettings: commit),

        // Test cases that can be drawn again from a printed seed.
        module("SeededRandom"),

        // Files that appear whole or not at all.
        module("Files"),
        // JSON without a schema, as self-descriptions of streams and QMP have it.
        module("FlatJSON"),
        // The vocabulary: plain values, no input or output.
        module("InterruptState", ["CCrypto"]),
        // QEMU's saved-state formats; knows nothing of interrupts.
        module("SavedState", ["CZlib", "CPipe", "Files", "FlatJSON"]),
        // The platform: machine types, number maps, sections <-> InterruptState.
        module("PSeries", ["InterruptState", "SavedState"]),
        // Machine descriptions and vendors' machine types in YAML or JSON.
        module("Descriptions", ["InterruptState", "PSeries", .product(name: "Yams", package: "Yams")]),
        // The machine model: controllers, calls, migration.
        module("Replay", ["InterruptState", "PSeries"]),
        // Scenarios for the model, and a library of them.
        module(
            "Scenarios",
            ["InterruptState", "PSeries", "Replay", "Checker", .product(name: "Yams", package: "Yams")]),
        // Statements over all configurations or histories.
        module("Prover", ["InterruptState", "PSeries"]),
        // InterruptState <-> SQLite.
        module("SnapshotStore", ["InterruptState", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
        // Real QEMU: starting builds, QMP, saving and loading states, calls without a guest.
        module("QEMUControl", ["CKeeper", "Files", "FlatJSON", "InterruptState", "PSeries"]),
        // Scenarios on real builds.
        module(
            "BuildReplay",
            ["InterruptState", "SavedState", "PSeries", "Replay", "Scenarios", "QEMUControl"]),
        // Equivalence of two states, invariants of one.
        module("Checker", ["InterruptState"]),
        // A policy's matrix on real builds, and what came of it.
        module(
            "Gate",
            [
                "InterruptState", "PSeries", "Descriptions", "Replay", "Scenarios", "QEMUControl", "BuildReplay",
                "Checker", "SnapshotStore", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        // Accepts or rejects certificates; shares nothing with those who make verdicts.
        module("CertificateCheck", ["CSQLite", "CCrypto"]),
        // Verdicts as certificates.
        module(
            "Certificate", ["CertificateCheck", "CSQLite", "Files", "InterruptState", "Checker", "PSeries", "Prover"]),
        // Findings and states as text and JSON.
        module("Reports", ["InterruptState", "PSeries", "Prover", "Checker", "Gate", "CertificateCheck"]),

        .executableTarget(
            name: "irqproof",
            dependencies: [
                "InterruptState", "SavedState", "PSeries", "Descriptions", "Prover", "Replay", "Scenarios",
                "SnapshotStore", "Files", "Checker", "Reports", "QEMUControl", "CBuild", "CCrypto", "CSQLite", "CZlib",
                "BuildReplay", "Gate",
                "Certificate", "CertificateCheck",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // The model held against builds; a tool for who works on either.
        .executableTarget(
            name: "conformance",
            dependencies: [
                "SeededRandom", "InterruptState", "PSeries", "Replay", "Scenarios", "QEMUControl", "BuildReplay",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Conformance",
            swiftSettings: strict
        ),

        // Real captures and what QEMU printed of them, for tests.
        .target(name: "CaptureSupport", path: "Tests/CaptureSupport", swiftSettings: strict),

        tests(
            "CommandTests",
            [
                "irqproof", "CaptureSupport", "SeededRandom", "InterruptState", "SavedState", "PSeries", "Checker",
                "Reports",
            ]),
        tests("FilesTests", ["Files"]),
        tests("InterruptStateTests", ["InterruptState"]),
        tests(
            "CaptureTests", ["CaptureSupport", "InterruptState", "SavedState", "PSeries", "SnapshotStore", "Checker"]),
        tests("CheckerTests", ["Checker", "SeededRandom", "InterruptState"]),
        tests(
            "ReportsTests",
            ["Reports", "CaptureSupport", "Checker", "Prover", "PSeries", "InterruptState", "SavedState"],
            exclude: ["Snapshots", "Schemas"]),
        tests("PSeriesTests", ["PSeries", "SeededRandom", "InterruptState", "SavedState"]),
        tests("DescriptionsTests", ["Descriptions", "PSeries", "InterruptState"]),
        tests(
            "ProverTests",
            [
                "Prover", "SeededRandom", "Scenarios", "Replay", "Checker", "Descriptions", "PSeries",
                "InterruptState",
            ]),
        tests(
            "ReplayTests",
            ["Replay", "Scenarios", "SeededRandom", "Checker", "PSeries", "InterruptState", "SavedState"]),
        tests("ScenariosTests", ["Scenarios", "Replay", "Checker", "PSeries", "InterruptState"]),
        tests("SavedStateTests", ["SavedState", "SeededRandom", "CZlib"]),
        tests(
            "RegressionTests",
            ["CaptureSupport", "InterruptState", "SavedState", "PSeries", "SnapshotStore", "Checker"]),
        tests(
            "SnapshotStoreTests",
            [
                "SnapshotStore", "SeededRandom", "InterruptState",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "QEMUControlTests",
            ["QEMUControl", "BuildReplay", "Scenarios", "CaptureSupport", "InterruptState", "SavedState", "PSeries"]),
        tests("GateTests", ["Gate", "Descriptions", "Scenarios", "Replay", "PSeries"]),
        tests(
            "CertificateTests",
            [
                "Certificate", "CertificateCheck", "CaptureSupport", "SeededRandom", "InterruptState", "SavedState",
                "PSeries", "Prover", "Checker", "CSQLite",
            ]),
    ]
)
