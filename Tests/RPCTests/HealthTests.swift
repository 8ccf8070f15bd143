import RPC
import Testing

@Suite("Health can be asked for and watched")
struct HealthTests {
    @Test("a watcher is told the status now and each change")
    func watch() async throws {
        let board = HealthBoard()
        let router = try RPCRouter([Greeter.routes()], access: AccessList([:]), health: board)
        let health = RPCClient(Health.self, carry: router.carry(as: nil))
        var changes = try await health.stream(WatchHealth()).makeAsyncIterator()
        #expect(try await changes.next() == HealthStatus(isServing: true))
        let ill = HealthStatus(isServing: false, reasons: ["contracts unreachable"])
        board.set(ill)
        #expect(try await changes.next() == ill)
        #expect(try await health.send(CheckHealth()) == ill)
    }
}
