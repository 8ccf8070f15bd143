import Foundation
public import HTTP2

/// Certificates for tests, valid for a hundred years; their keys are no secrets.
public enum TestCertificates {
    /// The authority that issued the others.
    private static let authority = """
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
    private static let server = """
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
    private static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgiRqjNLVh5Sv6p7DM
        ryICRV1Pg3F+Xeqg+o4nDLCAq8ahRANCAASESi3GTLutI4yKo102adPa2M1cGLoc
        fz6nagKdeVistM3NojO0Y6yQOfx+jsOt4eGUQB7H/+wwKcI6EfkTzrxZ
        -----END PRIVATE KEY-----
        """

    /// For the peer `contracts`.
    private static let client = """
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
    private static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCMB38ACef/ZL70Do
        yQntwqINc4qvigo0nGzCHWe6rxShRANCAATxcCorPD+grW56NEyYOQNsgnSxacyM
        JnwR3d1eTr0MkSPObO3spRkvJjyGpb6ZyfliqEruYkFT9pppg/xBh3wH
        -----END PRIVATE KEY-----
        """

    /// Writes the files into `folder`, and returns what a server and a client are made with.
    ///
    /// The authority is in `ca.pem`. The server is `localhost`, the client is the peer `contracts`.
    public static func write(to folder: TemporaryFolder) throws -> (
        server: HTTP2TLS, client: HTTP2TLS
    ) {
        let authority = try self.write(self.authority, to: folder.file("ca.pem"))
        return (
            HTTP2TLS(
                certificateChainPath: try self.write(self.server, to: folder.file("server.pem")),
                privateKeyPath: try self.write(self.serverKey, to: folder.file("server.key")),
                authoritiesPath: authority),
            HTTP2TLS(
                certificateChainPath: try self.write(self.client, to: folder.file("client.pem")),
                privateKeyPath: try self.write(self.clientKey, to: folder.file("client.key")),
                authoritiesPath: authority)
        )
    }

    private static func write(_ text: String, to path: String) throws -> String {
        try Data((text + "\n").utf8).write(to: URL(filePath: path))
        return path
    }
}
