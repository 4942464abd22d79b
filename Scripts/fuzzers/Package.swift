// swift-tools-version: 6.2

import PackageDescription

// Fuzzers of every format that comes from outside. `Scripts/fuzz` builds and runs them; the flags that instrument the
// code are given there, so that the package they are for stays free of them.

let package = Package(
    name: "irqproof-fuzzers",
    dependencies: [.package(name: "irqproof", path: "../..")],
    targets: [
        // C corner: the entry of libFuzzer, which comes with the compiler.
        .systemLibrary(name: "CFuzzer"),
        .executableTarget(
            name: "irqproof-fuzz",
            dependencies: [
                "CFuzzer",
                .product(name: "InterruptState", package: "irqproof"),
                .product(name: "SavedState", package: "irqproof"),
                .product(name: "PSeries", package: "irqproof"),
                .product(name: "SnapshotStore", package: "irqproof"),
                .product(name: "Checker", package: "irqproof"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]
        ),
    ]
)
