import InterruptState
import Testing

@testable import PSeries

/// An allocator written as plainly as possible, to hold the others against.
private struct PlainAllocator {
    var taken: [Bool]

    mutating func firstFit(count: Int, candidates: (Int) -> Bool) -> Int? {
        for place in 0..<max(0, taken.count - count + 1)
        where candidates(place) && !taken[place..<(place + count)].contains(true) {
            for index in place..<(place + count) { taken[index] = true }
            return place
        }
        return nil
    }
}

@Suite struct NumberAllocatorTests {
    @Test func theShippedBitmapAbortsWhenFull() throws {
        var bitmap = MessageBitmap()
        #expect(try bitmap.allocate(count: 2048, kind: .msix) == LogicalNumber(0x1300))
        let before = bitmap
        #expect(throws: AllocationError.abort(.exhaustionUnnoticed(count: 2048))) {
            try bitmap.allocate(count: 2048, kind: .msix)
        }
        #expect(bitmap == before)
        #expect(throws: AllocationError.abort(.exhaustionUnnoticed(count: 3329))) {
            try bitmap.allocate(count: 3329, kind: .msix)
        }
        #expect(throws: AllocationError.countOutOfDomain(0)) { try bitmap.allocate(count: 0, kind: .msi) }
    }

    @Test func theIntendedBitmapFailsWhenFull() {
        var bitmap = MessageBitmap(behaviour: .intended)
        #expect(throws: AllocationError.noFreeBlock(count: 4000)) { try bitmap.allocate(count: 4000, kind: .msix) }
        #expect(bitmap.isEmpty)
    }

    /// The sequence that all observed builds answer alike.
    @Test func theShippedBitmapGivesTheObservedNumbers() throws {
        var bitmap = MessageBitmap()
        let requests: [(MessageKind, UInt32, UInt32)] = [
            (.msix, 1, 0x1300), (.msi, 8, 0x1301), (.msix, 3, 0x130a), (.msi, 2, 0x130d), (.msix, 3, 0x1310),
            (.msix, 2, 0x1314),
        ]
        for (kind, count, number) in requests {
            #expect(try bitmap.allocate(count: count, kind: kind) == LogicalNumber(number))
        }
    }

    @Test func theSequentialAllocatorGivesTheObservedNumbers() throws {
        var table = SequentialAllocator()
        #expect(try table.allocateForDevice(count: 8) == LogicalNumber(0x1000))
        let requests: [(MessageKind, UInt32, UInt32)] = [
            (.msix, 1, 0x1008), (.msi, 8, 0x1010), (.msix, 3, 0x1009), (.msi, 2, 0x100c), (.msix, 3, 0x1018),
            (.msix, 2, 0x100e),
        ]
        for (kind, count, number) in requests {
            #expect(try table.allocate(count: count, kind: kind) == LogicalNumber(number))
        }
    }

    @Test func theSequentialAllocatorFailsOrAborts() {
        var table = SequentialAllocator(size: 16)
        #expect(throws: AllocationError.noFreeBlock(count: 17)) { try table.allocate(count: 17, kind: .msix) }
        #expect(throws: AllocationError.noFreeBlock(count: 32)) { try table.allocate(count: 32, kind: .msi) }
        #expect(throws: AllocationError.abort(.countNotPowerOfTwo(count: 3))) {
            try table.allocate(count: 3, kind: .msi)
        }
        #expect(throws: AllocationError.abort(.countNotPowerOfTwo(count: 64))) {
            try table.allocate(count: 64, kind: .msi)
        }
    }

    @Test func spapr_irq_mapWordsAreKept() throws {
        var bitmap = MessageBitmap()
        bitmap.words = [0x371] + [UInt64](repeating: 0, count: 51)
        #expect([0, 4, 5, 6, 8, 9].allSatisfy { bitmap.isTaken(LogicalNumber(0x1300 + $0)) })
        #expect(!bitmap.isTaken(LogicalNumber(0x1301)) && !bitmap.isTaken(LogicalNumber(0x12ff)))
        #expect(bitmap.isTaken(LogicalNumber(0x2000)), "outside the map nothing is free")
        bitmap.release(first: LogicalNumber(0x1304), count: .max)
        #expect(bitmap.words[0] == 1)
        bitmap.words = []
        #expect(bitmap.isEmpty)
    }

    /// All sequences of requests and releases in a small map, against the plain one.
    @Test(arguments: [UInt32(6), 7, 8])
    func allSmallHistoriesAgreeWithAPlainSearch(size: UInt32) throws {
        var visited = 0
        for occupancy in 0..<(1 << Int(size)) {
            let taken = (0..<Int(size)).map { occupancy >> $0 & 1 == 1 }
            for count in 1...Int(size) {
                visited += 1
                try expectAgreement(taken: taken, count: count)
            }
        }
        #expect(visited == (1 << Int(size)) * Int(size))
    }

    private func expectAgreement(taken: [Bool], count: Int) throws {
        let word = taken.enumerated().reduce(UInt64(0)) { $0 | ($1.element ? 1 << UInt64($1.offset) : 0) }
        let size = UInt32(taken.count)
        for kind in MessageKind.allCases {
            for behaviour in MessageBitmap.Behaviour.allCases {
                var bitmap = MessageBitmap(behaviour: behaviour, base: 0, size: size)
                bitmap.words = [word]
                var plain = PlainAllocator(taken: taken)
                let expected = plain.firstFit(count: count) { $0 % alignment(behaviour, kind, count) == 0 }
                let found = try? bitmap.allocate(count: UInt32(count), kind: kind)
                #expect(found == expected.map { LogicalNumber(UInt32($0)) }, "\(behaviour) \(kind) \(count) \(taken)")
                #expect((0..<size).map { bitmap.isTaken(LogicalNumber($0)) } == plain.taken)
            }
            guard kind == .msix || count.nonzeroBitCount == 1 else { continue }
            var table = SequentialAllocator(base: 0, size: size)
            for (index, bit) in taken.enumerated() { table.bits.set(UInt32(index), to: bit) }
            var plain = PlainAllocator(taken: taken)
            let expected = plain.firstFit(count: count) { kind == .msix || $0 % count == 0 }
            #expect(
                (try? table.allocate(count: UInt32(count), kind: kind)) == expected.map { LogicalNumber(UInt32($0)) })
        }
    }

    private func alignment(_ behaviour: MessageBitmap.Behaviour, _ kind: MessageKind, _ count: Int) -> Int {
        switch (behaviour, kind) {
        case (.shipped, .msi), (.intended, .msix): 1
        case (.shipped, .msix): 2
        case (.intended, .msi): (0...8).map { 1 << $0 }.first { $0 >= count } ?? 1
        }
    }
}
