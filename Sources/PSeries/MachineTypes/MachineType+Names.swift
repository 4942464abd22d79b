extension MachineType {
    private static let byName: [String: MachineType] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The upstream type of a name, with or without `pseries-`; nil where the table has none.
    ///
    /// A newer type than the table's last is unknown, not assumed to be like the last.
    public static func named(_ name: String) -> MachineType? {
        byName[name] ?? byName["pseries-" + name]
    }

    /// Up to `limit` known names near an unknown one, nearest first, for a message.
    public static func namesNear(_ name: String, among known: [String] = all.map(\.name), limit: Int = 3) -> [String] {
        let ranked = known.enumerated().map { entry in
            (distance: editDistance(name, entry.element), order: -entry.offset, name: entry.element)
        }
        return ranked.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(max(0, limit)).map(\.name)
    }

    /// Levenshtein's distance over the first 64 characters: names are short, and input is not trusted.
    static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.prefix(64))
        let right = Array(right.prefix(64))
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substitution = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
