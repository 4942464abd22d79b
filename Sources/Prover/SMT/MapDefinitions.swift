import PSeries

/// A number map as definitions for a solver, written from the formulas and not from the code of the map.
struct MapDefinitions {
    let map: NumberMap
    /// Put before every name, so that two maps fit into one file.
    let prefix: String

    /// `vio`: number of a unit address; `vio-allowed`: whether it has one.
    var virtualDevices: [String] {
        switch map {
        case .sequential:
            // The only added device of a machine with a terminal and a NVRAM.
            return [
                SMT.function("\(prefix)vio", ["r"], "", SMT.bits(0x1008)),
                SMT.function("\(prefix)vio-allowed", ["r"], "Bool", "true"),
            ]
        case .fixed:
            let page = "(bvlshr r \(SMT.bits(12)))"
            let index =
                "(ite (bvuge r \(SMT.bits(0x7100_0000))) (bvand r \(SMT.bits(0xff))) "
                + "(ite (bvuge r \(SMT.bits(0x3000_0000))) (bvor \(SMT.bits(0xf0)) (bvand \(page) \(SMT.bits(0xf)))) "
                + "(bvand \(page) \(SMT.bits(0xff)))))"
            return [
                SMT.function("\(prefix)vio", ["r"], "", "(bvor \(SMT.bits(0x1100)) \(index))"),
                SMT.function("\(prefix)vio-allowed", ["r"], "Bool", "true"),
            ]
        case .sparse(let layout):
            return sparseVirtualDevices(layout)
        }
    }

    private func sparseVirtualDevices(_ layout: SparseNumberMap) -> [String] {
        let own = SMT.bits(0x7100_0000)
        let terminals = SMT.bits(0x3000_0000)
        func page(_ value: String) -> String { "(bvlshr \(value) \(SMT.bits(12)))" }
        let index =
            "(ite (bvuge r \(own)) (bvsub r \(own)) (ite (bvuge r \(terminals)) "
            + "\(SMT.add(SMT.bits(0x4000), page("(bvsub r \(terminals))"))) \(SMT.add(SMT.bits(0x8000), page("r")))))"
        let aligned = SMT.equal("(bvand r \(SMT.bits(0xfff)))", SMT.bits(0))
        let allowed =
            "(ite (bvuge r \(own)) \(SMT.below("(bvsub r \(own))", SMT.bits(0x4000))) (ite (bvuge r \(terminals)) "
            + "\(SMT.all(aligned, SMT.below("(bvsub r \(terminals))", SMT.bits(0x400_0000)))) "
            + "\(SMT.all(aligned, SMT.below("r", SMT.bits(0x800_0000))))))"
        return [
            SMT.function("\(prefix)vio", ["r"], "", SMT.add(SMT.bits(layout.virtualDeviceBase), index)),
            SMT.function("\(prefix)vio-allowed", ["r"], "Bool", allowed),
        ]
    }

    /// `pin`: number of pin p of bridge i; `pin-allowed`: whether there is such a bridge.
    var pins: [String] {
        let (base, stride, last): (UInt32, UInt32, UInt32) =
            switch map {
            // The first added bridge of a machine with a terminal and a NVRAM, whatever its index.
            case .sequential: (0x1008, 0, 255)
            case .fixed: (0x1200, 4, 30)
            case .sparse(let layout): (layout.bridgeBase, layout.bridgeWindow, layout.maximumBridgeIndex)
            }
        let number = SMT.add(SMT.add(SMT.bits(base), SMT.times(SMT.bits(stride), "i")), "p")
        return [
            SMT.function("\(prefix)pin", ["i", "p"], "", number),
            SMT.function(
                "\(prefix)pin-allowed", ["i", "p"], "Bool",
                SMT.all(SMT.atMost("i", SMT.bits(last)), SMT.below("p", SMT.bits(4)))),
        ]
    }

    /// `epow`: number of the first event source with s servers.
    var events: [String] {
        let number =
            if case .sparse(let layout) = map { SMT.add(SMT.bits(layout.genericBase), "s") } else { SMT.bits(0x1000) }
        return [SMT.function("\(prefix)epow", ["s"], "", number)]
    }

    /// `in-…`: whether n lies in the range of a class, with s servers and bridge i.
    var ranges: [String] {
        switch map {
        case .sequential:
            return []
        case .fixed:
            return [
                range("in-ipi", SMT.below("n", "s")), range("in-event", SMT.within("n", 0x1000, 0x1001)),
                range("in-vio", SMT.within("n", 0x1100, 0x11ff)), range("in-pin", SMT.within("n", 0x1200, 0x127b)),
                range("in-message", SMT.within("n", 0x1300, 0x1fff)),
            ]
        case .sparse(let layout):
            let window = SMT.add(SMT.bits(layout.bridgeBase), SMT.times(SMT.bits(layout.bridgeWindow), "i"))
            let offset = "(bvsub n \(window))"
            let generic = "(bvsub n \(SMT.bits(layout.genericBase)))"
            return [
                range("in-ipi", SMT.below(generic, "s")),
                range("in-event", SMT.below("(bvsub \(generic) s)", SMT.bits(2))),
                range(
                    "in-vio",
                    SMT.below(
                        "(bvsub n \(SMT.bits(layout.virtualDeviceBase)))", SMT.bits(SparseNumberMap.virtualDeviceCount))
                ),
                range("in-pin", SMT.below(offset, SMT.bits(4))),
                range(
                    "in-message",
                    SMT.all(
                        SMT.atMost(SMT.bits(SparseNumberMap.messageOffset), offset),
                        SMT.below(offset, SMT.bits(layout.bridgeWindow)))),
            ]
        }
    }

    private func range(_ name: String, _ condition: String) -> String {
        SMT.function("\(prefix)\(name)", ["n", "s", "i"], "Bool", condition)
    }

    /// First and last number of the VIO range.
    var virtualRange: (first: UInt32, last: UInt32) {
        if case .sparse(let layout) = map {
            return (layout.virtualDeviceBase, layout.virtualDeviceBase &+ SparseNumberMap.virtualDeviceCount &- 1)
        }
        return (0x1100, 0x11ff)
    }

    // MARK: - Messages

    /// Places of the bitmap in obligations: one step sees all its contents, so that a small one shows every case.
    static let places: UInt32 = 16

    /// `fit`: lowest allowed place for c numbers of a kind (k = 1 for MSI) in bitmap b; `places` where none is.
    var messages: [String] {
        let aligned: String
        switch behaviour {
        case .shipped:
            aligned = "(or \(SMT.equal("k", SMT.bits(1))) \(SMT.equal("(bvand p \(SMT.bits(1)))", SMT.bits(0))))"
        case .intended, .sequential:
            let mask = "(bvsub c \(SMT.bits(1)))"
            aligned = "(or \(SMT.differ("k", SMT.bits(1))) \(SMT.equal("(bvand p \(mask))", SMT.bits(0))))"
        }
        let block = "(bvshl (bvsub (bvshl \(SMT.bits(1)) c) \(SMT.bits(1))) p)"
        let fits = SMT.all(
            aligned, SMT.atMost(SMT.add("p", "c"), SMT.bits(Self.places)),
            SMT.equal("(bvand b (\(prefix)block p c))", SMT.bits(0)))
        let chain = (0..<Self.places).reversed().reduce(SMT.bits(Self.places)) { rest, place in
            "(ite (\(prefix)fits b \(SMT.bits(place)) c k) \(SMT.bits(place)) \(rest))"
        }
        return [
            SMT.function("\(prefix)block", ["p", "c"], "", block),
            SMT.function("\(prefix)fits", ["b", "p", "c", "k"], "Bool", fits),
            SMT.function("\(prefix)fit", ["b", "c", "k"], "", chain),
        ]
    }

    var behaviour: MessageRules.Behaviour { MessageRules(map).behaviour }
}
