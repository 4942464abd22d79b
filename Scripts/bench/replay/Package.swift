// swift-tools-version: 6.2

import PackageDescription

// The machine model's speed and memory: `swift run -c release` in this folder.
let package = Package(
    name: "replay-bench",
    dependencies: [.package(name: "irqproof", path: "../../..")],
    targets: [
        .executableTarget(
            name: "replay-bench",
            dependencies: [
                .product(name: "Replay", package: "irqproof"), .product(name: "PSeries", package: "irqproof"),
                .product(name: "InterruptState", package: "irqproof"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("MemberImportVisibility")])
    ]
)
