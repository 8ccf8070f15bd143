import RPC
import Synchronization

extension CarrierConformance {
    static let messages: [CarrierConformance] = [
        CarrierConformance("a request is answered") { client, _ in
            let reply = try await client.send(CarrierProbe.Ask(text: "hello"))
            try expect(reply.text == "hello", "the reply says \(reply.text)")
        },
        CarrierConformance("criticality, key, attempt, trace and deadline travel along") {
            client, state in
            var context = CallContext.current
            context.trace = TraceContext()
            context.criticality = .critical
            context.deadline = .now + .seconds(60)
            try await CallContext.$current.withValue(context) {
                _ = try await client.send(CarrierProbe.Ask(text: ""), idempotencyKey: "k")
            }
            let seen = state.seen.withLock { $0 }
            try expect(seen?.criticality == .critical, "criticality")
            try expect(seen?.idempotencyKey == "k", "idempotency key")
            try expect(seen?.attempt == 1, "attempt")
            try expect(seen?.trace?.traceID == context.trace?.traceID, "trace")
            try expect(seen?.trace?.spanID != context.trace?.spanID, "a span of its own")
            let remaining = seen?.deadline.map { MonotonicInstant.now.duration(to: $0) }
            try expect(remaining.map { $0 < .seconds(60) } ?? false, "deadline")
        },
        CarrierConformance("an error crosses with everything it says") { client, _ in
            let error = try await Self.failure(.failedPrecondition) {
                try await client.send(CarrierProbe.Ask(text: "", manner: .fail))
            }
            try expect(error == CarrierProbe.refusal, "\(error)")
        },
        CarrierConformance("a request that cannot be read is invalid") { client, state in
            try await Self.failure(.invalidArgument) {
                try await client.send(CarrierProbe.Unreadable())
            }
            try expect(state.seen.withLock { $0 == nil }, "the handler ran")
        },
        CarrierConformance("a method that nobody has is unimplemented") { client, _ in
            try await Self.failure(.unimplemented) {
                try await client.send(CarrierProbe.Nothing())
            }
        },
    ]

    static let metadata: [CarrierConformance] = [
        CarrierConformance("metadata goes both ways beside a message") { client, state in
            var said: RPCMetadata = ["tenant": "blue", "tenant": "green"]
            said.append("seal-bin", [0, 255, 62, 63])
            let reply = try await client.exchange(CarrierProbe.Ask(text: ""), metadata: said)
            try expect(state.seen.withLock { $0?.metadata } == said, "the handler heard it")
            try expect(reply.metadata == said, "the caller heard \(reply.metadata)")
        },
        CarrierConformance("a stream's metadata comes before it and after it") { client, _ in
            var said: RPCMetadata = ["tenant": "blue"]
            said.append("seal-bin", [1])
            let elements = try await client.stream(CarrierProbe.Count(upTo: 3), metadata: said)
            try expect(elements.leading.first("tenant") == "blue", "\(elements.leading)")
            try expect(elements.trailing.isEmpty, "nothing trails a stream that has not ended")
            let numbers = try await Self.all(elements)
            try expect(numbers == [0, 1, 2], "\(numbers)")
            try expect(elements.trailing.bytes("seal-bin") == [[1]], "\(elements.trailing)")
        },
        CarrierConformance("a stream that fails says its metadata in the error") { client, _ in
            var said = RPCMetadata()
            said.append("seal-bin", [1])
            let elements = try await client.stream(
                CarrierProbe.Count(upTo: 1, manner: .failLate), metadata: said)
            let error = try await Self.failure(.failedPrecondition) {
                try await Self.all(elements)
            }
            try expect(error.metadata.first("reason") == "tired", "\(error.metadata)")
            try expect(error.metadata.bytes("seal-bin") == [[1]], "\(error.metadata)")
            try expect(error.details == CarrierProbe.refusal.details, "\(error.details)")
            try expect(error.retryPushbackMilliseconds == 250, "pushback")
        },
        CarrierConformance("metadata that may not be sent never leaves") { client, state in
            for name in ["rpc-version", "authorization", "Tenant", "a b", "", "te"] {
                var said = RPCMetadata()
                said.append(name, "x")
                try await Self.failure(.invalidArgument) {
                    try await client.send(CarrierProbe.Ask(text: ""), metadata: said)
                }
            }
            let long: RPCMetadata = ["tenant": String(repeating: "x", count: 9000)]
            try await Self.failure(.resourceExhausted) {
                try await client.send(CarrierProbe.Ask(text: ""), metadata: long)
            }
            try expect(state.seen.withLock { $0 == nil }, "the handler ran")
        },
        CarrierConformance("a handler that says what may not be said fails inside") { client, _ in
            try await Self.failure(.internal) {
                try await client.send(CarrierProbe.Ask(text: "", manner: .babble))
            }
            try await Self.failure(.internal) {
                try await Self.all(client.stream(CarrierProbe.Count(upTo: 1, manner: .babble)))
            }
        },
    ]
}
