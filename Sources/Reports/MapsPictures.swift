import InterruptState
import PSeries

/// The number space as characters, one for each run of numbers.
///
/// Lower-case letters mark room of a class, capitals claimed numbers; empty stretches are one line.
enum NumberSpacePicture {
    private static let columns: UInt32 = 64

    static func lines(_ map: MachineMap, style: TextStyle) -> [String] {
        let claimed = Set(map.construction.claims.map(\.number.rawValue))
        let end = map.ranges.last?.numbers.upperBound ?? 0
        let step = map.description.type.map.numberSpaceEnd > 0x2000 ? UInt32(64) : 8
        var lines = ["one character is \(step) numbers; capitals are claimed, small letters are room, dots are unused"]
        var skipped = 0
        for start in stride(from: UInt32(0), to: end, by: Int(step * columns)) {
            let row = cells(start, step, map, claimed)
            if row.allSatisfy({ $0 == "." }) {
                skipped += 1
                continue
            }
            if skipped > 0 { lines.append("          \(skipped) rows unused") }
            skipped = 0
            lines.append("\(LogicalNumber(start))  \(row)")
        }
        return lines + legend(map)
    }

    private static func cells(_ start: UInt32, _ step: UInt32, _ map: MachineMap, _ claimed: Set<UInt32>) -> String {
        String(
            (0..<columns).map { column -> Character in
                let first = start + column * step
                let cell = first..<(first + step)
                guard let range = map.ranges.first(where: { $0.numbers.overlaps(cell) }) else { return "." }
                // A cell that several ranges share shows the first with a claimed number.
                let shown = cell.first { claimed.contains($0) }
                let owner = shown.flatMap { number in map.ranges.first { $0.numbers.contains(number) } }
                let letter = letters[(owner ?? range).deviceClass] ?? "?"
                return Character(shown == nil ? letter : letter.uppercased())
            })
    }

    private static let letters: [DeviceClass: String] = [
        .interprocessor: "i", .epow: "e", .hotPlug: "h", .virtualDevice: "v", .bridgePin: "p", .message: "m",
        .shared: "s",
    ]

    private static func legend(_ map: MachineMap) -> [String] {
        let present = DeviceClass.allCases.filter { kind in map.ranges.contains { $0.deviceClass == kind } }
        return [present.map { "\(letters[$0] ?? "?") \($0.title)" }.joined(separator: ", ")]
    }
}
