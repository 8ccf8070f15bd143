import HTTP2
import RPC

/// Metadata as header fields: bytes in base64, padded or not.
extension RPCMetadata {
    /// Appends the fields that say this.
    func append(to fields: inout HTTP2Fields) {
        for entry in self.entries {
            switch entry.value {
            case .text(let text): fields.append(entry.name, text)
            case .bytes(let bytes):
                fields.append(entry.name, Base64.standard.encode(bytes))
            }
        }
    }

    /// Takes a field, unless it has a meaning of its own.
    ///
    /// Returns what is wrong with it.
    mutating func take(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> Problem? {
        let name = String(decoding: name, as: UTF8.self)
        guard RPCMetadata.isOpen(name) else { return nil }
        guard name.hasSuffix("-bin") else {
            self.append(name, String(decoding: value, as: UTF8.self))
            return nil
        }
        guard let bytes = Base64.standard.decode(value) else {
            return .malformed("the value of \(name) is not base64")
        }
        self.append(name, bytes)
        return nil
    }

    /// Reads what the fields of an answer say.
    ///
    /// - Throws: `internal` for what may not be said.
    init(from fields: HTTP2Fields) throws {
        self.init()
        var problem: Problem?
        fields.withUnsafeFields { name, value in
            problem = self.take(name, value) ?? problem
        }
        try self.checkReceived(problem)
    }

    /// - Throws: `internal` for what a peer may not say in an answer.
    func checkReceived(_ problem: Problem? = nil) throws {
        guard let problem = problem ?? self.problem else { return }
        throw RPCError(.internal, "the peer's metadata: \(problem.error.message)")
    }
}
