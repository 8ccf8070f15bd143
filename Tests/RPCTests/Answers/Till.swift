import RPC
import Synchronization
import TestKit

/// A service whose effects can be counted.
enum Till: RPCService {
    static let name = "till.v1"
    static let methods: [RPCMethodDeclaration] = [
        .unary(Pay.self), .unary(Settle.self), .stream(Receipts.self),
    ]
}

/// Twice is twice.
@Message
struct Pay: RPCMethod {
    typealias Service = Till
    typealias Reply = Int
    static let name = "Pay"
    static let repetition = Repetition.unsafe
    var amount: Int
}

/// Twice is once.
@Message
struct Settle: RPCMethod {
    typealias Service = Till
    typealias Reply = Int
    static let name = "Settle"
    static let repetition = Repetition.idempotent
    var amount: Int
}

@Message
struct Receipts: RPCStreamMethod {
    typealias Service = Till
    typealias Element = Int
    static let name = "Receipts"
    static let repetition = Repetition.unsafe
}

/// What happens behind the till.
final class TillState: Sendable {
    private let total = Mutex(0)
    private let failures = Mutex<[any Error]>([])
    let began = Gate()
    let mayEnd = Gate()
    let waits: Bool

    init(failures: [any Error] = [], waits: Bool = false) {
        self.failures.withLock { $0 = failures }
        self.waits = waits
    }

    /// What was paid so far.
    var paid: Int { self.total.withLock { $0 } }

    func pay(_ amount: Int) async throws -> Int {
        let total = self.total.withLock { total in
            total += amount
            return total
        }
        let failure = self.failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let failure { throw failure }
        self.began.open()
        if self.waits { await self.mayEnd.pass() }
        return total
    }

    var routes: RPCRoutes<Till> {
        var routes = RPCRoutes(Till.self)
        routes.on(Pay.self) { try await self.pay($0.amount) }
        routes.on(Settle.self) { try await self.pay($0.amount) }
        routes.onStream(Receipts.self) { _ in AsyncStream<Int> { $0.finish() } }
        return routes
    }

    func client(
        as caller: PeerName? = PeerName("shop"), answers: (any AnswerStore)?,
        limits: RPCServerLimits = RPCServerLimits(), retry: RetryPolicy = .never
    ) throws -> RPCClient<Till> {
        let router = try RPCRouter(
            [self.routes], access: .everyone, limits: limits, answers: answers)
        return RPCClient(
            Till.self, carry: router.carry(as: caller),
            options: RPCClientOptions(timeout: .seconds(600), retry: retry))
    }
}
