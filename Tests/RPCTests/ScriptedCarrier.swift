import CBOR
import RPC
import Synchronization
import TestKit

/// A carrier that does with each call what it is told to, in order.
final class ScriptedCarrier: Sendable {
    enum Step: Sendable {
        case now(Result<[UInt8], any Error>)
        case later(Gate, Result<[UInt8], any Error>)
        /// Until it is cancelled.
        case never

        static func answer(_ value: some Encodable) -> Step { .now(Self.encoded(value)) }

        static func after(_ gate: Gate, _ value: some Encodable) -> Step {
            .later(gate, Self.encoded(value))
        }

        static func failAfter(_ gate: Gate, _ error: any Error) -> Step {
            .later(gate, .failure(error))
        }

        private static func encoded(_ value: some Encodable) -> Result<[UInt8], any Error> {
            Result { try CBOREncoder().encode(value) }
        }
    }

    private struct State {
        var steps: [Step]
        var calls: [RPCCall] = []
    }

    private let state: Mutex<State>
    private let begun = Tally()
    private let ended = Tally()
    private let cancelled = Tally()

    init(_ steps: [Step]) { self.state = Mutex(State(steps: steps)) }

    var calls: [RPCCall] { self.state.withLock { $0.calls } }

    func untilBegun(_ count: Int) async { await self.begun.reaches(count) }
    func untilEnded(_ count: Int) async { await self.ended.reaches(count) }
    func untilCancelled(_ count: Int) async { await self.cancelled.reaches(count) }

    var carry: Carry {
        { call in
            let step = self.state.withLock { state in
                state.calls.append(call)
                return state.steps.isEmpty ? Step.never : state.steps.removeFirst()
            }
            self.begun.add()
            defer { self.ended.add() }
            switch step {
            case .now(let result): return .message(try result.get())
            case .later(let gate, let result):
                await gate.pass()
                return .message(try result.get())
            case .never:
                let gate = Gate()
                await withTaskCancellationHandler {
                    await gate.pass()
                } onCancel: {
                    gate.open()
                }
                self.cancelled.add()
                throw CancellationError()
            }
        }
    }
}
