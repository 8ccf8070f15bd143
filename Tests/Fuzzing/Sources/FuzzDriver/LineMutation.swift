/// Makes inputs of lines that differ by whole lines from others.
///
/// Bytes that are changed one by one, as libFuzzer does, hardly ever say a field twice.
struct LineMutation {
    private var numbers: SeededNumbers

    /// Changes what is chosen by `seed`.
    init(seed: UInt32) { self.numbers = SeededNumbers(state: UInt64(seed)) }

    /// Doubles, moves or drops a line; `nil` as often as not, and where that would be too long.
    mutating func mutate(_ bytes: [UInt8], bytesMax: Int) -> [UInt8]? {
        guard Bool.random(using: &self.numbers) else { return nil }
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map(Array.init)
        let chosen = Int.random(in: lines.indices, using: &self.numbers)
        let line = lines[chosen]
        let operation = Int.random(in: 0..<3, using: &self.numbers)
        if operation > 0 { lines.remove(at: chosen) }
        if operation < 2 {
            lines.insert(line, at: Int.random(in: 0...lines.count, using: &self.numbers))
        }
        let mutated = Array(lines.joined(separator: [0x0a]))
        return mutated.count <= bytesMax && !mutated.isEmpty ? mutated : nil
    }
}

/// Numbers that follow from a seed (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var number = self.state
        number = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ number >> 27) &* 0x94d0_49bb_1331_11eb
        return number ^ number >> 31
    }
}
