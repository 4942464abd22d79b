/// Names of the JSON documents with their versions, as they stand in the member `schema`.
enum SchemaName {
    static let inspect = "irqproof/inspect/1"
    static let ledger = "irqproof/ledger/1"
    static let verify = "irqproof/verify/1"
    static let fleet = "irqproof/fleet/1"
    static let list = "irqproof/list/1"
    static let fsck = "irqproof/fsck/1"
    static let rules = "irqproof/rules/1"
    static let map = "irqproof/map/1"
    static let compare = "irqproof/compare/1"
    static let classes = "irqproof/classes/1"
    static let prove = "irqproof/prove/1"
    static let check = "irqproof/check/1"
    static let gate = "irqproof/gate/1"
    static let config = "irqproof/config/1"
    static let doctor = "irqproof/doctor/1"
}
