// swift-tools-version: 6.2

import PackageDescription

// Figures of the snapshot store: ratios to the same work through SQLite's C interface, in one run.

let package = Package(
    name: "StoreBench",
    dependencies: [.package(name: "irqproof", path: "../../..")],
    targets: [
        .target(name: "CReplay", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "StoreBench",
            dependencies: [
                "CReplay",
                .product(name: "SnapshotStore", package: "irqproof"),
                .product(name: "InterruptState", package: "irqproof"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
    ]
)
