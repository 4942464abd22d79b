import InterruptState
import Testing

@testable import PSeries

@Suite struct FixedNumberMapTests {
    @Test func pinsOutsideTheDomainHaveNoNumber() {
        #expect(FixedNumberMap.pin(bridgeIndex: 31, pin: 0) == nil)
        #expect(FixedNumberMap.pin(bridgeIndex: .max, pin: 0) == nil)
        #expect(FixedNumberMap.pin(bridgeIndex: 0, pin: 4) == nil)
        #expect(FixedNumberMap.pin(bridgeIndex: 30, pin: 3) == LogicalNumber(0x127b))
        #expect(FixedNumberMap.message(bit: 0xd00) == nil)
        #expect(FixedNumberMap.message(bit: 0xcff) == LogicalNumber(0x1fff))
    }

    /// Points read from running builds.
    @Test(arguments: [
        (UInt32(0x3000_0000), UInt32(0x11f0)), (0x3001_1000, 0x11f1), (0x2000, 0x1102), (0xff000, 0x11ff),
        (0x7100_00fe, 0x11fe), (0x10_2000, 0x1102), (0x7100_0100, 0x1100), (0, 0x1100), (0x7100_0002, 0x1102),
    ])
    func observedUnitAddresses(address: UInt32, number: UInt32) {
        #expect(FixedNumberMap.virtualDevice(unitAddress: address) == LogicalNumber(number))
    }

    @Test func theInverseAgreesWithTheMapEverywhere() {
        for value in UInt32(0)..<0x2001 {
            let number = LogicalNumber(value)
            switch FixedNumberMap.numberClass(number) {
            case .interprocessor(let index): #expect(FixedNumberMap.ipi(index) == number)
            case .epow: #expect(FixedNumberMap.epow == number)
            case .hotPlug: #expect(FixedNumberMap.hotPlug == number)
            case .virtualDevice(let index): #expect(FixedNumberMap.virtualDeviceRange.lowerBound + index == value)
            case .bridgePin(let bridge, let pin): #expect(FixedNumberMap.pin(bridgeIndex: bridge, pin: pin) == number)
            case .message(let bit): #expect(FixedNumberMap.message(bit: bit) == number)
            case .unused: #expect((0x1002..<0x1100).contains(value) || (0x127c..<0x1300).contains(value))
            case .outside: #expect(value == 0x2000)
            }
        }
        #expect(FixedNumberMap.numberClass(LogicalNumber(.max)) == .outside)
    }
}
