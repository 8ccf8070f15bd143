import ArgumentParser
import CBOR
import CommandLineDomain
import Foundation
import JSONAPI
import RPC

/// Calls one method.
struct RPCCallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls a method: JSON in, JSON out; a stream is one line an item.",
        discussion: """
            The message is checked against the method's shape before anything is sent; what does \
            not fit is named with its place (a JSON pointer). Byte strings are base64. A message \
            is written on the command line, read from a file (@FILE) or from standard input (-); \
            without one it is {}. A method that takes a stream reads its further items from \
            standard input, one JSON value a line, each sent as soon as it is read.

            Nothing is repeated: what is printed is what happened once. The exit status tells how \
            a call failed; see `covenant rpc --help`.

            EXAMPLE
              covenant rpc call identity.v1/ListRoles --service identity \\
                '{"tenant": "5b87aded2dfb980011537690"}'
              covenant rpc call health.v1/Watch --service identity --timeout 60
              covenant rpc call health.v1/Check --service identity --get --verbose
            """)

    @Argument(help: "SERVICE/METHOD, as `covenant rpc list` names it.")
    var method: String

    @Argument(help: "The message: JSON, @FILE, or - for standard input.")
    var message = "{}"

    @OptionGroup var service: ServiceOptions

    @Option(help: "Seconds until the call is given up; 10 when a single message answers another.")
    var timeout: Double?

    @Option(help: "NAME:VALUE to send along; the VALUE of a NAME that ends in -bin is base64.")
    var metadata: [String] = []

    @Option(help: "Makes an unsafe method repeatable: the same key gives the same answer.")
    var idempotencyKey: String?

    @Flag(help: "Send a GET, which caches understand; for safe unary methods.")
    var get = false

    @Flag(help: "Show on standard error what goes and comes beside the messages.")
    var verbose = false

    func validate() throws {
        if let timeout { try Seconds.check(timeout) }
        _ = try self.checkedMetadata()
    }

    func run() async throws {
        let name = try MethodName(calling: self.method)
        let text = try MessageSource.text(self.message)
        try await ServiceConnection.with(self.service) { connection in
            let method = try await connection.method(name)
            try self.admit(method.declaration)
            var call = RPCCall(
                path: .of(method.declaration), body: try method.request(text),
                context: try self.context(of: method.declaration))
            call.prefersGET = self.get
            let elements = method.declaration.kind.streamsRequest ? InputElements(of: method) : nil
            call.elements = elements?.encoded
            if self.verbose { Self.show(call) }
            do {
                try await self.answer(to: call, of: method, over: connection)
            } catch {
                throw elements?.failure ?? error
            }
        }
    }

    private func answer(
        to call: RPCCall, of method: ShapedMethod, over connection: ServiceConnection
    ) async throws {
        switch try await connection.carry(call) {
        case .message(let bytes, let metadata):
            if self.verbose { Self.show(metadata, "<") }
            StandardOutput.say(try method.reply(bytes).text)
        case .messages(let messages):
            if self.verbose { Self.show(messages.leading, "<") }
            for try await bytes in messages { StandardOutput.say(try method.reply(bytes).text) }
            if self.verbose { Self.show(messages.trailing, "< at the end") }
        }
    }

    /// Refuses what the options do not go with.
    private func admit(_ method: RPCMethodDeclaration) throws {
        if self.get, method.kind != .unary || method.repetition != .safe {
            throw ValidationError(
                "\(self.method) is \(ServicePage.manner(of: method)); --get is for safe unary "
                    + "methods.")
        }
        if method.kind.streamsRequest, self.message == "-" {
            throw ValidationError(
                "\(self.method) takes a stream, which is read from standard input: the message "
                    + "itself has to come from elsewhere.")
        }
    }

    private func context(of method: RPCMethodDeclaration) throws -> CallContext {
        let seconds = self.timeout ?? (method.kind == .unary ? 10 : nil)
        return CallContext(
            deadline: seconds.map { .now + .seconds($0) }, trace: TraceContext(),
            idempotencyKey: self.idempotencyKey, metadata: try self.checkedMetadata())
    }

    /// What `--metadata` says.
    private func checkedMetadata() throws -> RPCMetadata {
        var metadata = RPCMetadata()
        for text in self.metadata {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw ValidationError("--metadata \(text) is not NAME:VALUE.")
            }
            let value = parts[1].drop { $0 == " " }
            guard parts[0].hasSuffix("-bin") else {
                metadata.append(String(parts[0]), String(value))
                continue
            }
            guard let bytes = Data(base64Encoded: String(value)) else {
                throw ValidationError("--metadata \(text): the value is not base64.")
            }
            metadata.append(String(parts[0]), [UInt8](bytes))
        }
        if let problem = metadata.problem { throw ValidationError(problem.error.message) }
        return metadata
    }

    // MARK: What is shown

    private static func show(_ call: RPCCall) {
        StandardError.say("> \(call.prefersGET ? "GET" : "POST") \(call.path.text)")
        if let deadline = call.context.deadline {
            let rest = MonotonicInstant.now.duration(to: deadline) / .milliseconds(1)
            StandardError.say("> rpc-timeout-ms: \(Int(rest.rounded(.up)))")
        }
        if let trace = call.context.trace {
            StandardError.say("> traceparent: \(trace.traceparent)")
        }
        if let key = call.context.idempotencyKey { StandardError.say("> idempotency-key: \(key)") }
        self.show(call.context.metadata, ">")
    }

    private static func show(_ metadata: RPCMetadata, _ direction: String) {
        for entry in metadata.entries {
            let value: String =
                switch entry.value {
                case .text(let text): text
                case .bytes(let bytes): Data(bytes).base64EncodedString()
                }
            StandardError.say("\(direction) \(entry.name): \(value)")
        }
    }
}
