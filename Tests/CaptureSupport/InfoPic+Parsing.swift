/// A line of `info pic` that is none of the known ones: a line skipped would be a fact not checked.
package struct InfoPicError: Error, Hashable, CustomStringConvertible {
    /// From 1; 0 for the print as a whole.
    package var line: Int
    package var description: String
}

extension InfoPic {
    /// Parses a print of `info pic`, all of it.
    package init(parsing text: String) throws(InfoPicError) {
        self.init()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard read(line) else {
                throw InfoPicError(line: index + 1, description: "line \(index + 1) is not understood: \(line)")
            }
        }
        if let fault { throw InfoPicError(line: 0, description: fault) }
    }

    private mutating func read(_ line: Substring) -> Bool {
        if line.isEmpty || line.hasPrefix("irqchip: ") || line == Self.sourceHeading { return true }
        if line.hasPrefix("Interrupt controller information not available for ") { return true }
        if line.hasPrefix("CPU[") { return readRing(line) }
        if line.hasPrefix("CPU ") { return readPresenter(line) }
        if line.hasPrefix("ICS ") { return readRange(line) }
        return line.prefix { $0 == " " }.count == 2 && (readXiveSource(line) || readXicsSource(line))
    }

    private static let sourceHeading = "  LISN         PQ    EISN     CPU/PRIO EQ"
    private static let ringHeading = "  QW   NSR CPPR IPB LSMFB ACK# INC AGE PIPR  W2"

    /// What is missing in a print that had no unknown line.
    private var fault: String? {
        let isXics = xicsRange != nil
        if isXics != (contexts.isEmpty && xiveSources.isEmpty) { return "XIVE and XICS in one print, or neither" }
        if isXics != !presenters.isEmpty || isXics != !xicsSources.isEmpty {
            return "one controller without the other half"
        }
        if !isXics, contexts.isEmpty || xiveSources.isEmpty { return "thread contexts or numbers are missing" }
        if let cut = contexts.first(where: { $0.rings.count != RingName.allCases.count }) {
            return "vCPU \(cut.cpuIndex) has \(cut.rings.count) rings"
        }
        for numbers in [xiveSources.map(\.number), xicsSources.map(\.number)] where numbers != Set(numbers).sorted() {
            return "numbers are not ascending"
        }
        return nil
    }

    // MARK: - XIVE

    private mutating func readRing(_ line: Substring) -> Bool {
        var scanner = LineScanner(line)
        guard scanner.skip("CPU["), let cpu = scanner.hex(4), scanner.skip("]: ") else { return false }
        if scanner.rest == Self.ringHeading { return true }
        scanner.skipBlanks()
        guard let ring = RingName(rawValue: String(scanner.word())) else { return false }
        var bytes: [UInt8] = []
        for _ in 0..<8 {
            scanner.skipBlanks()
            guard let byte = scanner.hex(2) else { return false }
            bytes.append(UInt8(byte))
        }
        guard scanner.skip("  "), let word = scanner.hex(8), scanner.isAtEnd else { return false }
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
        if contexts.last?.cpuIndex != cpu { contexts.append(Context(cpuIndex: cpu, rings: [:])) }
        return contexts[contexts.count - 1].rings.updateValue(bytes, forKey: ring) == nil
    }

    private mutating func readXiveSource(_ line: Substring) -> Bool {
        var scanner = LineScanner(line)
        guard scanner.skip("  "), let number = scanner.hex(8), scanner.skip(" "),
            let kind = Kind(rawValue: String(scanner.word())), scanner.skip(" "),
            let p = scanner.flag("P", "-"), let q = scanner.flag("Q", "-"), let asserted = scanner.flag("A", " "),
            scanner.skip(" "), let masked = scanner.flag("M", " "), scanner.skip(" "), let eisn = scanner.hex(8)
        else { return false }
        var source = XiveSource(
            number: number, kind: kind, p: p, q: q, isAsserted: asserted, isMasked: masked, eisn: eisn, queue: nil)
        scanner.skipBlanks()
        if !scanner.isAtEnd {
            guard let queue = Self.queue(&scanner) else { return false }
            source.queue = queue
        }
        xiveSources.append(source)
        return true
    }

    private static func queue(_ scanner: inout LineScanner) -> Queue? {
        guard let server = scanner.decimal(), scanner.skip("/"), let priority = scanner.decimal(), priority < 8 else {
            return nil
        }
        scanner.skipBlanks()
        guard let next = scanner.decimal(), scanner.skip("/") else { return nil }
        scanner.skipBlanks()
        guard let count = scanner.decimal(), scanner.skip(" @"), let address = scanner.hex(), scanner.skip(" ^"),
            let generation = scanner.decimal(), generation < 2, scanner.skip(" [ ")
        else { return nil }
        var words: [UInt32] = []
        while !scanner.skip("]") {
            _ = scanner.skip("^")
            guard let word = scanner.hex(8), scanner.skip(" ") else { return nil }
            words.append(word)
        }
        guard scanner.isAtEnd else { return nil }
        return Queue(
            server: server, priority: UInt8(priority), nextIndex: next, entryCount: count, address: address.number,
            generation: UInt8(generation), words: words)
    }

    // MARK: - XICS

    private mutating func readPresenter(_ line: Substring) -> Bool {
        var scanner = LineScanner(line)
        guard scanner.skip("CPU "), let cpu = scanner.decimal(), scanner.skip(" XIRR="), let xirr = scanner.hex(8),
            scanner.skip(" ("), scanner.word().hasSuffix(")"), scanner.skip(" PP="), let pending = scanner.hex(2),
            scanner.skip(" MFRR="), let mfrr = scanner.hex(2), scanner.isAtEnd
        else { return false }
        presenters.append(
            Presenter(cpuIndex: cpu, xirr: xirr, pendingPriority: UInt8(pending), mfrr: UInt8(mfrr)))
        return true
    }

    private mutating func readRange(_ line: Substring) -> Bool {
        var scanner = LineScanner(line)
        guard xicsRange == nil, scanner.skip("ICS "), let first = scanner.hex(4), scanner.skip(".."),
            let last = scanner.hex(4), first <= last
        else { return false }
        xicsRange = first...last
        return true
    }

    private mutating func readXicsSource(_ line: Substring) -> Bool {
        var scanner = LineScanner(line)
        guard scanner.skip("  "), let number = scanner.hex(4), scanner.skip(" "),
            let kind = Kind(rawValue: String(scanner.word())), scanner.skip(" "), let priority = scanner.hex(2),
            scanner.skip(" "), let status = scanner.hex(2), scanner.isAtEnd
        else { return false }
        xicsSources.append(
            XicsSource(number: number, kind: kind, priority: UInt8(priority), status: UInt8(status)))
        return true
    }
}
