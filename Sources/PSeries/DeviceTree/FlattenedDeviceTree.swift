/// A flattened device tree (FDT), read for its nodes and properties.
///
/// ```
/// header: d00dfeed | total size | structure offset | strings offset | ...      (big-endian words)
/// structure: 1 name\0 pad = begin node | 2 = end node | 3 length name-offset value pad = property
///            4 = nothing | 9 = end
/// ```
/// Devicetree Specification 0.4, chapter 5. The blob comes from an untrusted stream: every offset is
/// checked, depth and the number of nodes are capped.
struct FlattenedDeviceTree {
    /// A node by its full path, `/cpus/PowerPC,POWER9@0`; the root is the empty path.
    struct Node {
        let path: String
        fileprivate let blob: [UInt8]
        fileprivate var properties: [Property] = []

        /// The last component of the path.
        var name: Substring {
            path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
        }

        /// The value of a property. Few of the hundreds in a tree are asked for, so none is copied before.
        func property(_ name: StaticString) -> [UInt8]? {
            name.withUTF8Buffer { name in properties.first { blob[$0.name].elementsEqual(name) } }
                .map { Array(blob[$0.value]) }
        }
    }

    /// Places in the blob.
    fileprivate struct Property {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// Why a blob is not a device tree.
    struct Failure: Error {
        var message: String
        /// Offset in the blob.
        var offset: Int
    }

    private(set) var nodes: [Node]

    /// Deeper nesting than any real tree (5) by an order of magnitude.
    private static let maximumDepth = 64
    /// Bytes of a name. The specification allows 31, and a unit address behind a node's. Names of properties stand
    /// apart and may overlap: without a limit a small blob could claim gigabytes of them.
    fileprivate static let maximumNameBytes = 255
    /// Bytes of a node's full path, for the same reason. Longest seen: 73.
    fileprivate static let maximumPathBytes = 1024

    init(_ blob: [UInt8]) throws(Failure) {
        var walker = try Walker(blob)
        nodes = try walker.nodes(maximumDepth: FlattenedDeviceTree.maximumDepth)
    }

    func node(_ path: String) -> Node? {
        nodes.first { $0.path == path }
    }

    /// The direct children of a node.
    func children(of path: String) -> [Node] {
        let prefix = Array((path + "/").utf8)
        return nodes.filter { node in
            node.path.utf8.starts(with: prefix) && !node.path.utf8.dropFirst(prefix.count).contains(UInt8(ascii: "/"))
        }
    }

    /// A property's value as big-endian 32-bit cells; a rest of fewer than four bytes is dropped.
    static func cells(_ value: [UInt8]) -> [UInt32] {
        value.withUnsafeBytes { bytes in
            stride(from: 0, through: bytes.count - 4, by: 4).map { start in
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            }
        }
    }
}

extension FlattenedDeviceTree {
    private struct Walker {
        let blob: [UInt8]
        var cursor: Int
        let strings: Int

        init(_ blob: [UInt8]) throws(Failure) {
            self.blob = blob
            guard blob.count >= 40 else { throw Failure(message: "shorter than its header", offset: blob.count) }
            let words = FlattenedDeviceTree.cells(Array(blob[..<16]))
            guard words[0] == 0xd00d_feed else { throw Failure(message: "no device tree magic", offset: 0) }
            cursor = Int(words[2])
            strings = Int(words[3])
            guard cursor <= blob.count, strings <= blob.count else {
                throw Failure(message: "its parts lie outside of it", offset: 8)
            }
        }

        /// The word at an offset that was checked to have four bytes.
        private func word(_ offset: Int) -> UInt32 {
            blob.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        }

        private mutating func nextWord() throws(Failure) -> UInt32 {
            guard blob.count - cursor >= 4 else { throw Failure(message: "ends in its structure", offset: cursor) }
            defer { cursor += 4 }
            return word(cursor)
        }

        mutating func nodes(maximumDepth: Int) throws(Failure) -> [Node] {
            var nodes: [Node] = []
            var open: [Int] = []
            while true {
                let start = cursor
                switch try nextWord() {
                case 1:
                    guard open.count < maximumDepth else { throw Failure(message: "nested too deep", offset: start) }
                    let place = try name(at: cursor)
                    let name = String(decoding: blob[place], as: Unicode.ASCII.self)
                    skip(place.count + 1)
                    let parent = open.last.map { nodes[$0].path + "/" } ?? ""
                    guard parent.utf8.count + name.utf8.count <= FlattenedDeviceTree.maximumPathBytes else {
                        throw Failure(message: "the path of a node is too long", offset: start)
                    }
                    open.append(nodes.count)
                    nodes.append(Node(path: open.count == 1 ? "" : parent + name, blob: blob))
                case 2:
                    guard open.popLast() != nil else { throw Failure(message: "a node ends twice", offset: start) }
                case 3:
                    guard let node = open.last else {
                        throw Failure(message: "a property outside of a node", offset: start)
                    }
                    nodes[node].properties.append(try property())
                case 4: continue
                case 9: return nodes
                default: throw Failure(message: "unknown token", offset: start)
                }
            }
        }

        private mutating func property() throws(Failure) -> Property {
            let length = Int(try nextWord())
            let nameOffset = Int(try nextWord())
            guard length <= blob.count - cursor else {
                throw Failure(message: "a property is longer than the tree", offset: cursor)
            }
            guard nameOffset <= blob.count - strings else {
                throw Failure(message: "a property's name lies outside of the tree", offset: cursor)
            }
            let value = cursor..<cursor + length
            skip(length)
            return Property(name: try name(at: strings + nameOffset), value: value)
        }

        /// The NUL-terminated name at an offset of at most the blob's size.
        private func name(at offset: Int) throws(Failure) -> Range<Int> {
            guard let end = blob[offset...].prefix(FlattenedDeviceTree.maximumNameBytes + 1).firstIndex(of: 0) else {
                throw Failure(message: "a name does not end", offset: offset)
            }
            return offset..<end
        }

        /// Steps over some bytes and the padding behind them.
        private mutating func skip(_ count: Int) {
            cursor = min(blob.count, (cursor + count + 3) & ~3)
        }
    }
}
