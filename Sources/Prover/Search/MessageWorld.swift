import InterruptState
import PSeries

/// Histories of messages: functions ask for vectors, ask again, let go; bridges and machine are reset.
struct MessageWorld: World {
    enum Step: Hashable {
        case request(function: Int, count: UInt32)
        case disable(function: Int)
        case resetBridge(UInt32)
    }

    /// What must hold in every history.
    enum Property: Hashable {
        /// The same functions, enabled cold in the same order, have the same numbers.
        case independent
        /// A function that asks again for as many vectors keeps its numbers.
        case sticky
        /// An MSI block starts at a multiple of its count: the device puts the vector into the low bits.
        case aligned
        /// No request ends the machine.
        case survives
        /// No number belongs to two functions.
        case disjoint
        /// A destination that loads the stream answers every later request as the source does.
        case carried(Carried)
    }

    /// What of the allocator the stream carries.
    enum Carried: Hashable {
        /// Bitmap or flags, and blocks: as shipped.
        case everything
        /// Blocks alone, the bitmap forgotten: the canary.
        case blocksOnly
    }

    let functions: [MessageFunction]
    let rules: MessageRules
    let property: Property
    /// Whether a function may ask again while it has vectors.
    var asksAgain = true

    var initial: MessageState { MessageState() }

    var steps: [Step] {
        var steps: [Step] = []
        for (index, function) in functions.enumerated() {
            steps += function.counts.filter { (1...MessageState.countLimit).contains($0) }.sorted().map {
                .request(function: index, count: $0)
            }
        }
        steps += functions.indices.map { .disable(function: $0) }
        return steps + Set(functions.map(\.bridge)).sorted().map { .resetBridge($0) }
    }

    func apply(_ step: Step, to state: MessageState) -> Outcome<MessageState> {
        var next = state
        switch step {
        case .disable(let function):
            guard state.block(function).count > 0 else { return .impossible }
            next.setBlock(function, first: 0, count: 0)
        case .resetBridge(let bridge):
            for (index, function) in functions.enumerated() where function.bridge == bridge {
                next.setBlock(index, first: 0, count: 0)
            }
        case .request(let function, let count):
            return request(function, count, state)
        }
        return next == state ? .impossible : .next(next)
    }

    private func request(_ function: Int, _ count: UInt32, _ state: MessageState) -> Outcome<MessageState> {
        if !asksAgain, state.block(function).count > 0 { return .impossible }
        guard let place = place(function, count, in: state) else {
            // Full as intended: the call fails and nothing changes.
            let isFatal = rules.abortsWhenFull || rules.alignment(count: count, kind: functions[function].kind) == nil
            return isFatal && property == .survives ? .fault("the machine ends on a failed assertion") : .impossible
        }
        let old = state.block(function)
        if property == .sticky, old.count == count, old.first != place {
            return .fault(
                "\(functions[function].name) moves from \(number(function, old.first)) to \(number(function, place))")
        }
        if case .carried(.blocksOnly) = property, state.withoutOrder != MessageState(),
            let other = self.place(function, count, in: MessageState()), other != place
        {
            return .fault("the source gives \(number(function, place)), the destination \(number(function, other))")
        }
        var next = state
        next.setBlock(function, first: place, count: count)
        return next == state ? .impossible : .next(next)
    }

    func fault(in state: MessageState) -> String? {
        switch property {
        case .independent: independenceFault(state)
        case .aligned: alignmentFault(state)
        case .disjoint: overlapFault(state)
        case .carried(.everything): carriedFault(state)
        case .sticky, .survives, .carried(.blocksOnly): nil
        }
    }

    /// Functions, then vectors.
    func cost(of history: [Step]) -> [Int] {
        var used: Set<Int> = []
        var vectors = 0
        for step in history {
            switch step {
            case .request(let function, let count):
                used.insert(function)
                vectors += Int(count)
            case .disable(let function): used.insert(function)
            case .resetBridge: break
            }
        }
        return [used.count, vectors]
    }
}

// MARK: - Allocation

extension MessageWorld {
    /// The lowest allowed place with `count` free ones, as the shipped searches find it; nil where none fits.
    func place(_ function: Int, _ count: UInt32, in state: MessageState) -> UInt32? {
        guard count > 0, let step = rules.alignment(count: count, kind: functions[function].kind) else { return nil }
        var place = roundUp(rules.reserved, step)
        while place &+ count <= rules.size {
            guard let end = obstacle(function, place, count, state) else { return place }
            place = roundUp(end, step)
        }
        return nil
    }

    private func roundUp(_ place: UInt32, _ step: UInt32) -> UInt32 {
        let remainder = place % step
        return remainder == 0 ? place : place &+ (step &- remainder)
    }

    /// The end of a block that lies in the way.
    private func obstacle(_ function: Int, _ place: UInt32, _ count: UInt32, _ state: MessageState) -> UInt32? {
        for other in functions.indices {
            if rules.bridgeStride > 0, functions[other].bridge != functions[function].bridge { continue }
            let block = state.block(other)
            if block.count > 0, block.first < place &+ count, place < block.first &+ block.count {
                return block.first &+ block.count
            }
        }
        return nil
    }

    func number(_ function: Int, _ place: UInt32) -> LogicalNumber {
        LogicalNumber(rules.base &+ functions[function].bridge &* rules.bridgeStride &+ place)
    }
}

// MARK: - Faults

extension MessageWorld {
    /// The machine on which the live functions, and no others, ask in the order of the source.
    private func cold(_ state: MessageState) -> MessageState? {
        var cold = MessageState()
        for position in 0..<MessageState.functionLimit {
            guard let function = state.ordered(position) else { break }
            let count = state.block(function).count
            guard let place = place(function, count, in: cold) else { return nil }
            cold.setBlock(function, first: place, count: count)
        }
        return cold
    }

    private func independenceFault(_ state: MessageState) -> String? {
        guard let cold = cold(state) else { return "the destination cannot give the vectors at all" }
        guard cold != state else { return nil }
        for function in functions.indices where cold.block(function).first != state.block(function).first {
            return "\(functions[function].name) has \(number(function, state.block(function).first)) on the source and "
                + "\(number(function, cold.block(function).first)) on a destination that only enables it"
        }
        return nil
    }

    private func alignmentFault(_ state: MessageState) -> String? {
        for function in functions.indices where functions[function].kind == .msi {
            let block = state.block(function)
            let first = number(function, block.first)
            if block.count > 1, block.count.nonzeroBitCount == 1, first.rawValue % block.count != 0 {
                return
                    "\(functions[function].name) has \(block.count) MSI vectors from \(first), no multiple of \(block.count)"
            }
        }
        return nil
    }

    private func overlapFault(_ state: MessageState) -> String? {
        for left in functions.indices {
            for right in functions.indices where right > left {
                let (a, b) = (state.block(left), state.block(right))
                let first = (number(left, a.first).rawValue, number(right, b.first).rawValue)
                if a.count > 0, b.count > 0, first.0 < first.1 &+ b.count, first.1 < first.0 &+ a.count {
                    return "\(functions[left].name) and \(functions[right].name) share a number"
                }
            }
        }
        return nil
    }

    /// Saves and loads through the real form of the stream: bitmap words and blocks.
    private func carriedFault(_ state: MessageState) -> String? {
        guard let saved = SavedMessages(state, self), saved.loaded(self) == state.withoutOrder else {
            return "the state after the load is another"
        }
        return nil
    }
}

/// What a stream carries of messages: taken places as 64-bit words, and blocks by function.
struct SavedMessages {
    private var words: [UInt32: [UInt64]] = [:]
    private var blocks: [(first: LogicalNumber, count: UInt32)] = []

    /// Nil where two functions share a number: a bitmap cannot say so.
    init?(_ state: MessageState, _ world: MessageWorld) {
        for function in world.functions.indices {
            let block = state.block(function)
            blocks.append((world.number(function, block.first), block.count))
            let table = world.rules.bridgeStride > 0 ? world.functions[function].bridge : 0
            var bits = words[table] ?? [UInt64](repeating: 0, count: Int(MessageState.placeLimit >> 6))
            for place in block.first..<(block.first + block.count) {
                let mask: UInt64 = 1 << UInt64(place & 63)
                guard bits[Int(place >> 6)] & mask == 0 else { return nil }
                bits[Int(place >> 6)] |= mask
            }
            words[table] = bits
        }
    }

    /// The state that a destination has after the load, without the order; nil where bitmap and blocks disagree.
    func loaded(_ world: MessageWorld) -> MessageState? {
        var state = MessageState()
        var rest = words
        for (function, block) in blocks.enumerated() where block.count > 0 {
            let base = world.number(function, 0).rawValue
            let table = world.rules.bridgeStride > 0 ? world.functions[function].bridge : 0
            let first = block.first.rawValue - base
            for place in first..<(first + block.count) {
                guard let word = rest[table]?[Int(place >> 6)], word >> UInt64(place & 63) & 1 == 1 else { return nil }
                rest[table]?[Int(place >> 6)] &= ~(1 << UInt64(place & 63))
            }
            state.setBlock(function, first: first, count: block.count)
        }
        return rest.values.allSatisfy { $0.allSatisfy { $0 == 0 } } ? state.withoutOrder : nil
    }
}
