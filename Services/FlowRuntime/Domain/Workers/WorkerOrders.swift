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
    /// The worker's own folder, for the programs of components; removed when the worker has ended.
    package var folder: String
    /// Whether programs of components run also where the kernel can not confine them.
    package var trustsComponents: Bool

    package init(
        socket: String, pass: WorkerPass, peerToken: String, programMillisecondsMax: Int64,
        allowedNetworks: [String], folder: String, trustsComponents: Bool = false
    ) {
        self.socket = socket
        self.pass = pass
        self.peerToken = peerToken
        self.programMillisecondsMax = programMillisecondsMax
        self.allowedNetworks = allowedNetworks
        self.folder = folder
        self.trustsComponents = trustsComponents
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

/// The variables in the environment of a worker's processes that say whose they are.
package enum WorkerVariables {
    /// Names the worker.
    package static let worker = "COVENANT_WORKER"
    /// Names the contract.
    package static let contract = "COVENANT_CONTRACT"
}
