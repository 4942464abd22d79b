import InterruptState
import PSeries
import QEMUControl
import Replay
import Scenarios

// Devices that come and go, and resets.
extension BuildMachine {
    /// `device_add`.
    public func plug(_ device: DeviceSetup) throws(ConstructionError) {
        let options = try SetupArguments.plugging(device, into: setup)
        try event { () throws(ConstructionError) in
            try ask { machine throws(QEMUError) in try machine.qmp.execute("device_add", options) }
        }
        guard end == nil, failure == nil else { return }
        if case .core(let index) = device { processors.append((index, Self.server(of: index, in: setup))) }
        if case .bridge(let index) = device {
            plugged.insert(Owner.firstBridge + UInt64(index))
            unplugged.remove(Owner.firstBridge + UInt64(index))
        }
    }

    /// `device_del`, after which the guest lets the device go as Linux does: by its connector's indicators.
    public func unplug(_ device: DeviceSetup) throws(ConstructionError) {
        guard let connector = connector(of: device) else {
            throw ConstructionError("Bus 'spapr-vio' does not support hotplugging")
        }
        try event { () throws(ConstructionError) in
            let path = try path(of: device)
            try ask { machine throws(QEMUError) in
                _ = try machine.qmp.takeEvents()
                try machine.qmp.execute("device_del", ["id": .text(path)])
            }
            // Isolated, then given back; a connector that is empty already takes both without a word.
            for indicator: UInt32 in connector.isLogical ? [9001, 9003] : [9001] {
                _ = rtas(Self.setIndicator, [indicator, connector.index, 0], returns: 1, processor: 0)
            }
            awaitLastTrace()
        }
        guard end == nil, failure == nil else { return }
        forget(device)
    }

    /// `set-indicator` (`hw/ppc/spapr_rtas.c`).
    private static let setIndicator: UInt32 = 0x201a

    private func forget(_ device: DeviceSetup) {
        switch device {
        case .core(let index):
            if let place = processors.firstIndex(where: { $0.index == index }) { processors.remove(at: place) }
            if let server = threads.removeValue(forKey: index) { driver.stopped(server: server) }
        case .bridge(let index):
            plugged.remove(Owner.firstBridge + UInt64(index))
            unplugged.insert(Owner.firstBridge + UInt64(index))
            forgetCards(behind: index)
        case .function(let function): forgetCards(behind: function.bridge)
        case .virtual: break
        }
    }

    /// A connector by which a device is attached: type in the upper four bits (`hw/ppc/spapr_drc.c`).
    private func connector(of device: DeviceSetup) -> (index: UInt32, isLogical: Bool)? {
        switch device {
        case .core(let index): (1 << 28 | Self.server(of: index, in: setup), true)
        case .bridge(let index): (2 << 28 | index, true)
        case .function(let function): (4 << 28 | function.bridge << 16 | function.configurationAddress >> 8, false)
        case .virtual: nil
        }
    }

    /// Waits until nothing is left of a device.
    ///
    /// The machine is paused for that: a vCPU that runs on and on keeps builds up to 10.0 from giving the device's memory
    /// back, and they crash where its bridge goes before that.
    private func awaitLastTrace() {
        _ = attempt { () throws(QEMUError) in
            try driver.pause()
            try driver.machine.explaining { machine throws(QEMUError) in
                try machine.qmp.await(event: "DEVICE_DELETED")
            }
            // What is freed late is collected for up to 50 ms (`util/rcu.c`).
            QEMUControl.pause(.milliseconds(120))
        }
    }

    /// What the monitor knows a device by. Cores of the command line have no id, and are asked for.
    private func path(of device: DeviceSetup) throws(ConstructionError) -> String {
        guard case .core(let index) = device else { return SetupArguments.identifier(of: device) ?? "" }
        var cores: [QMPValue] = []
        try ask { machine throws(QEMUError) in
            cores = try machine.qmp.execute("query-hotpluggable-cpus").elements
        }
        let core = cores.first { $0["props"]?["core-id"]?.integer == Int64(index) }
        guard let path = core?["qom-path"]?.text else { throw ConstructionError("there is no core \(index)") }
        return path
    }

    /// Nothing resets a host bridge alone: no call of the firmware does it without VFIO, and no command of the monitor
    /// (`hw/ppc/spapr_pci.c`, QEMU 5.2 to 11.1).
    public func resetBridge(_ index: UInt32) throws(ConstructionError) {
        throw ConstructionError("a build resets a host bridge only together with the machine")
    }

    /// `system_reset`; the boot vCPU enters the payload again.
    public func reset() {
        event {
            awaiting("RESET") { machine throws(QEMUError) in try machine.qmp.execute("system_reset") }
            driver.restarted()
        }
        let boot = processors.first
        threads = boot.map { [$0.index: $0.server] } ?? [:]
        activeMode = Self.modeAtReset(setup)
        forgetCards()
    }

    /// Asks the monitor for something that it may refuse.
    private func ask(_ body: (VirtualMachine) throws(QEMUError) -> Void) throws(ConstructionError) {
        guard end == nil, failure == nil else { return }
        saved = nil
        do throws(QEMUError) {
            try driver.letRun()
            try driver.machine.explaining(body)
        } catch  where error.code == .refused {
            throw ConstructionError(error.message)
        } catch {
            note(error)
        }
    }
}
