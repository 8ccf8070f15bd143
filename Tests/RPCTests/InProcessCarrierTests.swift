import RPC
import TestKit
import Testing

@Suite("The carrier in process", .timeLimit(.minutes(1)))
struct InProcessCarrierTests {
    struct InProcess: CarrierUnderTest {
        func withCarrier(
            to router: RPCRouter, _ body: @Sendable (@escaping Carry) async throws -> Void
        ) async throws {
            try await body(router.carry(as: nil))
        }
    }

    @Test("it does what every carrier does", arguments: CarrierConformance.cases)
    func conforms(_ conformance: CarrierConformance) async throws {
        try await conformance.check(InProcess())
    }
}
