import TestKit
import Testing

/// Inputs that fuzzing found worth keeping, crashers that were mended among them.
@Suite("fuzzing's corpus: rpc")
struct RPCCorpusTests {
    @Test("every input is read or refused as it should be")
    func replay() throws {
        for input in try FuzzingCorpus.inputs(of: "rpc") {
            #expect(RPCProperties.violation(of: input.bytes) == nil, "\(input)")
        }
    }
}
