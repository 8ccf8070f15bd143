#if os(Linux)
    import Foundation
    import Testing

    #if canImport(Glibc)
        import Glibc
    #endif

    @Suite("A program that the suite starts", .serialized)
    struct SignalTests {
        @Test("can be asked to end: it blocks no signal", .timeLimit(.minutes(2)))
        func mask() async throws {
            try await RunningSuite.run { suite in
                // The edge keeps the mask it was started with; the services set their own.
                let edge = try await suite.processID(of: "edge")
                let status = try String(contentsOfFile: "/proc/\(edge)/status", encoding: .utf8)
                let blocked = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
                #expect(blocked == "SigBlk:\t0000000000000000")
                // So it is gone at once, and not when the grace is over.
                kill(edge, SIGTERM)
                let end = ContinuousClock.now + .seconds(10)
                var now = edge
                while now == edge, ContinuousClock.now < end {
                    now = (try? await suite.processID(of: "edge")) ?? edge
                }
                #expect(now != edge)
            }
        }
    }
#endif
