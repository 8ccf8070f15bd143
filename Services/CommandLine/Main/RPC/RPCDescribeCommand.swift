import ArgumentParser
import CommandLineDomain
import JSONAPI
import RPC

/// Shows what a service's methods take and give.
struct RPCDescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Shows the messages of a service or of one method, with an example to send.",
        discussion: """
            Types are written as bool, int64, uint8, float64, text, bytes (base64 in JSON), any, \
            [element], {key: value}, with a ? where null may stand, or by name; named types \
            follow. The example has every field filled in and is accepted by `covenant rpc call`.

            EXAMPLE
              covenant rpc describe contracts.v1 --service contracts
              covenant rpc describe contracts.v1/Authorize --service contracts --json
            """)

    @Argument(help: "SERVICE or SERVICE/METHOD, as `covenant rpc list` names them.")
    var name: String

    @OptionGroup var service: ServiceOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        guard let name = MethodName(self.name) else {
            throw ValidationError("\(self.name) is not SERVICE or SERVICE/METHOD.")
        }
        try await ServiceConnection.with(self.service) { connection in
            let reply = try await connection.description(of: name)
            let page = ServicePage(reply.methods, types: reply.types)
            print(self.json ? page.json.text : page.lines.joined(separator: "\n"))
        }
    }
}
