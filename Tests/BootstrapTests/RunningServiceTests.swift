import Foundation
import JSONAPI
import Logging
import Metrics
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import RPCOverHTTP2
import ServiceLifecycle
import Storage
import Synchronization
import TestKit
import Testing

@testable import Bootstrap

@Suite("A running service", .timeLimit(.minutes(1)))
struct RunningServiceTests {
    private let folder: TemporaryFolder
    private let metrics = PrometheusMetrics()

    init() throws { self.folder = try TemporaryFolder() }

    private func start(
        peers: [String] = [], file: String = "",
        _ makeParts: @escaping @Sendable (ServiceContext) async throws -> ServiceParts
    ) throws -> ServiceStart {
        let configuration = try ConfigurationLoader(
            settings: StandardSettings.all(of: "shop", peers: peers),
            arguments: [
                "shop", "--config", "c", "--data-directory", self.folder.file("data"),
                "--run-directory", self.folder.file("run"),
            ], environment: [:]
        ) { _, _ in file }.load()
        return ServiceStart(
            name: "shop", peers: peers, configuration: configuration,
            logger: Logger(label: "shop") { _ in SwiftLogNoOpLogHandler() }, metrics: self.metrics,
            group: MultiThreadedEventLoopGroup.singleton, makeParts: makeParts)
    }

    /// Runs a service until `body` returns, then ends it as a signal would.
    private func run(
        _ start: ServiceStart, _ body: (RunningService, ServiceGroup) async throws -> Void
    ) async throws {
        let service = try await start.open()
        let group = ServiceMain.serviceGroup(service)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while self.readyFile() == nil { await Task.yield() }
            try await body(service, group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func readyFile() -> JSON? {
        let path = self.folder.file("run/shop.json")
        return (try? SystemFiles.read(path, bytesMax: 1_000)).flatMap { try? JSON(parsing: $0) }
    }

    @Test("the ready file tells where the service is, and is gone when it is")
    func readyFileLife() async throws {
        try await self.run(try self.start { _ in ServiceParts() }) { service, _ in
            let file = try #require(self.readyFile())
            #expect(file["pid"] == .integer(SystemFiles.processID))
            #expect(file["public_port"] == .integer(service.publicListener.port))
            #expect(file["admin_port"] == .integer(service.adminListener.port))
            #expect(file["rpc_socket"] == .string(self.folder.file("run/shop.sock")))
        }
        #expect(self.readyFile() == nil)
    }

    @Test("health is told on both listeners, figures on the loopback one only")
    func health() async throws {
        Counter(label: "answer", dimensions: [], factory: self.metrics).increment(by: 42)
        try await self.run(try self.start { _ in ServiceParts() }) { service, _ in
            let outside = service.publicListener.port
            let inside = service.adminListener.port
            for port in [outside, inside] {
                #expect(try await HTTPProbe.get("/healthz", port: port).hasPrefix("HTTP/1.1 200"))
                #expect(
                    try await HTTPProbe.get("/readyz", port: port)
                        .hasSuffix(#"{"status":"ready","reasons":[]}"#))
            }
            #expect(try await HTTPProbe.get("/metrics", port: outside).hasPrefix("HTTP/1.1 404"))
            #expect(try await HTTPProbe.get("/metrics", port: inside).contains("answer_total 42"))
            let description = try await HTTPProbe.get("/v2/openapi.json", port: outside)
            #expect(description.contains(#""openapi":"3.1.0""#))
        }
    }

    @Test("a service says what keeps it from being ready")
    func readiness() async throws {
        let start = try self.start(peers: ["bank"]) { _ in
            ServiceParts(readiness: [ReadinessCheck("till") { "no money" }])
        }
        try await self.run(start) { service, _ in
            await service.readiness.checkOnce()
            let answer = try await HTTPProbe.get("/readyz", port: service.publicListener.port)
            #expect(answer.hasPrefix("HTTP/1.1 503"))
            #expect(
                answer.hasSuffix(
                    #"{"status":"not ready","reasons":["bank unreachable","no money"]}"#))
        }
    }

    @Test("a request under way is answered before the service ends, the database closes last")
    func draining() async throws {
        let gate = Gate()
        let steps = Steps()
        let start = try self.start { context in
            let database = try await context.openDatabase(migrations: [
                Migration("one", ["CREATE TABLE t (a INTEGER NOT NULL)"])
            ])
            var routes = PublicRoutes()
            routes.on(Self.work) { _ in
                steps.add("begun")
                await gate.pass()
                _ = try await database.write { try $0.execute("INSERT INTO t VALUES (1)") }
                steps.add("written")
                return .empty()
            }
            let background = BackgroundWork("relay") {
                do {
                    try await Task.sleep(for: .seconds(3600))
                } catch {
                    _ = try await database.read { try $0.rows("SELECT a FROM t") }
                    steps.add("relay ended")
                    throw error
                }
            }
            return ServiceParts(publicRoutes: routes, background: [background])
        }
        try await self.run(start) { service, group in
            let port = service.publicListener.port
            async let answer = HTTPProbe.get("/work", port: port)
            while steps.all.isEmpty { await Task.yield() }
            await group.triggerGracefulShutdown()
            while self.readyFile() != nil { await Task.yield() }
            gate.open()
            let text = try await answer
            #expect(text.hasPrefix("HTTP/1.1 204"))
        }
        #expect(steps.all == ["begun", "written", "relay ended"])
    }

    @Test("work that ends by itself ends the service with an error")
    func backgroundFault() async throws {
        let start = try self.start { _ in
            ServiceParts(background: [BackgroundWork("relay") {}])
        }
        let group = ServiceMain.serviceGroup(try await start.open())
        await #expect(throws: BackgroundWorkEnded.self) { try await group.run() }
        #expect(self.readyFile() == nil)
    }

    @Test("an access list that names an unknown method keeps the service from starting")
    func accessList() async throws {
        let start = try self.start(file: "rpc: {allow: {Nonsense: [bank]}}") { _ in ServiceParts() }
        let error = await #expect(throws: RouterError.self) { try await start.open() }
        #expect(error?.description.contains("Nonsense") == true)
    }

    @Test("limits that name an unknown method keep the service from starting")
    func limits() async throws {
        let start = try self.start(file: "rpc: {limits: {Nonsense: {running-max: 1}}}") { _ in
            ServiceParts()
        }
        let error = await #expect(throws: RouterError.self) { try await start.open() }
        #expect(error?.description == "the limits name Nonsense, which no service declares")
    }

    @Test("who watches the health is told of what is missing, and of the end")
    func watching() async throws {
        let start = try self.start { _ in
            ServiceParts(readiness: [ReadinessCheck("till") { "no money" }])
        }
        try await self.run(start) { service, group in
            let peer = RPCPeer(
                [service.rpcListeners[0].address],
                group: MultiThreadedEventLoopGroup.singleton)
            var changes = try await RPCClient(Health.self, carry: peer.carry)
                .stream(WatchHealth()).makeAsyncIterator()
            var seen: [HealthStatus] = []
            while let status = try await changes.next() {
                seen.append(status)
                if status.reasons == ["no money"] { await group.triggerGracefulShutdown() }
            }
            #expect(seen.suffix(2).map(\.reasons) == [["no money"], ["shutting down"]])
            await peer.shutDown()
        }
    }

    @Test("a service whose database has the table keeps answers, and its restart keeps them")
    func keyedCalls() async throws {
        let token = String(repeating: "t", count: 40)
        let bank = PeerName("bank")
        for round in 1...2 {
            let start = try self.start(file: "rpc: {allow: {Visit: [bank]}}") { context in
                _ = try await context.openDatabase(migrations: [StoredAnswers.migration])
                var routes = RPCRoutes(Visit.Service.self)
                routes.on(Visit.self) { _ in round }
                return ServiceParts(rpc: [routes], peerTokens: [bank: Secret(token)])
            }
            try await self.run(start) { service, _ in
                let peer = RPCPeer(
                    [service.rpcListeners[0].address],
                    credentials: PeerCredentials(peer: bank, token: token),
                    group: MultiThreadedEventLoopGroup.singleton)
                let visits = RPCClient(Visit.Service.self, carry: peer.carry)
                let keyed = try await visits.send(Visit(), idempotencyKey: "a")
                #expect(keyed == 1)
                let plain = try await visits.send(Visit())
                #expect(plain == round)
                await peer.shutDown()
            }
        }
    }

    @Test("an address that cannot be had is named with its settings, and nothing stays open")
    func taken() async throws {
        let holder = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(
                PublicRoutes(), authenticator: nil, logger: Logger(label: "holder")),
            group: MultiThreadedEventLoopGroup.singleton)
        let start = try self.start(file: "admin: {port: \(holder.port)}") { _ in ServiceParts() }
        let error = await #expect(throws: ListenError.self) { try await start.open() }
        #expect(error?.description.contains("cannot listen at admin.port \(holder.port)") == true)
        #expect(!(try self.folder.contains("run/shop.sock")))
        await holder.drain(grace: .zero)
    }

    private static let work = Route(
        .get, "/work", id: "work", summary: "", permission: "", authentication: .none,
        answers: [.init(204, "")])
}

/// Answers with the number of the process's start.
@Message
struct Visit: RPCMethod {
    enum Service: RPCService {
        static let name = "visits.v1"
        static let methods: [RPCMethodDeclaration] = [.unary(Visit.self)]
    }
    typealias Reply = Int
    static let name = "Visit"
    static let repetition = Repetition.unsafe
}

/// What happened, in order.
final class Steps: Sendable {
    private let steps = Mutex<[String]>([])
    var all: [String] { self.steps.withLock { $0 } }
    func add(_ step: String) { self.steps.withLock { $0.append(step) } }
}

extension TemporaryFolder {
    /// Whether there is something of that name in the folder.
    fileprivate func contains(_ name: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(
            atPath: self.file(String(name.prefix { $0 != "/" }))
        ).contains(String(name.drop { $0 != "/" }.dropFirst()))
    }
}
