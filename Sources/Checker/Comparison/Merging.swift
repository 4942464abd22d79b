/// Walks two arrays that ascend by a key, once, and visits each pair of elements of equal key.
///
/// An element without a partner is visited with nil. Linear: there is no search per element.
@inline(__always)
func mergeSorted<Element, Key: Comparable>(
    _ left: [Element], _ right: [Element], by key: (Element) -> Key, visit: (Element?, Element?) -> Void
) {
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
        let leftKey = key(left[i])
        let rightKey = key(right[j])
        if leftKey == rightKey {
            visit(left[i], right[j])
            i += 1
            j += 1
        } else if leftKey < rightKey {
            visit(left[i], nil)
            i += 1
        } else {
            visit(nil, right[j])
            j += 1
        }
    }
    while i < left.count {
        visit(left[i], nil)
        i += 1
    }
    while j < right.count {
        visit(nil, right[j])
        j += 1
    }
}

/// The elements by key, keys in order of first appearance.
func grouped<Element, Key: Hashable>(
    _ elements: some Sequence<Element>, by key: (Element) -> Key
) -> [(key: Key, elements: [Element])] {
    var places: [Key: Int] = [:]
    var groups: [(key: Key, elements: [Element])] = []
    for element in elements {
        let value = key(element)
        if let place = places[value] {
            groups[place].elements.append(element)
        } else {
            places[value] = groups.count
            groups.append((value, [element]))
        }
    }
    return groups
}

extension Array {
    /// Whether the keys ascend; equal neighbours are allowed.
    func isAscending<Key: Comparable>(by key: (Element) -> Key) -> Bool {
        var index = 1
        while index < count {
            if key(self[index]) < key(self[index - 1]) { return false }
            index += 1
        }
        return true
    }

    /// The array itself if the keys ascend, else a sorted copy.
    func ascending<Key: Comparable>(by key: (Element) -> Key) -> [Element] {
        isAscending(by: key) ? self : sorted { key($0) < key($1) }
    }
}
