import FlowRuntimeAPI
import FlowRuntimeDomain
import HTTP2
import NIOPosix
import RPC
import RPCOverHTTP2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs one flow: told on standard input whom to ask for it, and asked to end by SIGTERM.
@main
enum FlowWorker {
    static func main() async {
        StopSignal.install()
        guard let line = StandardInput.line(bytesMax: WorkerOrders.bytesMax) else {
            exit(WorkerExitCode.asked)
        }
        guard let orders = WorkerOrders(line: line) else { exit(WorkerExitCode.misled) }
        let place = ProgramPlace(
            folder: orders.folder, trustsComponents: orders.trustsComponents,
            marks: ProgramPlace.inheritedMarks())
        Sandbox.close()
        // A program that ends while it is written to is told by the write itself.
        signal(SIGPIPE, SIG_IGN)
        exit(await Self.work(orders, in: place))
    }

    private static func work(_ orders: WorkerOrders, in place: ProgramPlace) async -> Int32 {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let peer = RPCPeer(
            [.unixSocket(path: orders.socket)],
            credentials: PeerCredentials(
                peer: PeerName("flow-worker"), token: orders.peerToken),
            group: group)
        let client = HTTPStepClient(
            policy: AddressPolicy(allowing: orders.allowedNetworks.compactMap(IPNetwork.init)),
            group: group)
        let session = WorkerSession(
            runtime: RPCClient(carry: peer.carry), pass: orders.pass,
            engine: JQEngine(
                limit: .milliseconds(orders.programMillisecondsMax),
                outputBytesMax: FlowLimits.outputBytesMax),
            client: client, place: place)
        let code = await session.run()
        await client.shutDown()
        return code
    }
}

/// What a worker hears before it works.
enum StandardInput {
    /// The first line, without its end; `nil` when the input ends before it, or it is too long.
    static func line(bytesMax: Int) -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count <= bytesMax {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
        return nil
    }
}

/// What is taken from jq programs before any is run.
enum Sandbox {
    /// Empties the environment, which programs can read, and closes standard output and error,
    /// which they can write to.
    static func close() {
        clearenv()
        // Not even a list without variables is left, which libjq does not expect: this makes one.
        setenv("LANG", "C", 1)
        unsetenv("LANG")
        let nothing = open("/dev/null", O_RDWR)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { dup2(nothing, descriptor) }
        if nothing > STDERR_FILENO { Glibc.close(nothing) }
    }
}
