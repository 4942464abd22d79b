import InterruptState

/// What a machine asks of an interrupt controller.
///
/// The machine owns the number map and tells the controller numbers; a controller never chooses one.
protocol ControllerModel {
    /// First number and number of numbers.
    var bounds: Range<UInt32> { get }

    /// Whether a number of the space is claimed.
    func isClaimed(_ number: UInt32) -> Bool

    /// Claims a number; false where it is outside the space or already claimed.
    mutating func claim(_ number: UInt32, as kind: SourceKind) -> Bool

    /// Gives a number back, with the residue that the build leaves.
    mutating func release(_ number: UInt32)

    /// A device raises or lowers its line; an edge source takes the rising edge.
    mutating func setInput(_ number: UInt32, to level: Bool, on board: inout Board)

    /// Adds what the controller keeps for a vCPU, in its reset state.
    mutating func addProcessor(server: ServerNumber)

    /// Removes what the controller keeps for the vCPU of a row.
    mutating func removeProcessor(row: Int)

    /// Machine reset: claims stay, everything else goes.
    mutating func reset(_ board: inout Board)
}
