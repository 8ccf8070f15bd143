import RPC
import Synchronization

extension CarrierConformance {
    /// The calls that end only when somebody ends them, of each kind.
    private static let endless:
        [(name: String, call: @Sendable (RPCClient<CarrierProbe>) async throws -> Void)] = [
            (
                "a unary call",
                { _ = try await $0.send(CarrierProbe.Ask(text: "", manner: .wait)) }
            ),
            (
                "a streamed answer",
                { client in
                    let elements = try await client.stream(
                        CarrierProbe.Count(upTo: 3, manner: .wait))
                    _ = try await Self.all(elements)
                }
            ),
            (
                "a streamed request",
                { client in
                    let (silence, _) = AsyncStream.makeStream(of: [UInt8].self)
                    _ = try await client.send(CarrierProbe.Sum(start: 0), elements: silence)
                }
            ),
            (
                "a conversation",
                { client in
                    let (silence, _) = AsyncStream.makeStream(of: String.self)
                    let elements = try await client.stream(
                        CarrierProbe.Converse(greeting: ""), elements: silence)
                    _ = try await Self.all(elements)
                }
            ),
        ]

    static let endings: [CarrierConformance] =
        Self.endless.map { name, call in
            CarrierConformance("\(name) ends at its deadline, and its handler is cancelled") {
                client, state in
                var context = CallContext.current
                context.deadline = .now + .milliseconds(200)
                try await CallContext.$current.withValue(context) {
                    try await Self.failure(.deadlineExceeded) { try await call(client) }
                }
                // On a busy machine the deadline may come before the handler.
                if state.waits.isOpen { await state.cancelled.pass() }
            }
        }
        + Self.endless.map { name, call in
            CarrierConformance("\(name) that is cancelled cancels its handler") { client, state in
                let task = Task { try await call(client) }
                // A stream is opened before it is read: the handler has to be waiting.
                await state.waits.pass()
                task.cancel()
                try await Self.failure(.canceled) { try await task.value }
                await state.cancelled.pass()
            }
        }
        + [
            CarrierConformance("a call whose deadline has passed is not begun") { client, state in
                var context = CallContext.current
                context.deadline = .now - .seconds(1)
                try await CallContext.$current.withValue(context) {
                    try await Self.failure(.deadlineExceeded) {
                        try await client.send(CarrierProbe.Ask(text: ""))
                    }
                }
                try expect(state.seen.withLock { $0 == nil }, "the handler ran")
            }
        ]
}
