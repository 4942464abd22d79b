/// Puts together big-endian 64-bit Power code: only the instructions that the payload needs.
///
/// Encodings are those of the Power ISA 3.0; registers are given by number.
struct PowerAssembler {
    /// A place in the code, used before or after it is known.
    struct Label: Hashable {
        fileprivate var index: Int
    }

    private enum Reach {
        /// 16 bits: conditional branches.
        case conditional
        /// 26 bits.
        case unconditional
    }

    private(set) var words: [UInt32] = []
    private var places: [Int?] = []
    private var references: [(word: Int, label: Label, reach: Reach)] = []

    /// Address of the next instruction; code starts at 0.
    var address: Int { words.count * 4 }

    /// The code with all branches filled in, from address 0.
    func bytes() throws(QEMUError) -> [UInt8] {
        var words = words
        for reference in references {
            guard let place = places[reference.label.index] else {
                throw QEMUError(.payload, "a branch of the payload goes nowhere")
            }
            let offset = UInt32(truncatingIfNeeded: (place - reference.word) * 4)
            words[reference.word] |= offset & (reference.reach == .conditional ? 0xfffc : 0x03ff_fffc)
        }
        return words.flatMap(\.bigEndianBytes)
    }

    /// A place that is not known yet.
    mutating func label() -> Label {
        places.append(nil)
        return Label(index: places.count - 1)
    }

    /// The label's place is here.
    mutating func place(_ label: Label) {
        places[label.index] = words.count
    }

    /// Fills up to an address; what is there already stays.
    mutating func advance(to address: Int) {
        while self.address < address { emit(0) }
    }

    // MARK: - Values

    mutating func loadImmediate(_ target: UInt32, _ value: Int16) {
        emit(0x3800_0000 | target << 21 | UInt32(UInt16(bitPattern: value)))
    }

    /// Two instructions: a value of up to 31 bits.
    mutating func loadAddress(_ target: UInt32, _ value: UInt32) {
        emit(0x3c00_0000 | target << 21 | value >> 16 & 0x7fff)
        emit(0x6000_0000 | target << 21 | target << 16 | value & 0xffff)
    }

    mutating func add(_ target: UInt32, _ source: UInt32, _ value: Int16) {
        emit(0x3800_0000 | target << 21 | source << 16 | UInt32(UInt16(bitPattern: value)))
    }

    mutating func move(_ target: UInt32, _ source: UInt32) {
        or(target, source, source)
    }

    mutating func or(_ target: UInt32, _ first: UInt32, _ second: UInt32) {
        emit(0x7c00_0378 | first << 21 | target << 16 | second << 11)
    }

    mutating func shiftLeft(_ target: UInt32, _ source: UInt32, by count: UInt32) {
        let mask = 63 - count
        emit(
            0x7800_0004 | source << 21 | target << 16 | (count & 31) << 11 | (mask & 31) << 6 | (mask >> 5) << 5
                | (count >> 5) << 1)
    }

    // MARK: - Memory

    /// Bytes of a load or store.
    enum Width {
        case byte, half, word, double
    }

    mutating func load(_ width: Width, _ target: UInt32, _ offset: Int16, _ base: UInt32) {
        let codes: [Width: UInt32] = [
            .byte: 0x8800_0000, .half: 0xa000_0000, .word: 0x8000_0000, .double: 0xe800_0000,
        ]
        emit((codes[width] ?? 0) | target << 21 | base << 16 | UInt32(UInt16(bitPattern: offset)))
    }

    mutating func store(_ width: Width, _ source: UInt32, _ offset: Int16, _ base: UInt32) {
        let codes: [Width: UInt32] = [
            .byte: 0x9800_0000, .half: 0xb000_0000, .word: 0x9000_0000, .double: 0xf800_0000,
        ]
        emit((codes[width] ?? 0) | source << 21 | base << 16 | UInt32(UInt16(bitPattern: offset)))
    }

    // MARK: - Control

    mutating func compare(_ register: UInt32, _ value: Int16) {
        emit(0x2c20_0000 | register << 16 | UInt32(UInt16(bitPattern: value)))
    }

    mutating func compare(_ first: UInt32, with second: UInt32) {
        emit(0x7c20_0000 | first << 16 | second << 11)
    }

    mutating func branch(_ label: Label) {
        refer(to: label, .unconditional)
        emit(0x4800_0000)
    }

    mutating func branchIfEqual(_ label: Label) {
        refer(to: label, .conditional)
        emit(0x4182_0000)
    }

    mutating func branchIfNotEqual(_ label: Label) {
        refer(to: label, .conditional)
        emit(0x4082_0000)
    }

    /// `sc 1`.
    mutating func hypercall() { emit(0x4400_0022) }
    mutating func synchronize() { emit(0x7c00_04ac) }
    mutating func synchronizeInstructions() { emit(0x4c00_012c) }
    /// `or 27,27,27`: a hint, at which the emulator leaves the vCPU's code for a moment.
    mutating func yield() { emit(0x7f7b_db78) }

    // MARK: - Machine state

    /// Special registers by number.
    enum Special: UInt32 {
        /// The vCPU's clock, counting down.
        case decrementer = 22
        /// Where `rfid` goes to.
        case resumeAddress = 26
        /// The machine state that it sets.
        case resumeState = 27
    }

    mutating func moveToSpecial(_ special: Special, _ source: UInt32) {
        emit(0x7c00_03a6 | source << 21 | (special.rawValue & 31) << 16 | (special.rawValue >> 5) << 11)
    }

    /// `mtmsrd` with L = 1: sets EE and RI alone.
    mutating func moveToMachineState(_ source: UInt32) { emit(0x7c01_0164 | source << 21) }

    mutating func returnFromInterrupt() { emit(0x4c00_0024) }

    private mutating func emit(_ word: UInt32) { words.append(word) }

    private mutating func refer(to label: Label, _ reach: Reach) {
        references.append((words.count, label, reach))
    }
}
