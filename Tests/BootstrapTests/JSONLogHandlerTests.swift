import JSONAPI
import Logging
import PublicHTTP
import RPC
import Synchronization
import TestKit
import Testing

@testable import Bootstrap

@Suite("Logs")
struct JSONLogHandlerTests {
    /// Keeps lines instead of writing them.
    final class Lines: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        var text: String { String(decoding: self.bytes.withLock { $0 }, as: UTF8.self) }
        func add(_ line: [UInt8]) { self.bytes.withLock { $0 += line } }
    }

    struct Failure: Error {}

    private let lines = Lines()

    private func logger() -> Logger {
        Logger(label: "storage") { label in
            JSONLogHandler(
                service: "identity", label: label, level: .info,
                clock: ManualWallClock(milliseconds: 1_795_314_645_678), output: self.lines.add)
        }
    }

    @Test("a line has the same members in the same order")
    func line() {
        self.logger().warning(
            "it \"broke\"", error: Failure(),
            metadata: [
                "contract_id": "5b87aded2dfb980011537690", "count": .stringConvertible(3),
                "message": "mine", "list": ["a", ["k": "v"]],
            ])
        #expect(
            self.lines.text == """
                {"time":"2026-11-22T02:30:45.678Z","level":"warning","service":"identity",\
                "logger":"storage","message":"it \\"broke\\"","error":"Failure()",\
                "contract_id":"5b87aded2dfb980011537690","count":3,"list":["a",{"k":"v"}],\
                "message_":"mine"}\n
                """)
    }

    @Test("a secret never shows, however it is put")
    func redaction() {
        let secret = Secret("hunter2")
        let logger = self.logger()
        logger.error("\(secret)", metadata: ["a": "\(secret)", "b": .stringConvertible(secret)])
        logger.error("x", metadata: ["c": ["d": .array([.stringConvertible(secret)])]])
        logger.error("\([secret]) \(["k": secret]) \(String(describing: Optional(secret)))")
        logger.error("\(String(reflecting: secret))")
        var dumped = ""
        dump(secret, to: &dumped)
        logger.error("\(dumped)")
        #expect(!self.lines.text.contains("hunter2"))
        #expect(self.lines.text.contains("[redacted]"))
    }

    @Test("the running call's trace and request are on every line")
    func context() throws {
        let trace = try #require(
            TraceContext(
                traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        PublicRequest.$currentID.withValue("r-1") {
            CallContext.$current.withValue(CallContext(trace: trace)) {
                self.logger().info("x")
            }
        }
        let line = try JSON(parsing: self.lines.text)
        #expect(line["trace_id"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(line["request_id"] == "r-1")
    }

    @Test("levels below the logger's are not written")
    func levels() {
        self.logger().debug("x")
        #expect(self.lines.text.isEmpty)
    }

    @Test(
        "times are told as RFC 3339 has them",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ])
    func times(milliseconds: Int64, text: String) {
        #expect(Timestamp.rfc3339(millisecondsSince1970: milliseconds) == text)
    }
}
