import RPC
import Storage
import TestKit
import Testing

@Suite struct StorageErrorTests {
    @Test(
        "a peer learns the kind of failure and no name of a table",
        arguments: StorageError.Code.allCases)
    func crossing(_ code: StorageError.Code) {
        let error = StorageError(code, "UNIQUE constraint failed: customer.email")
        #expect(!RPCError(crossing: error).message.contains("customer"))
    }

    @Test("a peer may repeat what was refused for load or lack of space")
    func retryable() {
        #expect(StorageError(.busy, "").rpcError.retryPushbackMilliseconds == 50)
        #expect(StorageError(.full, "").rpcError.code == .unavailable)
        #expect(StorageError(.outcomeUnknown, "").rpcError.code == .unknown)
    }
}
