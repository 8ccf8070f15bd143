public import RPC

/// A way to carry calls, to be put through ``CarrierConformance``.
public protocol CarrierUnderTest: Sendable {
    /// Calls `body` with a carrier to `router`, whose callers are not named, and ends it afterwards.
    func withCarrier(
        to router: RPCRouter, _ body: @Sendable (@escaping Carry) async throws -> Void
    ) async throws
}

/// What every implementation of `Carry` does, as checks that take an implementation.
///
/// ```swift
/// @Test("calls in process are carried as any", arguments: CarrierConformance.cases)
/// func conforms(_ conformance: CarrierConformance) async throws {
///     try await conformance.check(InProcess())
/// }
/// ```
public struct CarrierConformance: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Checks a carrier; throws ``ConformanceFailure`` when it does something else.
    public let check: @Sendable (any CarrierUnderTest) async throws -> Void

    /// A check on a client of the probe service.
    init(
        _ description: String,
        _ check:
            @escaping @Sendable (RPCClient<CarrierProbe>, CarrierProbe.State) async throws -> Void
    ) {
        self.description = description
        self.check = { carrier in
            let state = CarrierProbe.State()
            let router = try RPCRouter([CarrierProbe.routes(state)], access: .everyone)
            try await carrier.withCarrier(to: router) { carry in
                let options = RPCClientOptions(retry: .never)
                try await check(RPCClient(carry: carry, options: options), state)
            }
        }
    }

    /// Every check.
    public static let cases: [CarrierConformance] =
        Self.messages + Self.metadata + Self.streams + Self.endings

    /// Throws unless `work` fails with `code`; returns the error.
    @discardableResult
    static func failure<Result: Sendable>(
        _ code: RPCError.Code, _ work: () async throws -> Result
    ) async throws -> RPCError {
        do {
            let result = try await work()
            throw ConformanceFailure(description: "\(code) was to be, and not \(result)")
        } catch let error as RPCError {
            try expect(error.code == code, "\(code) was to be, and not \(error)")
            return error
        }
    }

    /// Everything a stream gives.
    static func all<Element: Sendable>(_ elements: RPCElements<Element>) async throws -> [Element] {
        var all: [Element] = []
        for try await element in elements { all.append(element) }
        return all
    }
}
