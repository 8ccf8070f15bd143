public import NIOSSL

/// The TLS material of one end: PEM files.
public struct HTTP2TLS: Hashable, Sendable {
    /// The certificate, followed by its intermediates.
    public var certificateChainPath: String
    /// The private key of the certificate.
    public var privateKeyPath: String
    /// The authorities that the other end's certificate must come from.
    ///
    /// A server with them demands a certificate of every client; a client without them trusts the
    /// system's.
    public var authoritiesPath: String?

    /// Names the files; they are read when a context is made.
    public init(
        certificateChainPath: String, privateKeyPath: String, authoritiesPath: String? = nil
    ) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.authoritiesPath = authoritiesPath
    }

    /// Makes a server's context, with ALPN for the protocols given, the preferred first.
    ///
    /// TLS 1.2 at least (RFC 9113 section 9.2).
    ///
    /// - Throws: when a file cannot be read or does not hold what it should.
    public func serverContext(protocols: [String] = ["h2"]) throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMFile(self.certificateChainPath)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: self.privateKeyPath, format: .pem)))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = protocols
        if let authorities = self.authoritiesPath {
            configuration.trustRoots = .file(authorities)
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Makes the context of a client that has no certificate; the server's name is checked against
    /// its own.
    ///
    /// - Parameter authoritiesPath: a PEM file of the authorities that it may come from; `nil` for
    ///   the system's.
    /// - Throws: when the file cannot be read or does not hold what it should.
    public static func anonymousClientContext(
        authoritiesPath: String? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        if let authoritiesPath { configuration.trustRoots = .file(authoritiesPath) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Makes a client's context; the server's name is checked against its certificate.
    ///
    /// - Throws: when a file cannot be read or does not hold what it should.
    public func clientContext() throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMFile(self.certificateChainPath)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateChain = certificates.map { .certificate($0) }
        configuration.privateKey = .privateKey(
            try NIOSSLPrivateKey(file: self.privateKeyPath, format: .pem))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        if let authorities = self.authoritiesPath { configuration.trustRoots = .file(authorities) }
        return try NIOSSLContext(configuration: configuration)
    }
}

extension NIOSSLCertificate {
    /// The DNS names among the certificate's subject alternative names (RFC 5280, 4.2.1.6).
    var dnsNames: [String] {
        self._subjectAlternativeNames().compactMap { name in
            guard name.nameType == .dnsName else { return nil }
            return String(decoding: name.contents, as: UTF8.self)
        }
    }
}
