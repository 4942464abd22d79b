/// The machine types a name can mean: upstream's, and those of a user's file.
public struct MachineTypeCatalogue: Hashable, Sendable {
    /// Types of the user's file in its order.
    public private(set) var own: [MachineType]

    /// Upstream types and some more; a later one hides an earlier or upstream one of its name.
    public init(own: [MachineType] = []) {
        self.own = own
    }

    /// Adds a type of the user's.
    public mutating func add(_ type: MachineType) { own.append(type) }

    /// Every type, upstream's first.
    public var all: [MachineType] {
        let hidden = Set(own.map(\.name))
        return MachineType.all.filter { !hidden.contains($0.name) } + own
    }

    /// The type of a name, or nil.
    public func type(named name: String) -> MachineType? {
        own.last { $0.name == name } ?? MachineType.named(name)
    }

    /// Names near an unknown one, for a message.
    public func namesNear(_ name: String) -> [String] {
        MachineType.namesNear(name, among: all.map(\.name))
    }
}
