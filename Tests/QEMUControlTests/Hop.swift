@testable import QEMUControl

/// One real migration from a build to another, and the three states that take part in it.
struct Hop {
    /// The source's state.
    private(set) var source = StateBytes()
    /// The destination's state as its command line built it, before anything was loaded.
    private(set) var destinationAsBuilt = StateBytes()
    /// The destination's state after it loaded the source's, before it ran.
    private(set) var destinationLoaded = StateBytes()
    /// The destination, which runs the payload from here on.
    let destination: GuestDriver

    /// Moves a machine that runs the payload.
    ///
    /// The source is paused and left as migrations leave it. A destination that refuses the state gives
    /// `migrationFailed` or `ended` with QEMU's own words.
    init(from driver: GuestDriver, to build: String, arguments: [String]) throws(QEMUError) {
        let fresh = try GuestDriver(build: build, arguments: arguments, patience: driver.patience)
        try fresh.save(into: &destinationAsBuilt)
        fresh.machine.end()
        try driver.pause()
        try driver.save(into: &source)
        destination = try driver.destination(build: build, arguments: arguments)
        let state = source
        try destination.machine.explaining { machine throws(QEMUError) in try machine.qmp.loadState(state) }
        try destination.save(into: &destinationLoaded)
    }
}
