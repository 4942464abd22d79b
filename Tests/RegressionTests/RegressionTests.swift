import CaptureSupport
import Foundation
import Testing

/// Inputs that once broke something, or that were made to: see `Scripts/fuzz`.
@Suite struct RegressionTests {
    /// Every input, and the target that it is for.
    private static let inputs: [(target: FuzzTarget, name: String)] = FuzzTarget.allCases.flatMap { target in
        ((try? Fixtures.names(in: "regressions/\(target.rawValue)")) ?? []).map { (target, $0) }
    }

    /// A trap would end the test run: coming back is the promise.
    @Test(arguments: inputs) func anInputThatOnceBrokeSomethingIsHandled(target: FuzzTarget, name: String) throws {
        let file = Fixtures.root.appending(path: "regressions/\(target.rawValue)/\(name)")
        let bytes = name.hasSuffix(".xz") ? try Compressed.bytes(file) : [UInt8](try Data(contentsOf: file))
        target.run(bytes)
    }

    /// The targets read what they are given: a good input must come further than its first bytes.
    @Test(arguments: FuzzTarget.allCases) func aTargetTakesAnEmptyInput(target: FuzzTarget) {
        target.run([])
    }
}
