import InterruptState

/// The registers of a thread context that a guest sees, as text.
enum ContextText {
    struct Field {
        let name: String
        let value: String
    }

    /// Bytes of the OS ring that are compared at the guest-visible level, without the word 2.
    ///
    /// PIPR (0x17) is derived, and differently by build; AGE (0x16) reads as 0; the other rings cannot be reached.
    private static let registers: [(name: String, byte: Int)] = [
        ("NSR", 0x10), ("CPPR", 0x11), ("IPB", 0x12), ("LSMFB", 0x13), ("ACK#", 0x14), ("INC", 0x15),
    ]

    static func fields(_ context: ThreadContext) -> [Field] {
        registers.map { Field(name: $0.name, value: hexadecimal(UInt64(context.bytes[$0.byte]), digits: 2)) }
            + [
                Field(name: "valid", value: context.isValid ? "yes" : "no"),
                Field(
                    name: "CAM line",
                    value: hexadecimal(UInt64(context.word2(.os) & 0x00ff_ffff), digits: 6)
                        + (context.server.map { " (server \($0))" } ?? "")),
            ]
    }

    /// All other bytes, in hexadecimal; those of ``fields(_:)`` are left out.
    static func hidden(_ context: ThreadContext) -> String {
        var bytes = context.bytes
        for register in registers { bytes[register.byte] = 0 }
        bytes[0x18] &= 0x7f
        for index in 0x19...0x1b { bytes[index] = 0 }
        return bytes.map { String(hexadecimal(UInt64($0), digits: 2).dropFirst(2)) }.joined()
    }
}

/// The registers of a presenter, as text.
enum PresenterText {
    static func fields(_ presenter: Presenter) -> [ContextText.Field] {
        [
            ContextText.Field(name: "CPPR", value: hexadecimal(UInt64(presenter.currentPriority), digits: 2)),
            ContextText.Field(name: "XISR", value: hexadecimal(UInt64(presenter.presented), digits: 6)),
            ContextText.Field(
                name: "pending priority", value: hexadecimal(UInt64(presenter.pendingPriority), digits: 2)),
            ContextText.Field(name: "MFRR", value: hexadecimal(UInt64(presenter.mfrr), digits: 2)),
        ]
    }
}
