import CaptureSupport
import Foundation
import Testing

/// Certificates at the command line: made by three commands, checked by one.
@Suite struct CertificateCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func aVerificationIsCertifiedAndChecked() throws {
        let source = try folder.write(Fixtures.capture("brk_extra_phb_xive/src").stream(), to: "source")
        let other = try folder.write(Fixtures.capture("brk_extra_phb_xive/dst-alone").stream(), to: "built")
        let paths = ["one", "two"].map(folder.path)
        for path in paths {
            #expect(try Tool.run("verify", source, "--constructed", other, "--certificate", path).status == 1)
        }
        let isRepeated = FileManager.default.contentsEqual(atPath: paths[0], andPath: paths[1])
        #expect(isRepeated)
        let accepted = try Tool.run("check", paths[0], source, other)
        #expect(accepted.status == 0 && accepted.output.hasPrefix("accepted"), "\(accepted)")
        #expect(accepted.output.contains("identical at level guest-visible: different"))
        #expect(accepted.output.contains("is \(source)") && accepted.output.contains("is \(other)"))
        // A file that it is not of.
        let foreign = try Tool.run("check", paths[0], paths[0])
        #expect(foreign.status == 1 && foreign.output.hasPrefix("rejected"))
    }

    @Test func aDamagedOrForeignFileIsToldApart() throws {
        let path = folder.path("certificate")
        #expect(try Tool.run("compare", "pseries-3.0", "pseries-3.1", "--certificate", path).status == 1)
        #expect(try Tool.run("check", path).status == 0)
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[bytes.count / 2] ^= 0x10
        let rejected = try Tool.run("check", folder.write(bytes, to: "damaged"), "--format", "json")
        #expect(rejected.status == 1 && rejected.output.contains("\"accepted\": false"))
        for path in [folder.path("absent"), "/dev/zero", "/tmp"] {
            let outcome = try Tool.run("check", path)
            #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(path)")
        }
        let text = try Tool.run("check", folder.write(Array("text".utf8), to: "text"))
        #expect(text.status == 2 && text.output.isEmpty && text.errorLines.count == 1)
    }

    @Test func claimsAndClassesAreCertified() throws {
        let path = folder.path("certificate")
        #expect(try Tool.run("compare", "--all", "--certificate", path).status == 0)
        #expect(try Tool.run("check", path).output.contains("classes"))
        #expect(try Tool.run("prove", "pseries-7.2", "--claim", "pins", "--certificate", path).status == 0)
        #expect(try Tool.run("check", path).output.contains("pins-injective: proved"))
    }

    @Test func standardInputCannotBeCertified() throws {
        let outcome = try Tool.run("compare", "pseries-3.0", "-", "--certificate", folder.path("certificate"))
        #expect(outcome.status == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.path("certificate")))
    }
}
