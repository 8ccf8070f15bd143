import RPC
import Testing

@testable import Bootstrap

@Suite("What the configuration says of single methods")
struct RPCRulesTests {
    private static func load(_ file: String) throws -> RPCRules {
        try ConfigurationLoader(
            settings: StandardSettings.all(of: "shop", peers: []),
            arguments: ["shop", "--config", "c"], environment: [:]
        ) { _, _ in file }.load().rpcRules
    }

    @Test("limits are read, each for its method")
    func limits() throws {
        let rules = try Self.load(
            """
            rpc:
              allow:
                Buy: [bank]
              limits:
                Buy: {request-bytes-max: 1000, timeout-milliseconds-max: 2000, running-max: 3}
                Sell: {reply-bytes-max: 10, timeout-milliseconds-default: 20, long: true}
            """)
        #expect(rules.allowedCallers == ["Buy": ["bank"]])
        var buy = RPCMethodLimits()
        buy.requestBytesMax = 1000
        buy.timeoutMillisecondsMax = 2000
        buy.runningMax = 3
        var sell = RPCMethodLimits()
        sell.replyBytesMax = 10
        sell.timeoutMillisecondsDefault = 20
        sell.isLong = true
        #expect(rules.limits == ["Buy": buy, "Sell": sell])
    }

    @Test(
        "what makes no sense is named with its place",
        arguments: [
            (
                "rpc: {limits: {Buy: {bytes: 1}}}",
                "rpc.limits.Buy.bytes in c is not a limit that is known: these are "
                    + "reply-bytes-max, request-bytes-max, running-max, "
                    + "timeout-milliseconds-default, timeout-milliseconds-max, long"
            ),
            (
                "rpc: {limits: {Buy: {running-max: 0}}}",
                "rpc.limits.Buy.running-max in c must be a whole number of at least 1, not \"0\""
            ),
            (
                "rpc: {limits: {Buy: {running-max: many}}}",
                "rpc.limits.Buy.running-max in c must be a whole number of at least 1, not \"many\""
            ),
            (
                "rpc: {limits: {Buy: {long: 1}}}",
                "rpc.limits.Buy.long in c must be true or false"
            ),
            (
                "rpc: {limits: {Buy: {running-max: [1]}}}",
                "rpc.limits.Buy.running-max in c must be one value"
            ),
            (
                "rpc: {limits: {Buy: 1}}",
                "rpc.limits.Buy in c is not a setting that is known"
            ),
            ("rpc: {allow: {Buy: bank}}", "rpc.allow.Buy in c must be a list of peers"),
        ])
    func faults(file: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.load(file) }
        #expect(error?.description == message)
    }
}
