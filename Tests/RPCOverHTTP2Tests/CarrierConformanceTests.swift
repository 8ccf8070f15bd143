import HTTP2
import RPC
import RPCOverHTTP2
import TestKit
import Testing

@Suite("The carrier over HTTP/2", .timeLimit(.minutes(1)))
struct CarrierConformanceTests {
    struct OverHTTP2: CarrierUnderTest {
        func withCarrier(
            to router: RPCRouter, _ body: @Sendable (@escaping Carry) async throws -> Void
        ) async throws {
            let folder = try TemporaryFolder()
            let listener = try await RPCListener.bind(
                to: .unixSocket(path: folder.file("s")), router: router,
                group: CarrierTests.group, logger: CarrierTests.logger)
            let peer = RPCPeer([listener.address], group: CarrierTests.group)
            do {
                try await body(peer.carry)
            } catch {
                await listener.drain(grace: .zero)
                throw error
            }
            await peer.shutDown()
            await listener.drain(grace: .seconds(1))
        }
    }

    @Test("it does what every carrier does", arguments: CarrierConformance.cases)
    func conforms(_ conformance: CarrierConformance) async throws {
        try await conformance.check(OverHTTP2())
    }
}
