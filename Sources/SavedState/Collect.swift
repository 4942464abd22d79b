/// An array of up to `count` bytes that a function writes; it tells how many it wrote.
func collect(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(SavedStateError) -> Int
) throws(SavedStateError) -> [UInt8] {
    guard count > 0 else { return [] }
    var failure: SavedStateError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        do throws(SavedStateError) {
            filled = try fill(UnsafeMutableRawBufferPointer(buffer))
        } catch {
            failure = error
            filled = 0
        }
    }
    if let failure { throw failure }
    return bytes
}
