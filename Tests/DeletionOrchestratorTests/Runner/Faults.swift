import RPC
import Synchronization
import TestKit

/// Makes calls fail at chosen places.
final class Faults: Sendable {
    /// What becomes of a call.
    enum Fault: CaseIterable, Sendable {
        /// It is carried out and answered.
        case none
        /// It never arrives.
        case lost
        /// It is carried out and the answer never arrives.
        case answerLost
        /// It is carried out twice and answered the second time.
        case doubled
        /// The caller is killed before it is sent.
        case killedBefore
        /// The caller is killed after it was carried out, before it could note the answer.
        case killedAfter
    }

    private struct State {
        var count = 0
        var inFlight = 0
        var inFlightMax = 0
        var choose: @Sendable (Int) -> Fault
    }

    private let state: Mutex<State>
    private let gate: Gate?
    /// How many calls are under way, told when one begins.
    let (arrivals, arriving) = AsyncStream.makeStream(of: Int.self)

    /// Chooses what becomes of each call by its number, from 0; none gets past a gate that is shut.
    init(gate: Gate? = nil, _ choose: @escaping @Sendable (Int) -> Fault = { _ in .none }) {
        self.gate = gate
        self.state = Mutex(State(choose: choose))
    }

    /// Calls made so far.
    var count: Int { self.state.withLock { $0.count } }

    /// The most calls that were under way at once.
    var inFlightMax: Int { self.state.withLock { $0.inFlightMax } }

    /// Chooses anew, counting from 0.
    func restart(_ choose: @escaping @Sendable (Int) -> Fault) {
        self.state.withLock { state in
            state.count = 0
            state.choose = choose
        }
    }

    func inject(into carry: @escaping Carry) -> Carry {
        { call in
            self.begin()
            defer { self.state.withLock { $0.inFlight -= 1 } }
            await self.gate?.pass()
            switch self.next() {
            case .none: return try await carry(call)
            case .lost: throw RPCError(.unavailable, "lost")
            case .answerLost:
                _ = try await carry(call)
                throw RPCError(.deadlineExceeded, "the answer was lost")
            case .doubled:
                _ = try await carry(call)
                return try await carry(call)
            case .killedBefore: throw Self.kill()
            case .killedAfter:
                _ = try await carry(call)
                throw Self.kill()
            }
        }
    }

    private func begin() {
        let inFlight = self.state.withLock { state in
            state.inFlight += 1
            state.inFlightMax = max(state.inFlightMax, state.inFlight)
            return state.inFlight
        }
        self.arriving.yield(inFlight)
    }

    private func next() -> Fault {
        self.state.withLock { state in
            defer { state.count += 1 }
            return state.choose(state.count)
        }
    }

    private static func kill() -> CancellationError {
        withUnsafeCurrentTask { $0?.cancel() }
        return CancellationError()
    }
}
