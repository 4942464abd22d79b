extension MachineType {
    private static let byName: [String: MachineType] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The upstream type of a name, with or without `pseries-`; nil where the table has none.
    ///
    /// A newer type than the table's last is unknown, not assumed to be like the last.
    public static func named(_ name: String) -> MachineType? {
        byName[name] ?? byName["pseries-" + name]
    }

    /// Up to `limit` known names near an unknown one, nearest first, for a message; those that it begins before all.
    public static func namesNear(_ name: String, among known: [String] = all.map(\.name), limit: Int = 3) -> [String] {
        let ranked = known.enumerated().map { entry in
            let distance = entry.element.hasPrefix(name) ? 0 : editDistance(name, entry.element)
            return (distance: distance, order: -entry.offset, name: entry.element)
        }
        return ranked.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(max(0, limit)).map(\.name)
    }

    /// Changed, missing, further and exchanged neighbouring characters, over the first 64: names are short, and input
    /// is not trusted.
    static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var former: [Int] = []
        var above = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                let substitution = above[j] + (left[i] == right[j] ? 0 : 1)
                var best = min(substitution, above[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, former[j - 1] + 1)
                }
                row.append(best)
            }
            (former, above) = (above, row)
        }
        return above[right.count]
    }
}
