import RPC
import Synchronization

extension CarrierConformance {
    static let streams: [CarrierConformance] = [
        CarrierConformance("a streamed answer gives its elements in order and ends") { client, _ in
            for count in [0, 1, 1000] {
                let numbers = try await Self.all(client.stream(CarrierProbe.Count(upTo: count)))
                try expect(numbers == Array(0..<count), "\(count) became \(numbers)")
            }
        },
        CarrierConformance("a streamed answer may fail before it begins, and at its end") {
            client, _ in
            try await Self.failure(.failedPrecondition) {
                try await client.stream(CarrierProbe.Count(upTo: 1, manner: .fail))
            }
            let elements = try await client.stream(CarrierProbe.Count(upTo: 1, manner: .failLate))
            var iterator = elements.makeAsyncIterator()
            let first = try await iterator.next()
            try expect(first == 0, "the element before the error")
            try await Self.failure(.failedPrecondition) { try await iterator.next() }
            let after = try await iterator.next()
            try expect(after == nil, "nothing after the error")
        },
        CarrierConformance("a streamed request is answered once it has ended") { client, state in
            for count in [0, 1, 1000] {
                let elements = Elements(count) { _ in [UInt8](repeating: 1, count: 3) }
                let sum = try await client.send(CarrierProbe.Sum(start: 7), elements: elements.all)
                try expect(sum == 7 + 3 * count, "\(count) elements sum to \(sum)")
            }
            try expect(state.handled.withLock { $0 == 1001 }, "elements taken")
        },
        CarrierConformance("a streamed request may be answered before it has ended") { client, _ in
            let elements = Elements(nil) { _ in [UInt8](repeating: 0, count: 10_000) }
            let sum = try await client.send(
                CarrierProbe.Sum(start: 7, manner: .hurry), elements: elements.all)
            try expect(sum == 7, "\(sum)")
            let failed = Elements(nil) { _ in [UInt8](repeating: 0, count: 10_000) }
            try await Self.failure(.failedPrecondition) {
                try await client.send(
                    CarrierProbe.Sum(start: 7, manner: .fail), elements: failed.all)
            }
        },
        CarrierConformance("elements are asked for only as the peer takes them") { client, state in
            let widest = Mutex(0)
            let elements = Elements(400) { number in
                let lead = number - state.handled.withLock { $0 }
                widest.withLock { $0 = max($0, lead) }
                return [UInt8](repeating: 0, count: 64 * 1024)
            }
            _ = try await client.send(CarrierProbe.Sum(start: 0), elements: elements.all)
            let lead = widest.withLock { $0 }
            try expect(lead <= 64, "\(lead) elements of 64 KiB were under way")
        },
        CarrierConformance("a conversation goes back and forth") { client, _ in
            let (mine, say) = AsyncStream.makeStream(of: String.self)
            let theirs = try await client.stream(
                CarrierProbe.Converse(greeting: "well?"), elements: mine)
            var iterator = theirs.makeAsyncIterator()
            var heard = try await iterator.next()
            try expect(heard == "well?", "\(heard ?? "nothing")")
            for word in ["a", "b", "c"] {
                say.yield(word)
                heard = try await iterator.next()
                try expect(heard == "you say \(word)", "\(heard ?? "nothing")")
            }
            say.finish()
            heard = try await iterator.next()
            try expect(heard == nil, "\(heard ?? "nothing")")
        },
        CarrierConformance("either side may end a conversation, and fail it") { client, _ in
            let endless = Elements(nil) { "\($0)" }
            let short = try await Self.all(
                client.stream(
                    CarrierProbe.Converse(greeting: "bye", manner: .hurry), elements: endless.all))
            try expect(short == ["bye"], "\(short)")
            let two = Elements(2) { "\($0)" }
            let error = try await Self.failure(.failedPrecondition) {
                try await Self.all(
                    client.stream(
                        CarrierProbe.Converse(greeting: "", manner: .failLate), elements: two.all))
            }
            try expect(error.message == CarrierProbe.refusal.message, "\(error)")
        },
        CarrierConformance("elements that fail cancel the call and are what it fails with") {
            client, state in
            let failing = AsyncThrowingStream<[UInt8], any Error> {
                await state.began.pass()
                throw RPCError(.aborted, "!")
            }
            try await Self.failure(.aborted) {
                try await client.send(CarrierProbe.Sum(start: 0), elements: failing)
            }
            await state.cancelled.pass()
        },
    ]
}

/// Elements made as they are asked for.
final class Elements<Element: Sendable>: Sendable {
    let all: AsyncStream<Element>

    /// - Parameter count: how many; without end when `nil`.
    init(_ count: Int?, _ make: @escaping @Sendable (Int) -> Element) {
        let next = Mutex(0)
        self.all = AsyncStream {
            let number = next.withLock { number in
                defer { number += 1 }
                return number
            }
            if let count, number >= count { return nil }
            return Task.isCancelled ? nil : make(number)
        }
    }
}
