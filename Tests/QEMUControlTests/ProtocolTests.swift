import Glibc
import Testing

@testable import QEMUControl

/// The protocol against a server that misbehaves.
@Suite struct ProtocolTests {
    static let greeting = #"{"QMP": {"version": {"qemu": {"micro": 3, "minor": 1, "major": 11}, "package": "P"}}}"#

    /// A session whose server says these things, whatever it is asked, and then keeps silent or closes.
    private func session<Result>(
        _ said: [String], thenCloses: Bool = false, patience: Duration = .milliseconds(200),
        _ body: (QMPConnection) throws(QEMUError) -> Result
    ) throws(QEMUError) -> Result {
        let (ours, theirs) = try Descriptor.socketPair()
        var server: Descriptor? = theirs
        let text = Array(said.joined().utf8)
        guard write(theirs.number, text, text.count) == text.count else { throw QEMUError(.system, "full") }
        if thenCloses { shutdown(theirs.number, Int32(SHUT_WR)) }
        defer { server = nil }
        _ = server
        return try body(QMPConnection(SocketChannel(ours), patience: patience))
    }

    @Test func aServerThatSaysNothingIsATimeOut() {
        #expect(code { () throws(QEMUError) in try session([]) { _ in } } == .timedOut)
        #expect(code { () throws(QEMUError) in try session([Self.greeting]) { _ in } } == .timedOut)
        #expect(code { () throws(QEMUError) in try session([Self.greeting, "\n"]) { _ in } } == .timedOut)
    }

    @Test func aServerThatClosesIsADisconnection() {
        #expect(code { () throws(QEMUError) in try session([], thenCloses: true) { _ in } } == .disconnected)
        #expect(
            code { () throws(QEMUError) in try session([Self.greeting], thenCloses: true) { _ in } } == .disconnected)
    }

    @Test(arguments: ["HTTP/1.1 400\n", "\n", "[]\n", #"{"QMP": {}}"# + "\n", "{\"a\":\n", "\u{ff}\n"])
    func whatIsNoGreetingIsNoQEMU(_ text: String) {
        #expect(code { () throws(QEMUError) in try session([text]) { _ in } } == .notQEMU)
    }

    @Test func nestingWithoutEndIsRefusedAndNotFollowed() {
        let deep = String(repeating: "[", count: 200_000) + "\n"
        #expect(code { () throws(QEMUError) in try session([deep]) { _ in } } == .notQEMU)
    }

    @Test func anErrorOfTheServerIsARefusalWithItsWords() throws {
        let said = [
            Self.greeting, "\r\n", #"{"return": {}, "id": 1}"#, "\n",
            #"{"error": {"class": "GenericError", "desc": "no such thing"}, "id": 2}"#, "\n",
        ]
        let error = #expect(throws: QEMUError.self) {
            try session(said) { qmp throws(QEMUError) in try qmp.execute("x") }
        }
        #expect(error?.code == .refused)
        #expect(error?.message == "x: no such thing")
    }

    @Test func eventsAndLateAnswersDoNotStandForAnAnswer() throws {
        let said = [
            Self.greeting, "\n", #"{"event": "STOP", "timestamp": {}}"#, "\n", #"{"return": {}, "id": 1}"#, "\n",
            #"{"return": 7, "id": 1}"#, "\n", #"{"event": "RESUME", "data": {"a": 1}}"#, "\n",
            #"{"return": {"value": [1, -2, 18446744073709551615, 0.5, true, null, "é"]}, "id": 2}"#, "\n",
        ]
        let (version, answer, events) = try session(said) { qmp throws(QEMUError) in
            (qmp.version, try qmp.execute("x"), try qmp.takeEvents())
        }
        #expect(version == QEMUVersion(11, 1, 3, package: "P"))
        #expect(answer["value"] == [1, -2, .unsigned(.max), .number(0.5), true, .null, "é"])
        #expect(events.map(\.name) == ["STOP", "RESUME"])
        #expect(events.last?.data == ["a": 1])
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1e999", "nul", "\"\u{01}\"", "\"\\x\"", "[1] 2", "{1:2}", "NaN",
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
    ])
    func whatIsNoJSONIsNoValue(_ text: String) {
        #expect(QMPValue.read(Array(text.utf8)) == nil)
    }

    @Test func textThatIsNoUnicodeIsNoValue() {
        #expect(QMPValue.read([0x22, 0xff, 0x22]) == nil)
        #expect(QMPValue.read([0x22, 0xc3, 0xa9, 0x22]) == "é")
    }

    @Test func valuesAreReadAsTheyWereWritten() throws {
        let latin = String(String.UnicodeScalarView((0..<0x100 as Range<UInt32>).compactMap { Unicode.Scalar($0) }))
        let everything: [QMPValue] = [
            .null, true, false, 0, .integer(.min), .integer(.max), .unsigned(.max), .number(0.1), .number(-1e300),
            .number(.leastNonzeroMagnitude), "", "é\u{1f600}", .text(latin),
            [], [[], [1, "a"]], [:], ["b": ["c": .null], "a\"\\": 1],
        ]
        for value in everything + [.list(everything)] { #expect(QMPValue.read(try value.line()) == value) }
        #expect(try QMPValue.object(["b": 1, "a": "\n"]).line() == Array("{\"a\":\"\\u000a\",\"b\":1}\n".utf8))
    }

    @Test(arguments: [Double.nan, .infinity])
    func aNumberThatJSONHasNotIsNotWritten(_ number: Double) {
        #expect(code { () throws(QEMUError) in try QMPValue.number(number).line() } == .badAnswer)
    }

    @Test func anAnswerInPiecesIsOneAnswer() throws {
        let (ours, theirs) = try Descriptor.socketPair()
        let channel = SocketChannel(ours)
        for (piece, line) in [("{\"a\"", nil), (":1}\n{", "{\"a\":1}"), ("}\n", "{}")] {
            try #require(write(theirs.number, piece, piece.utf8.count) == piece.utf8.count)
            let limit = Deadline(after: .milliseconds(20))
            if let line {
                #expect(try channel.readLine(until: limit) == Array(line.utf8))
            } else {
                #expect(code { () throws(QEMUError) in try channel.readLine(until: limit) } == .timedOut)
            }
        }
    }

    @Test func aServerThatReadsNothingIsATimeOut() throws {
        let (ours, theirs) = try Descriptor.socketPair()
        let channel = SocketChannel(ours)
        let line = [UInt8](repeating: 0x20, count: 4 << 20)
        #expect(
            code { () throws(QEMUError) in
                try channel.write(line, until: Deadline(after: .milliseconds(50)))
            } == .timedOut)
        withExtendedLifetime(theirs) {}
    }

    @Test(arguments: ["/nowhere/socket", String(repeating: "x", count: 200), "/tmp"])
    func aPathWithoutASocketIsRefused(_ path: String) {
        #expect(code { () throws(QEMUError) in try QMPConnection(path: path, patience: .milliseconds(50)) } == .system)
    }

    @Test func versionsAreOrderedByNumber() {
        #expect(QEMUVersion(7, 2, 22) < QEMUVersion(10, 0, 0))
        #expect(QEMUVersion(10, 0, 13).release == "10.0")
        #expect("\(QEMUVersion(7, 2, 22, package: "Debian 1:7.2"))" == "7.2.22 (Debian 1:7.2)")
    }
}
