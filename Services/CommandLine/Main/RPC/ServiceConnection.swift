import ArgumentParser
import CommandLineDomain
import HTTP2
import JSONAPI
import NIOPosix
import RPC
import RPCOverHTTP2

/// A service that commands ask, over connections that end with them.
struct ServiceConnection: Sendable {
    private let peer: RPCPeer

    /// Carries the calls.
    var carry: Carry { self.peer.carry }

    /// Closes the connection once the calls under way have ended.
    func close() async { await self.peer.shutDown() }

    /// Runs `body` with a service, then closes; failures end the process as ``RPCCommand`` says.
    static func with(
        _ options: ServiceOptions, _ body: (ServiceConnection) async throws -> Void
    ) async throws {
        do {
            let connection = try Self.open(options)
            do {
                try await body(connection)
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
        } catch {
            throw Self.told(error)
        }
    }

    /// Makes a connection of its own to the service.
    static func open(_ options: ServiceOptions) throws -> ServiceConnection {
        let tls: HTTP2TLS? = options.tls
        return ServiceConnection(
            peer: RPCPeer(
                [try options.address()], credentials: try options.credentials(),
                tls: try tls?.clientContext(), group: MultiThreadedEventLoopGroup.singleton))
    }

    /// Every method that the service serves, sorted by path.
    func methods() async throws -> [RPCMethodDeclaration] {
        try await self.reflection.send(ListMethods()).methods
    }

    /// What the methods of a service look like; one method, or all of them.
    ///
    /// - Throws: `unimplemented` naming the methods there are when the one asked for is not.
    func description(of name: MethodName) async throws -> DescribeService.Reply {
        var reply = try await self.reflection.send(DescribeService(service: name.service))
        guard let method = name.method else { return reply }
        let known = reply.methods.map(\.method.name)
        reply.methods = reply.methods.filter { $0.method.name == method }
        guard !reply.methods.isEmpty else {
            throw RPCError(
                .unimplemented,
                "\(name.service) has no method \(method), it has \(known.joined(separator: ", "))")
        }
        return reply
    }

    /// A method to call.
    func method(_ name: MethodName) async throws -> ShapedMethod {
        guard let method = ShapedMethod(try await self.description(of: name)) else {
            throw RPCError(.unimplemented, "no method \(name)")
        }
        return method
    }

    private var reflection: RPCClient<Reflection> {
        RPCClient(carry: self.peer.carry, options: RPCClientOptions(retry: .never))
    }

    // MARK: Failures

    /// Writes a failure to standard error and returns how the process ends.
    private static func told(_ error: any Error) -> any Error {
        switch error {
        case is ExitCode, is ValidationError: return error
        case is ShapeMismatch, is JSONError, is InputError:
            StandardError.say("error: \(error)")
            return ExitCode(ExitStatus.usage)
        default:
            let failure = (error as? CarryFailure)?.error ?? RPCError(crossing: error)
            let isUnnamed = failure.code == .internal && !(error is RPCError)
            StandardError.say(isUnnamed ? "error: \(error)" : FailureText(failure).text)
            return ExitCode(ExitStatus.of(failure.code))
        }
    }
}
