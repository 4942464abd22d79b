import SavedState
import SeededRandom
import Testing

/// Whatever the bytes are: an answer or an error with its place, never a trap.
@Suite struct RobustnessTests {
    /// Opens and reads everything that can be read; true where a stream came out.
    private func exercise(_ bytes: [UInt8]) -> Bool {
        do throws(SavedStateError) {
            let source = MemoryByteSource(bytes)
            let stream = try SavedStream.open(
                source, name: "test", options: OpenOptions(layouts: nil, acceptsPartial: true))
            for section in stream.sections { check(section, stream, source) }
            return true
        } catch {
            #expect(!error.message.isEmpty)
            #expect(error.file == "test")
            return false
        }
    }

    private func check(_ section: DeviceSection, _ stream: SavedStream, _ source: MemoryByteSource) {
        #expect(section.bodyOffset + section.bodyLength <= source.byteCount)
        guard let reader = try? stream.reader(of: section) else { return }
        for field in reader.layout.fields {
            if let data = try? reader.data(field) {
                #expect(UInt64(data.count) <= section.bodyLength)
            }
        }
    }

    @Test(arguments: [true, false])
    func everyTruncationGivesAnAnswerOrAnError(footers: Bool) {
        let bytes = StreamBuilder.sample(footers: footers).bytes
        var streams = 0
        for count in 0..<bytes.count {
            // Inside the page there is nothing new to see.
            if (200..<4000).contains(count), !count.isMultiple(of: 97) { continue }
            if exercise(Array(bytes[..<count])) { streams += 1 }
        }
        #expect(streams > 100)
        #expect(exercise(bytes))
    }

    @Test(arguments: [true, false])
    func tenThousandMutationsGiveAnAnswerOrAnError(footers: Bool) {
        let bytes = StreamBuilder.compact(footers: footers)
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var streams = 0
        for _ in 0..<10_000 {
            var mutant = bytes
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let index = Int.random(in: mutant.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutant[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: mutant[index] = .random(in: .min ... .max, using: &random)
                case 2: mutant[index] = [0, 0xff, 0x7f, 0x80, 0x22, 0x39].randomElement(using: &random) ?? 0
                default: mutant.remove(at: index)
                }
            }
            if exercise(mutant) { streams += 1 }
        }
        #expect(streams > 0 && streams < 10_000, "seed \(seed)")
        print("mutations: seed \(seed), \(streams) of 10000 still open")
    }
}

extension StreamBuilder {
    /// The sample without a page of data: every byte of it means something.
    static func compact(footers: Bool) -> [UInt8] {
        let sample = StreamBuilder.sample(footers: footers).bytes
        let page = [UInt8](repeating: 0x55, count: 4096)
        guard let start = sample.indices.first(where: { sample[$0...].starts(with: page) }) else { return sample }
        // The record becomes one of a zero page: flag 08 becomes 02, the page becomes its fill byte.
        var bytes = Array(sample[..<start]) + [0] + sample[(start + 4096)...]
        bytes[start - 7] = 0x02
        return bytes
    }
}
