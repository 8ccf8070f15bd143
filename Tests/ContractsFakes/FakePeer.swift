import CBOR
package import RPC
import Synchronization

/// A peer that answers what a test teaches it; bytes are encoded and decoded as on the wire.
package final class FakePeer<Service: RPCService>: Sendable {
    private typealias Handler = @Sendable ([UInt8]) async throws -> [UInt8]

    private struct State {
        var handlers: [String: Handler] = [:]
        var isAway = false
        var calls: [String] = []
    }

    private let state = Mutex(State())

    /// Makes a peer that knows nothing.
    package init() {}

    /// Teaches an answer; the last one counts.
    package func on<Method: RPCMethod>(
        _: Method.Type, _ answer: @escaping @Sendable (Method) async throws -> Method.Reply
    ) where Method.Service == Service {
        let path = MethodPath.of(Method.self).text
        self.state.withLock { state in
            state.handlers[path] = { body in
                try CBOREncoder().encode(
                    try await answer(CBORDecoder().decode(Method.self, from: body)))
            }
        }
    }

    /// Whether the peer cannot be reached.
    package var isAway: Bool {
        get { self.state.withLock { $0.isAway } }
        set { self.state.withLock { $0.isAway = newValue } }
    }

    /// The names of the methods called so far, in order.
    package var calls: [String] { self.state.withLock { $0.calls } }

    /// A client that tries once.
    package var client: RPCClient<Service> {
        RPCClient(
            Service.self, carry: { try await self.answer($0) },
            options: RPCClientOptions(retry: .never))
    }

    private func answer(_ call: RPCCall) async throws -> RPCAnswer {
        let handler = try self.state.withLock { state in
            guard !state.isAway else {
                throw CarryFailure(RPCError(.unavailable, "\(Service.name) is away"))
            }
            state.calls.append(call.path.declaration.name)
            return state.handlers[call.path.text]
        }
        guard let handler else {
            throw RPCError(.unimplemented, "nobody taught \(call.path.text)")
        }
        return .message(try await handler(call.body))
    }
}
