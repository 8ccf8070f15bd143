import TestKit
import Testing

/// Inputs that fuzzing found worth keeping, crashers that were mended among them.
@Suite("fuzzing's corpus: http1")
struct HTTP1CorpusTests {
    @Test("every input is read or refused as it should be")
    func replay() throws {
        for input in try FuzzingCorpus.inputs(of: "http1") {
            #expect(HTTP1Properties.violation(of: input.bytes) == nil, "\(input)")
        }
    }
}
