import InterruptState

extension MachineState {
    /// Why the state cannot be stored, or be what was stored: which rule of its types it breaks; nil where none.
    ///
    /// Tables keyed by number hold each number once, in order. Binary searches over the state rely on it, so a file
    /// that breaks it is refused on reading as well.
    func brokenRule() -> String? {
        if !numbers.isAscending({ $0.number <= $1.number }) { return "the number map is not in the order of numbers" }
        if let xive {
            if !xive.sources.isAscending({ $0.number < $1.number }) { return "the XIVE sources are not ascending" }
            if !xive.queues.isAscending({ $0.index < $1.index }) { return "the event queues are not ascending" }
            if case .captured(let entries) = xive.contents,
                !entries.isAscending({ ($0.queueIndex, $0.position) < ($1.queueIndex, $1.position) })
            {
                return "the queue entries are not ascending"
            }
        }
        if let xics, !xics.sources.isAscending({ $0.number < $1.number }) {
            return "the XICS sources are not ascending"
        }
        for words in [messageBitmap, negotiatedOptions] where (words?.count ?? 0) > MachineState.mostWords {
            return "a bitmap has more than \(MachineState.mostWords) words"
        }
        return nil
    }

    /// Limit on the words of a bitmap: sparse rows must not stand for gigabytes. QEMU's have 52 and 32.
    static let mostWords = 65_536
}

extension Array {
    fileprivate func isAscending(_ isOrdered: (Element, Element) -> Bool) -> Bool {
        guard count > 1 else { return true }
        for index in 1..<count where !isOrdered(self[index - 1], self[index]) { return false }
        return true
    }
}

extension Provenance {
    /// Why the provenance cannot be stored, or nil.
    func brokenRule() -> String? {
        let pattern = "dddd-dd-ddTdd:dd:dd"
        let time = Array(importTime.utf8)
        let fits = zip(pattern.utf8, time).allSatisfy { expected, byte in
            expected == 0x64 ? (0x30...0x39).contains(byte) : expected == byte
        }
        guard fits, time.count > pattern.utf8.count, time.last == 0x5a else {
            return "the import time “\(excerpt(importTime))” is not of the form 2026-01-31T12:00:00Z"
        }
        return nil
    }
}
