package import RPC

extension RPCMethodDeclaration.Kind {
    /// Whether the answer is a stream.
    package var answersWithStream: Bool {
        switch self {
        case .unary, .clientStreaming: false
        case .serverStreaming, .bidirectional: true
        }
    }
}
