import PSeries

/// The claims as questions for solvers.
enum Obligations {
    static func soundness(_ type: MachineType) -> [Obligation] {
        let map = MapDefinitions(map: type.map, prefix: "")
        let functions = type.map.isFunction ? addresses(map) + bridges(map, type) + servers(map, type) : []
        let messages = messages(map)
        // These show one request each, whether or not the function has vectors already.
        let once = messages.filter {
            ["messages-independent", "messages-aligned", "messages-survive"].contains($0.claim)
        }
        return functions + constructed(map) + messages + once.map { $0.renamed($0.claim + "-once") } + processors(type)
    }

    // MARK: - VIO devices

    private static func addresses(_ map: MapDefinitions) -> [Obligation] {
        let range = map.virtualRange
        let domain = SMT.function(
            "libvirt", ["r"], "Bool",
            SMT.any([
                SMT.all(SMT.equal("(bvand r \(SMT.bits(0xfff)))", SMT.bits(0)), SMT.within("r", 0x1000, 0xef000)),
                SMT.all(
                    SMT.equal("(bvand r \(SMT.bits(0xfff)))", SMT.bits(0)), SMT.within("r", 0x3000_0000, 0x3000_f000)),
                SMT.equal("r", SMT.bits(0x7100_0000)),
            ]))
        let twins = SMT.all(SMT.differ("a", "b"), SMT.equal("(vio a)", "(vio b)"))
        return [
            Obligation(
                "vio-in-range", claim: "vio-in-range",
                violation: "a unit address whose number is outside the VIO range",
                body: map.virtualDevices + SMT.word("a")
                    + [
                        SMT.assert(
                            SMT.all("(vio-allowed a)", "(not \(SMT.within("(vio a)", range.first, range.last)))"))
                    ]),
            Obligation(
                "vio-injective", claim: "vio-injective", violation: "two unit addresses with one number",
                body: map.virtualDevices + SMT.word("a", "b")
                    + [SMT.assert(SMT.all("(vio-allowed a)", "(vio-allowed b)", twins))]),
            Obligation(
                "vio-injective-libvirt", claim: "vio-injective-libvirt",
                violation: "two addresses of libvirt with one number, or one without a number",
                body: map.virtualDevices + [domain] + SMT.word("a", "b")
                    + [
                        SMT.assert(
                            SMT.any([
                                SMT.all("(libvirt a)", "(libvirt b)", twins),
                                SMT.all("(libvirt a)", "(not (vio-allowed a))"),
                            ]))
                    ]),
        ]
    }

    // MARK: - Bridges, ranges

    private static func bridges(_ map: MapDefinitions, _ type: MachineType) -> [Obligation] {
        let last = min(type.maximumBridgeIndex, type.map.maximumBridgeIndex ?? 255)
        func isPin(_ i: String, _ p: String) -> String {
            SMT.all(SMT.atMost(i, SMT.bits(last)), SMT.below(p, SMT.bits(4)))
        }
        let twins = SMT.all(
            isPin("i", "p"), isPin("j", "q"), SMT.any([SMT.differ("i", "j"), SMT.differ("p", "q")]),
            SMT.equal("(pin i p)", "(pin j q)"))
        let lost = SMT.all(isPin("i", "p"), "(not (pin-allowed i p))")
        return [
            Obligation(
                "pins-injective", claim: "pins-injective", violation: "two pins with one number, or a pin without one",
                body: map.pins + SMT.word("i", "p", "j", "q") + [SMT.assert(SMT.any([twins, lost]))]),
            ranges(map, last),
        ]
    }

    private static func ranges(_ map: MapDefinitions, _ last: UInt32) -> Obligation {
        let classes = ["ipi", "event", "vio", "pin", "message"]
        // Bridge i for the first class and j for the second: windows of two bridges are compared too.
        var pairs = classes.indices.flatMap { left in
            classes.indices.filter { $0 > left }.map { right in
                SMT.all("(in-\(classes[left]) n s i)", "(in-\(classes[right]) n s j)")
            }
        }
        if case .sparse = map.map {
            pairs += ["pin", "message"].map { SMT.all(SMT.differ("i", "j"), "(in-\($0) n s i)", "(in-\($0) n s j)") }
        }
        return Obligation(
            "ranges-disjoint", claim: "ranges-disjoint", violation: "a number in two ranges",
            body: map.ranges + SMT.word("n", "s", "i", "j")
                + [
                    SMT.assert(
                        SMT.all(
                            SMT.within("s", 1, 0x1000), SMT.atMost("i", SMT.bits(last)),
                            SMT.atMost("j", SMT.bits(last)),
                            SMT.any(pairs)))
                ])
    }

    // MARK: - Servers

    private static func servers(_ map: MapDefinitions, _ type: MachineType) -> [Obligation] {
        let server = SMT.function(
            "server", ["c", "t", "v"], "",
            SMT.add("(bvshl (bvlshr c t) v)", "(bvand c (bvsub (bvshl \(SMT.bits(1)) t) \(SMT.bits(1))))"))
        let rounding = "(bvsub (bvshl \(SMT.bits(1)) t) \(SMT.bits(1)))"
        let count = SMT.function("servers", ["m", "t", "v"], "", "(bvlshr \(SMT.add("(bvshl m v)", rounding)) t)")
        let domain = SMT.all(
            SMT.within("m", 1, 4096), SMT.atMost("t", "v"), SMT.atMost("v", SMT.bits(3)), SMT.below("c", "m"),
            SMT.below("d", "m"))
        let broken = SMT.any([
            "(not \(SMT.below("(server c t v)", "(servers m t v)")))", SMT.below("(servers m t v)", "m"),
            SMT.all(SMT.differ("c", "d"), SMT.equal("(server c t v)", "(server d t v)")),
        ])
        let vsmt = SMT.bits(type.serverSpacing.vsmt(threads: 1))
        let noRoom: String
        if case .sparse(let layout) = map.map {
            let end = SMT.add(SMT.bits(layout.genericBase &+ layout.genericExtra), SMT.times("m", vsmt))
            noRoom = "(not \(SMT.atMost(end, SMT.bits(min(layout.virtualDeviceBase, layout.bridgeBase)))))"
        } else {
            noRoom = "(not \(SMT.atMost(SMT.times("m", vsmt), SMT.bits(0x1000))))"
        }
        return [
            Obligation(
                "ipis-enough", claim: "ipis-enough",
                violation: "m vCPUs with 2^t threads and vsmt 2^v, of which c has no IPI or shares its server with d",
                body: [server, count] + SMT.word("m", "t", "v", "c", "d") + [SMT.assert(SMT.all(domain, broken))]),
            Obligation(
                "ipis-have-room", claim: "ipis-have-room", violation: "m vCPUs whose IPIs overrun their room",
                body: SMT.word("m") + [SMT.assert(SMT.all(SMT.within("m", 1, 4096), noRoom))]),
        ]
    }

    // MARK: - Construction

    private static func constructed(_ map: MapDefinitions) -> [Obligation] {
        let violation = "a device whose number depends on another that was created before it"
        let body: [String]
        if map.map.isFunction {
            // Creating and removing bridge i beside bridge j: what i claims and frees is never j's.
            body =
                map.pins + SMT.word("i", "p", "j", "q")
                + [
                    SMT.assert(
                        SMT.all(
                            "(pin-allowed i p)", "(pin-allowed j q)", SMT.differ("i", "j"),
                            SMT.equal("(pin i p)", "(pin j q)")))
                ]
        } else {
            // One number each, first x then y, or first y then x.
            let after = "(bvor b (block (fit b x #x00000000) x))"
            body =
                map.messages + SMT.word("b", "x", "y")
                + [
                    SMT.assert(
                        SMT.all(
                            SMT.equal("b", SMT.bits(0)), SMT.equal("x", SMT.bits(1)), SMT.equal("y", SMT.bits(1)),
                            SMT.differ("(fit b y #x00000000)", "(fit \(after) y #x00000000)")))
                ]
        }
        return [
            Obligation("constructed-independent", claim: "constructed-independent", violation: violation, body: body)
        ]
    }

    // MARK: - Messages

    /// Counts and kinds of the stated functions: 1, 2, 3 for MSI-X; 1, 2, 4 for MSI.
    private static func request(_ count: String, _ kind: String) -> String {
        let counts = { (allowed: [UInt32]) in SMT.any(allowed.map { SMT.equal(count, SMT.bits($0)) }) }
        return SMT.any([
            SMT.all(SMT.equal(kind, SMT.bits(0)), counts([1, 2, 3])),
            SMT.all(SMT.equal(kind, SMT.bits(1)), counts([1, 2, 4])),
        ])
    }

    private static func messages(_ map: MapDefinitions) -> [Obligation] {
        let none = SMT.bits(MapDefinitions.places)
        let low = SMT.below("b", SMT.bits(1 << MapDefinitions.places))
        func obligation(_ claim: String, _ violation: String, _ words: [String], _ condition: String) -> Obligation {
            Obligation(claim, claim: claim, violation: violation, body: map.messages + words + [SMT.assert(condition)])
        }
        let taken = "(bvor b (block (fit b x j) x))"
        return [
            obligation(
                "messages-independent",
                "x vectors of one function and y of another, of which the first is then released",
                SMT.word("b", "x", "j", "y", "k"),
                SMT.all(
                    SMT.equal("b", SMT.bits(0)), request("x", "j"), request("y", "k"),
                    SMT.differ("(fit b y k)", "(fit \(taken) y k)"))),
            obligation(
                "messages-sticky", "a function with x vectors that asks for x again and moves",
                SMT.word("b", "x", "j"),
                SMT.all(
                    SMT.equal("b", SMT.bits(0)), request("x", "j"), SMT.differ("(fit \(taken) x j)", none),
                    SMT.differ("(fit b x j)", "(fit \(taken) x j)"))),
            obligation(
                "messages-aligned", "a bitmap in which an MSI block of x starts at no multiple of x",
                SMT.word("b", "x"),
                SMT.all(
                    low, request("x", SMT.bits(1)), SMT.differ("(fit b x \(SMT.bits(1)))", none),
                    SMT.differ("(bvand (fit b x \(SMT.bits(1))) (bvsub x \(SMT.bits(1))))", SMT.bits(0)))),
            obligation(
                "messages-disjoint", "a bitmap in which a new block meets a taken number", SMT.word("b", "x", "j"),
                SMT.all(
                    low, request("x", "j"), SMT.differ("(fit b x j)", none),
                    SMT.differ("(bvand b (block (fit b x j) x))", SMT.bits(0)))),
            obligation(
                "messages-survive",
                "a request that ends the machine: a full bitmap that is not noticed, or an odd count",
                SMT.word("b", "x", "j"), SMT.all(low, survivalRequest, death(map.behaviour))),
            obligation(
                "messages-carried", "two machines with the same bitmap that answer a request differently",
                SMT.word("b", "d", "x", "j"),
                SMT.all(low, SMT.equal("b", "d"), request("x", "j"), SMT.differ("(fit b x j)", "(fit d x j)"))),
        ]
    }

    /// As `request`, and MSI of 3, which a device with room for 4 can be asked for.
    private static var survivalRequest: String {
        SMT.all(SMT.within("x", 1, 4), SMT.atMost("j", SMT.bits(1)))
    }

    private static func death(_ behaviour: MessageRules.Behaviour) -> String {
        switch behaviour {
        case .shipped: SMT.equal("(fit b x j)", SMT.bits(MapDefinitions.places))
        case .sequential:
            SMT.all(SMT.equal("j", SMT.bits(1)), SMT.differ("(bvand x (bvsub x \(SMT.bits(1))))", SMT.bits(0)))
        case .intended: "false"
        }
    }

    // MARK: - vCPUs

    private static func processors(_ type: MachineType) -> [Obligation] {
        let smaller = "(ite (bvult a b) a b)"
        let domain = SMT.all(SMT.within("a", 1, 5), SMT.within("b", 1, 5), SMT.differ("a", "b"))
        let contexts = Obligation(
            "vcpu-contexts-xive", claim: "vcpu-contexts-xive",
            violation: "vCPU a plugged before b, whose context goes to another vCPU",
            body: SMT.word("a", "b") + [SMT.assert(SMT.all(domain, SMT.differ("a", smaller)))])
        // The destination looks for the vCPU of the section's index: x is what it finds.
        let presenters = Obligation(
            "vcpu-presenters-xics", claim: "vcpu-presenters-xics",
            violation: "vCPU a plugged before b, whose presenter goes to another vCPU",
            body: SMT.word("a", "b", "x") + [SMT.assert(SMT.all(domain, SMT.equal("x", "a"), SMT.differ("x", "a")))])
        return (type.offeredModes.contains { $0.hasXive } ? [contexts] : []) + [presenters]
    }
}
