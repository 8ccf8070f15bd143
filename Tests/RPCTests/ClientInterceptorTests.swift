import CBOR
import RPC
import TestKit
import Testing

@Suite("Interceptors see calls and attempts")
struct ClientInterceptorTests {
    static let fast = RetryPolicy(firstWaitMilliseconds: 1)

    static func options(
        _ calls: [RPCClientInterceptor] = [], attempts: [RPCClientInterceptor] = []
    ) -> RPCClientOptions {
        var options = RPCClientOptions(timeout: .seconds(600), retry: self.fast)
        options.interceptors = calls
        options.attemptInterceptors = attempts
        return options
    }

    /// Writes its name and the method's when it wraps, and its name on every call.
    static func noting(_ name: String, in journal: Journal<String>) -> RPCClientInterceptor {
        { method, carry in
            journal.append("\(name) wraps \(method.name)")
            return { call in
                journal.append("\(name) \(call.context.attempt)")
                return try await carry(call)
            }
        }
    }

    @Test("they are wrapped once a method, the first outermost, attempts within calls")
    func order() async throws {
        let noted = Journal<String>()
        let carrier = FailingCarrier(
            [RPCError(.unavailable, "one")], then: try CBOREncoder().encode("hello"))
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: Self.options(
                [Self.noting("a", in: noted), Self.noting("b", in: noted)],
                attempts: [Self.noting("c", in: noted), Self.noting("d", in: noted)]))
        let wrapped = noted.entries
        #expect(wrapped.count == 4 * Greeter.methods.count)
        #expect(Set(wrapped).count == wrapped.count)
        _ = try await client.send(Greet(name: "Ada"))
        _ = try await client.send(Greet(name: "Ada"))
        #expect(
            noted.entries.dropFirst(wrapped.count) == [
                "a 1", "b 1", "c 1", "d 1", "c 2", "d 2", "a 1", "b 1", "c 1", "d 1",
            ])
    }

    @Test("an interceptor can answer, and can refuse")
    func answers() async throws {
        let refusal = RPCError(.permissionDenied, "not by me")
        let carrier = FailingCarrier([], then: [0x01])
        let client = RPCClient(
            Greeter.self, carry: carrier.carry,
            options: Self.options([
                { method, carry in
                    { call in
                        if method.name == "Charge" { throw refusal }
                        return .message(try CBOREncoder().encode("from the cache"))
                    }
                }
            ]))
        #expect(try await client.send(Greet(name: "Ada")) == "from the cache")
        await #expect(throws: refusal) { try await client.send(Charge(amount: 1)) }
        #expect(carrier.attempts.isEmpty)
    }
}
