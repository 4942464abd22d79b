import Testing

@testable import SavedState

/// Texts of self-descriptions by themselves.
@Suite struct DescriptionTests {
    private func text(_ name: String, size: Int) -> [UInt8] {
        let field = #"{"name": "a", "type": "buffer", "size": \#(size)}"#
        let device = #"{"name": "\#(name)", "instance_id": 0, "vmsd_name": "x", "version": 1, "fields": [\#(field)]}"#
        return Array(#"{"page_size": 4096, "devices": [\#(device)]}"#.utf8)
    }

    @Test func aTextThatDescribesMoreThanTheStreamHasIsRefused() throws {
        let known = text("x", size: 100)
        #expect(throws: SavedStateError(.badDescription, "")) {
            try DescriptionReader.read(known, streamSize: 99)
        }
        #expect(try DescriptionReader.read(known, streamSize: 100).devices.first?.layout.length == 100)
    }

    @Test func whatIsWrongIsNamedByItsWay() {
        let bytes =
            Array(
                #"{"devices": [{"name": "x", "instance_id": 0, "vmsd_name": "x", "version": 1, "fields": ["#
                    .utf8
            ) + Array(#"{"name": "a", "type": "struct", "size": 4, "struct": {"vmsd_name": "y", "fields": "#.utf8)
            + Array(#"[{"name": "b", "type": "u", "size": -1}]}}]}]}"#.utf8)
        let error = #expect(throws: SavedStateError.self) { try DescriptionReader.read(bytes, streamSize: 100) }
        #expect(error?.field == "devices[0].fields[0].struct.fields[0].size")
    }

    /// A tree's elements are read twice where they do not add up, so trees in trees multiply.
    @Test func treesInTreesAreReadInTimeThatTheirTextJustifies() {
        func tree(_ depth: Int) -> String {
            let inner = depth == 0 ? "" : tree(depth - 1)
            return #"{"name": "t", "type": "gtree", "size": 0, "vmsd_name": "x", "fields": [\#(inner)]}"#
        }
        func read(depth: Int) -> SavedStateError? {
            let device = #"{"name": "d", "instance_id": 0, "vmsd_name": "x", "fields": [\#(tree(depth))]}"#
            let text = Array(#"{"devices": [\#(device)]}"#.utf8)
            do throws(SavedStateError) {
                _ = try DescriptionReader.read(text, streamSize: 1000)
                return nil
            } catch {
                return error
            }
        }
        #expect(read(depth: 25)?.code == .limit)
        #expect(read(depth: 2) == nil)
    }
}
