import HTTP2

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Certificates for tests, valid for a hundred years; their keys are no secrets.
enum TestCertificates {
    /// The authority that issued the others.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUdEq7TyIa14DR7FiAQRPoxC2hw38wCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXQ292ZW5hbnQgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMDIz
        NTE0WhgPMjEyNjEwMjkwMjM1MTRaMCIxIDAeBgNVBAMMF0NvdmVuYW50IHRlc3Qg
        YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJOdHtuLk0Chb7bod
        CBqiKvzRDBhmy6o9KbDAhcTWy1QBVdcOZfrsddafM0dau6hxlmO7AF4CIwYPd7Fg
        +oGC7aNTMFEwHQYDVR0OBBYEFGBfqVV1B6XXt9DJB4u0FMC2ODSWMB8GA1UdIwQY
        MBaAFGBfqVV1B6XXt9DJB4u0FMC2ODSWMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
        zj0EAwIDSAAwRQIhAMgPwuC5wWOxgtaC3oMuc5rQzfGNv+yRR2N4amq3BPL4AiBZ
        RSFivPJ5yddPneh53LkjFMssNWI3SytIYqLlGjXcDA==
        -----END CERTIFICATE-----
        """

    /// For `localhost`.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBsDCCAVegAwIBAgIUQvYO9rnTR0Y0GyXXjs+OmaQMJxcwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXQ292ZW5hbnQgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMDIz
        NTE0WhgPMjEyNjEwMjkwMjM1MTRaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMG
        ByqGSM49AgEGCCqGSM49AwEHA0IABIRKLcZMu60jjIqjXTZp09rYzVwYuhx/Pqdq
        Ap15WKy0zc2iM7RjrJA5/H6Ow63h4ZRAHsf/7DApwjoR+RPOvFmjdzB1MBQGA1Ud
        EQQNMAuCCWxvY2FsaG9zdDAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        HQYDVR0OBBYEFHKi2SuTV31Oit7oWJLvVso7ISDVMB8GA1UdIwQYMBaAFGBfqVV1
        B6XXt9DJB4u0FMC2ODSWMAoGCCqGSM49BAMCA0cAMEQCIEJZyCBvIUooZHFBCxX3
        aGwkYwS7wdQtvgisEVakXQPLAiARkDZhCnupA1j634r3ideMg48qqHzvPwUc8GH/
        BGlAyw==
        -----END CERTIFICATE-----
        """

    /// The key of `server`.
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiRqjNLVh5Sv6p7DM
        ryICRV1Pg3F+Xeqg+o4nDLCAq8ahRANCAASESi3GTLutI4yKo102adPa2M1cGLoc
        fz6nagKdeVistM3NojO0Y6yQOfx+jsOt4eGUQB7H/+wwKcI6EfkTzrxZ
        -----END PRIVATE KEY-----
        """

    /// For the peer `contracts`.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBsjCCAVegAwIBAgIUQvYO9rnTR0Y0GyXXjs+OmaQMJxgwCgYIKoZIzj0EAwIw
        IjEgMB4GA1UEAwwXQ292ZW5hbnQgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMDIz
        NTE0WhgPMjEyNjEwMjkwMjM1MTRaMBQxEjAQBgNVBAMMCWNvbnRyYWN0czBZMBMG
        ByqGSM49AgEGCCqGSM49AwEHA0IABPFwKis8P6Ctbno0TJg5A2yCdLFpzIwmfBHd
        3V5OvQyRI85s7eylGS8mPIalvpnJ+WKoSu5iQVP2mmmD/EGHfAejdzB1MBQGA1Ud
        EQQNMAuCCWNvbnRyYWN0czAdBgNVHSUEFjAUBggrBgEFBQcDAQYIKwYBBQUHAwIw
        HQYDVR0OBBYEFIc5MMqph4zFHH20Grb8RBvczFbZMB8GA1UdIwQYMBaAFGBfqVV1
        B6XXt9DJB4u0FMC2ODSWMAoGCCqGSM49BAMCA0kAMEYCIQCu9D7EgiGQLPDEoEPH
        saxF2SCc8thvBL0D+35fpj5VugIhAIp+/+/GqqqduyWYQsQNOilnuoIjsxg82/GC
        RKlfxRAm
        -----END CERTIFICATE-----
        """

    /// The key of `client`.
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCMB38ACef/ZL70Do
        yQntwqINc4qvigo0nGzCHWe6rxShRANCAATxcCorPD+grW56NEyYOQNsgnSxacyM
        JnwR3d1eTr0MkSPObO3spRkvJjyGpb6ZyfliqEruYkFT9pppg/xBh3wH
        -----END PRIVATE KEY-----
        """

    /// Writes the files into `directory`, and returns what a server and a client are made with.
    static func write(to directory: TemporaryDirectory) throws -> (
        server: HTTP2TLS, client: HTTP2TLS
    ) {
        let authority = try directory.write(self.authority, to: "ca.pem")
        return (
            HTTP2TLS(
                certificateChainPath: try directory.write(self.server, to: "server.pem"),
                privateKeyPath: try directory.write(self.serverKey, to: "server.key"),
                authoritiesPath: authority),
            HTTP2TLS(
                certificateChainPath: try directory.write(self.client, to: "client.pem"),
                privateKeyPath: try directory.write(self.clientKey, to: "client.key"),
                authoritiesPath: authority)
        )
    }
}

/// A directory of a test's own, closed to others, removed with it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/covenant-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        self.path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    deinit {
        guard let directory = opendir(self.path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(self.path)/\(name)")
        }
        closedir(directory)
        rmdir(self.path)
    }

    struct Failure: Error {}

    /// A socket's path in the directory.
    var socket: String { "\(self.path)/s" }

    func write(_ text: String, to name: String) throws -> String {
        let path = "\(self.path)/\(name)"
        guard let file = fopen(path, "w") else { throw Failure() }
        fputs(text + "\n", file)
        fclose(file)
        return path
    }
}
