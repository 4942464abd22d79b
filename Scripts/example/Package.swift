// swift-tools-version: 6.2

import PackageDescription

// A program of its own that uses the library products of irqproof, as yours would.

let package = Package(
    name: "moved",
    dependencies: [.package(name: "irqproof", path: "../..")],
    targets: [
        .executableTarget(
            name: "Moved",
            dependencies: [
                .product(name: "InterruptState", package: "irqproof"),
                .product(name: "SavedState", package: "irqproof"),
                .product(name: "PSeries", package: "irqproof"),
                .product(name: "Checker", package: "irqproof"),
                .product(name: "SnapshotStore", package: "irqproof"),
            ])
    ]
)
