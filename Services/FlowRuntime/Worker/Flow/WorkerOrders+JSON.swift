import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI

extension WorkerOrders {
    /// Reads the line a worker is given; `nil` when it can not be understood.
    init?(line: [UInt8]) {
        guard let json = try? JSON(parsing: line), let socket = json["socket"]?.string,
            let worker = json["worker"]?.string.flatMap({ WorkerID($0) }),
            let token = json["token"]?.string.flatMap({ Self.bytes(ofHexadecimal: $0) }),
            let peerToken = json["peer_token"]?.string,
            let milliseconds = json["program_ms_max"]?.integer,
            let networks = json["allow_networks"]?.array?.compactMap(\.string),
            let folder = json["folder"]?.string,
            let trustsComponents = json["trusts_components"]?.bool
        else { return nil }
        self.init(
            socket: socket, pass: WorkerPass(worker: worker, token: token), peerToken: peerToken,
            programMillisecondsMax: milliseconds, allowedNetworks: networks, folder: folder,
            trustsComponents: trustsComponents)
    }

    private static func bytes(ofHexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
