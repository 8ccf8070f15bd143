import ArgumentParser
import CommandLineDomain
import RPC

/// Measures one method.
struct RPCBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Calls a method many times and prints how long the answers took.",
        discussion: """
            Every call carries the same message. Printed are the calls a second, the times within \
            which half, 90 % and 99 % of the calls were answered, the errors by code, and the \
            processor time of this program a call. Calls are not repeated.

            A method that is unsafe is refused unless --allow-unsafe says that calling it so often \
            is meant.

            EXAMPLE
              covenant rpc bench health.v1/Check --service identity --calls 100000 --in-flight 64
            """)

    @Argument(help: "SERVICE/METHOD of a unary method.")
    var method: String

    @Argument(help: "The message: JSON, @FILE, or - for standard input.")
    var message = "{}"

    @OptionGroup var service: ServiceOptions

    @Option(help: "How many calls to make, 1 to 100000000.")
    var calls = 10_000

    @Option(help: "How many calls are under way at once, 1 to 10000.")
    var inFlight = 16

    @Option(help: "How many connections they share, 1 to 256 and not more than --in-flight.")
    var connections = 1

    @Option(help: "Seconds until a call is given up.")
    var timeout = 10.0

    @Flag(help: "Measure a method even if calling it twice is not the same as once.")
    var allowUnsafe = false

    func validate() throws {
        guard (1...100_000_000).contains(self.calls) else {
            throw ValidationError("--calls is 1 to 100000000.")
        }
        guard (1...10_000).contains(self.inFlight) else {
            throw ValidationError("--in-flight is 1 to 10000.")
        }
        guard (1...256).contains(self.connections), self.connections <= self.inFlight else {
            throw ValidationError("--connections is 1 to 256 and not more than --in-flight.")
        }
        try Seconds.check(self.timeout)
    }

    func run() async throws {
        let name = try MethodName(calling: self.method)
        let text = try MessageSource.text(self.message)
        try await ServiceConnection.with(self.service) { connection in
            let method = try await connection.method(name)
            try self.admit(method.declaration)
            let load = CallLoad(
                path: .of(method.declaration), body: try method.request(text), calls: self.calls,
                inFlight: self.inFlight, timeout: .seconds(self.timeout))
            var carriers = [connection]
            for _ in 1..<self.connections {
                carriers.append(try ServiceConnection.open(self.service))
            }
            let result = await load.run(on: carriers.map(\.carry))
            for carrier in carriers.dropFirst() { await carrier.close() }
            for line in result.lines { StandardOutput.say(line) }
            if result.figures.answeredCount == 0, let failure = result.figures.failures.first {
                throw ExitCode(ExitStatus.of(failure.code))
            }
        }
    }

    private func admit(_ method: RPCMethodDeclaration) throws {
        guard method.kind == .unary else {
            throw ValidationError("\(self.method) streams; only unary methods are measured.")
        }
        guard method.repetition != .unsafe || self.allowUnsafe else {
            throw ValidationError(
                "\(self.method) is unsafe: every call changes something. Give --allow-unsafe to "
                    + "make \(self.calls) calls all the same.")
        }
    }
}
