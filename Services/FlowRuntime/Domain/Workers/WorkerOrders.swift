package import FlowRuntimeAPI

/// What a worker is told on its standard input before it may do anything; the end of the input in
/// its place means that it must end.
package struct WorkerOrders: Hashable, Sendable {
    /// The runtime's Unix socket.
    package var socket: String
    /// What the worker proves itself with.
    package var pass: WorkerPass
    /// The token that makes the worker the peer `flow-worker` on the socket.
    package var peerToken: String
    /// How long one jq program may work on one message, in milliseconds.
    package var programMillisecondsMax: Int64
    /// Blocks of addresses HTTP requests may go to besides the public Internet.
    package var allowedNetworks: [String]

    package init(
        socket: String, pass: WorkerPass, peerToken: String, programMillisecondsMax: Int64,
        allowedNetworks: [String]
    ) {
        self.socket = socket
        self.pass = pass
        self.peerToken = peerToken
        self.programMillisecondsMax = programMillisecondsMax
        self.allowedNetworks = allowedNetworks
    }

    /// Bytes of the line at most.
    package static let bytesMax = 64 * 1_024
}

/// How a worker ends, as its exit code.
package enum WorkerExitCode {
    /// It was asked to, or was never told to work.
    package static let asked: Int32 = 0
    /// The runtime could not be reached or did not know it.
    package static let unwelcome: Int32 = 70
    /// A jq program took too long; it was reported before.
    package static let programStuck: Int32 = 71
    /// What it was told could not be understood.
    package static let misled: Int32 = 64
}
