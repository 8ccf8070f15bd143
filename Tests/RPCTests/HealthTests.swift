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

    private static func client(_ board: HealthBoard) throws -> RPCClient<Health> {
        let router = try RPCRouter([Greeter.routes()], access: AccessList([:]), health: board)
        return RPCClient(
            Health.self, carry: router.carry(as: nil), options: RPCClientOptions(retry: .never))
    }

    @Test("each service has a status of its own, and none is better than the process")
    func services() async throws {
        let board = HealthBoard()
        let health = try Self.client(board)
        let ill = HealthStatus(isServing: false, reasons: ["no paper"])
        board.set(ill, of: Greeter.name)
        #expect(try await health.send(CheckHealth(service: Greeter.name)) == ill)
        #expect(try await health.send(CheckHealth()).isServing)
        #expect(try await health.send(CheckHealth(service: Health.name)).isServing)
        board.set(HealthStatus(isServing: false, reasons: ["no disk"]))
        #expect(
            try await health.send(CheckHealth(service: Greeter.name)).reasons
                == ["no disk", "no paper"])
        #expect(try await health.send(CheckHealth(service: Health.name)).reasons == ["no disk"])
    }

    @Test("a service that is not served is not found")
    func unknownService() async throws {
        let health = try Self.client(HealthBoard())
        for ask in [
            { _ = try await health.send(CheckHealth(service: "nobody.v1")) },
            { _ = try await health.stream(WatchHealth(service: "nobody.v1")) },
        ] {
            let error = await #expect(throws: RPCError.self) { try await ask() }
            #expect(error?.code == .notFound)
        }
    }

    @Test("a watcher of one service is told of its changes only")
    func watchesOne() async throws {
        let board = HealthBoard()
        var changes = try board.changes(of: Greeter.name).makeAsyncIterator()
        #expect(await changes.next()?.isServing == true)
        board.set(HealthStatus(isServing: false), of: "other.v1")
        let ill = HealthStatus(isServing: false, reasons: ["no paper"])
        board.set(ill, of: Greeter.name)
        #expect(await changes.next() == ill)
    }

    @Test("a slow watcher is told the newest status only")
    func slow() async throws {
        let board = HealthBoard()
        var changes = try board.changes().makeAsyncIterator()
        for number in 1...3 {
            board.set(HealthStatus(isServing: false, reasons: ["\(number)"]))
        }
        #expect(await changes.next()?.reasons == ["3"])
    }

    @Test("a process that ends tells its watchers and lets them go, whatever is written then")
    func ends() async throws {
        let board = HealthBoard()
        var changes = try board.changes().makeAsyncIterator()
        #expect(await changes.next()?.isServing == true)
        board.end()
        board.set(HealthStatus(isServing: true))
        #expect(await changes.next()?.reasons == ["shutting down"])
        #expect(await changes.next() == nil)
        var late = try board.changes().makeAsyncIterator()
        #expect(await late.next()?.reasons == ["shutting down"])
        #expect(await late.next() == nil)
    }

    @Test("there are no more watchers than may be, and one that goes makes room")
    func bounded() throws {
        let board = HealthBoard()
        var streams = try (0..<1000).map { _ in try board.changes() }
        let error = #expect(throws: RPCError.self) { try board.changes() }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.retryPushbackMilliseconds == 1000)
        streams.removeLast()
        streams.append(try board.changes())
        #expect(throws: RPCError.self) { try board.changes() }
    }
}
