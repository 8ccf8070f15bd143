import Crypto
import FlowRuntimeDomain
import Identifiers
public import PublicHTTP
public import RPC

/// What the runtime decides about its workers.
public struct WorkerSettings: Sendable {
    /// The worker program.
    public var program: String
    /// The Unix socket workers call back on.
    public var socket: String
    /// The token that makes a worker the peer `flow-worker` on that socket.
    public var peerToken: Secret
    /// Where each worker has a folder of its own while it works; nothing else is kept there.
    public var folder: String
    /// Whether programs of components run also where the kernel can not confine them.
    public var trustsComponents = false
    /// How long a worker may take to end when asked, in milliseconds.
    public var graceMilliseconds: Int64 = 10_000
    /// How long one jq program may work on one message, in milliseconds.
    public var programMillisecondsMax: Int64 = 5_000
    /// Memory of one worker, in bytes.
    public var memoryBytesMax: UInt64 = 512 << 20
    /// Open descriptors of one worker.
    public var filesMax: UInt64 = 256
    /// Blocks of addresses that steps may reach besides the public Internet.
    public var allowedNetworks: [String] = []
    /// What control groups of this runtime are named by; `nil` uses none.
    public var controlGroupName: String?

    /// Makes settings with the usual bounds.
    public init(program: String, socket: String, peerToken: Secret, folder: String) {
        self.program = program
        self.socket = socket
        self.peerToken = peerToken
        self.folder = folder
    }

    /// The folder of one worker.
    func folder(of worker: WorkerID) -> String { "\(self.folder)/\(worker)" }

    /// The name by which workers are known as peers.
    public static let peer = PeerName("flow-worker")
}

extension WorkerSettings {
    /// The tokens that the runtime's listener must know.
    public var peerTokens: [PeerName: Secret] { [Self.peer: self.peerToken] }

    /// A token for one start of the runtime: 256 random bits.
    public static func newPeerToken() -> Secret {
        Secret(Hexadecimal.text(of: (0..<32).map { _ in UInt8.random(in: .min ... .max) }))
    }
}

extension WorkerSettings {
    /// The allowed networks that are no blocks of addresses.
    public var misreadNetworks: [String] {
        self.allowedNetworks.filter { IPNetwork($0) == nil }
    }

    /// What the control groups of a runtime are named by: its data, of which one runtime has charge.
    public static func groupName(of dataDirectory: String) -> String {
        let digest = Array(SHA256.hash(data: Array(dataDirectory.utf8)).prefix(6))
        return Hexadecimal.text(of: digest)
    }
}
