import PSeries

/// A function from unit addresses to places, as a type so that the loop over 2^32 of them is one function.
protocol AddressFunction {
    /// Places are below this; at most 2^16.
    static var size: Int { get }
    /// The place of a unit address; nil where it is refused.
    static func place(_ address: UInt32) -> UInt32?
}

enum FixedAddresses: AddressFunction {
    static var size: Int { 256 }
    @inline(__always)
    static func place(_ address: UInt32) -> UInt32? { FixedNumberMap.virtualDeviceIndex(unitAddress: address) }
}

enum SparseAddresses: AddressFunction {
    static var size: Int { Int(SparseNumberMap.virtualDeviceCount) }
    @inline(__always)
    static func place(_ address: UInt32) -> UInt32? { SparseNumberMap.virtualDeviceIndex(unitAddress: address) }
}

/// Wrong on purpose: one unit address has another's place, and one a place outside the range.
enum CanaryAddresses: AddressFunction {
    static var size: Int { 256 }
    @inline(__always)
    static func place(_ address: UInt32) -> UInt32? {
        if address == 0x70ff_ffff { return 0x100 }
        return address == 0x2fff_ffff ? 0 : FixedNumberMap.virtualDeviceIndex(unitAddress: address)
    }
}

/// What every unit address of a range maps to: nothing is sampled.
struct AddressEnumeration<Function: AddressFunction> {
    /// Addresses looked at.
    private(set) var addresses: UInt64 = 0
    /// Addresses without a place.
    private(set) var refused: UInt64 = 0
    /// The first address whose place is outside the range.
    private(set) var outside: UInt32?
    /// How many addresses each place has.
    private(set) var population: [UInt64]
    /// The same by the part of the address space, as ``regions`` has them.
    private(set) var populations: [[UInt64]] = []
    /// The two lowest addresses that share a place, lowest second address first.
    private(set) var collision: (UInt32, UInt32)?

    init(_ range: ClosedRange<UInt32>) {
        population = [UInt64](repeating: 0, count: Function.size)
        for region in Self.regions {
            var part = [UInt64](repeating: 0, count: Function.size)
            if range.overlaps(region) { count(range.clamped(to: region), &part) }
            populations.append(part)
            for place in part.indices { population[place] += part[place] }
        }
        addresses = UInt64(range.upperBound) - UInt64(range.lowerBound) + 1
        if population.contains(where: { $0 > 1 }) { findCollision(range) }
    }

    /// Where the maps change their rule: adapters, terminals, and what QEMU numbers by itself.
    static var regions: [ClosedRange<UInt32>] {
        [0...0x2fff_ffff, 0x3000_0000...0x70ff_ffff, 0x7100_0000...UInt32.max]
    }

    /// How many pairs of addresses of two regions share a place; of one region where both are the same.
    func collidingPairs(_ left: Int, _ right: Int) -> UInt64 {
        zip(populations[left], populations[right]).reduce(0) { sum, counts in
            sum + (left == right ? counts.0 * (counts.0 - min(counts.0, 1)) / 2 : counts.0 * counts.1)
        }
    }

    /// Pairs of addresses that share a place.
    var collidingPairs: UInt64 { population.reduce(0) { $0 + $1 * ($1 - min($1, 1)) / 2 } }
    /// Places that several addresses share.
    var sharedPlaces: Int { population.count { $0 > 1 } }
    /// Places that no address has.
    var unusedPlaces: Int { population.count { $0 == 0 } }

    private mutating func count(_ range: ClosedRange<UInt32>, _ population: inout [UInt64]) {
        var refused: UInt64 = 0
        var outside: UInt32?
        population.withUnsafeMutableBufferPointer { population in
            var address = range.lowerBound
            while true {
                if let place = Function.place(address) {
                    // The index is checked here, so that a wrong function is a finding and not a crash.
                    if Int(place) < population.count {
                        population[Int(place)] &+= 1
                    } else if outside == nil {
                        outside = address
                    }
                } else {
                    refused &+= 1
                }
                if address == range.upperBound { break }
                address &+= 1
            }
        }
        self.refused += refused
        if self.outside == nil { self.outside = outside }
    }

    private mutating func findCollision(_ range: ClosedRange<UInt32>) {
        var first = [UInt32?](repeating: nil, count: Function.size)
        for address in range {
            guard let place = Function.place(address), Int(place) < first.count else { continue }
            if let other = first[Int(place)] {
                collision = (other, address)
                return
            }
            first[Int(place)] = address
        }
    }
}

/// The first address of a range that two functions map to different numbers, with how many do.
struct AddressDifference<First: AddressFunction, Second: AddressFunction> {
    private(set) var addresses: UInt64 = 0
    private(set) var differing: UInt64 = 0
    private(set) var first: UInt32?

    /// - Parameter bases: what is added to the places of each side.
    init(_ range: ClosedRange<UInt32>, bases: (UInt32, UInt32)) {
        var differing: UInt64 = 0
        var first: UInt32?
        var address = range.lowerBound
        while true {
            let left = First.place(address).map { $0 &+ bases.0 }
            let right = Second.place(address).map { $0 &+ bases.1 }
            if left != right {
                differing &+= 1
                if first == nil { first = address }
            }
            if address == range.upperBound { break }
            address &+= 1
        }
        self.differing = differing
        self.first = first
        addresses = UInt64(range.upperBound) - UInt64(range.lowerBound) + 1
    }
}
