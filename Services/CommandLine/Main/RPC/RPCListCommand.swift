import ArgumentParser
import CommandLineDomain
import JSONAPI
import RPC

/// Lists what a service serves.
struct RPCListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists every method a service serves: its kind and whether it may be repeated.",
        discussion: """
            A method is unary or streams. It is safe (changes nothing), idempotent (twice is \
            once) or unsafe.

            EXAMPLE
              covenant rpc list --service contracts --data ./data
              covenant rpc list --socket ./data/run/contracts.sock --json
            """)

    @OptionGroup var service: ServiceOptions

    @Flag(help: "Print one JSON array.")
    var json = false

    func run() async throws {
        try await ServiceConnection.with(self.service) { connection in
            let methods = try await connection.methods()
            if self.json {
                print(
                    JSON.array(
                        methods.map {
                            [
                                "service": .string($0.service), "method": .string($0.name),
                                "kind": .string($0.kind.rawValue),
                                "repetition": .string($0.repetition.rawValue),
                            ]
                        }
                    ).text)
                return
            }
            let rows = methods.map {
                ["\($0.service)/\($0.name)", $0.kind.rawValue, $0.repetition.rawValue]
            }
            for line in TextTable([["METHOD", "KIND", "REPETITION"]] + rows).lines { print(line) }
        }
    }
}
