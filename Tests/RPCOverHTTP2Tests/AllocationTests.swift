import CAllocationCounter
import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import TestKit
import Testing

/// What a call asks of the heap, at each end, counted on an event loop of its own.
@Suite("Allocations of a call", .timeLimit(.minutes(1)))
struct AllocationTests {
    static let calls = 2000
    /// A debug build's; `deploy/bench` tells those of a release. Raise them only with a reason.
    static let serverAllocationsMax: UInt64 = 40
    static let clientAllocationsMax: UInt64 = 28

    #if os(Linux)
        @Test("stay within their bounds")
        func bounds() async throws {
            let groups = (0..<2).map { _ in MultiThreadedEventLoopGroup(numberOfThreads: 1) }
            let folder = try TemporaryFolder()
            let listener = try await RPCListener.bind(
                to: .unixSocket(path: folder.file("s")), router: try CarrierTests.router(),
                group: groups[0], logger: CarrierTests.logger)
            let peer = RPCPeer([listener.address], group: groups[1])
            let client = RPCClient(TestService.self, carry: peer.carry)
            let loops = groups.map { $0.next() }
            try await Self.call(client, on: loops[1])
            let before = try await Self.allocations(on: loops)
            try await Self.call(client, on: loops[1])
            let after = try await Self.allocations(on: loops)
            let counts = zip(before, after).map { ($1 - $0) / UInt64(Self.calls) }
            #expect((1...Self.serverAllocationsMax).contains(counts[0]))
            #expect((1...Self.clientAllocationsMax).contains(counts[1]))
            await peer.shutDown()
            await listener.drain(grace: .seconds(1))
            for group in groups { try await group.shutdownGracefully() }
        }
    #endif

    private static func call(
        _ client: RPCClient<TestService>, on loop: any EventLoop
    ) async throws {
        let text = String(repeating: "x", count: 100)
        try await CallContext.$current.withValue(CallContext(trace: TraceContext())) {
            try await withTaskExecutorPreference(LoopExecutor.on(loop)) {
                for _ in 0..<self.calls { _ = try await client.send(Echo(text: text)) }
            }
        }
    }

    private static func allocations(on loops: [any EventLoop]) async throws -> [UInt64] {
        var counts: [UInt64] = []
        for loop in loops {
            counts.append(try await loop.submit { allocations_of_this_thread() }.get())
        }
        return counts
    }
}
