import RPC
import Synchronization
import TestKit
import Testing

@Suite("Answers kept in memory")
struct AnswerStoreTests {
    /// A store in memory whose time is moved by hand.
    final class MemoryUnderTest: AnswerStoreUnderTest {
        private let seconds = Mutex(0)
        private let start = ContinuousClock.now

        func open(_ limits: AnswerLimits) async throws -> any AnswerStore {
            MemoryAnswerStore(limits: limits) {
                self.start + .seconds(self.seconds.withLock { $0 })
            }
        }

        func advance(seconds: Int) { self.seconds.withLock { $0 += seconds } }
    }

    @Test("memory does what every store of answers does", arguments: AnswerStoreConformance.cases)
    func conforms(_ conformance: AnswerStoreConformance) async throws {
        try await conformance.check(MemoryUnderTest())
    }
}
