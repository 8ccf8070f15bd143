import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of a Unix socket, in a directory that only its owner may enter.
enum UnixSocketFile {
    /// Makes the directory when there is none, checks it, and removes a socket nobody listens on.
    ///
    /// One that is to be taken over stays until its successor takes its place.
    static func prepare(
        _ path: String, takesOver: Bool, group: any EventLoopGroup
    ) async throws {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw HTTP2SetupError(
                "\(directory): cannot be made: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw HTTP2SetupError("\(directory): is not a directory")
        }
        guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
            throw HTTP2SetupError(
                "\(directory): must belong to this user and be closed to others (chmod 700)")
        }
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw HTTP2SetupError("\(path): exists and is not a socket")
        }
        if takesOver { return }
        let other = try? await ClientBootstrap(group: group)
            .connect(unixDomainSocketPath: path).get()
        if let other {
            try? await other.close().get()
            throw HTTP2SetupError("\(path): another process is listening")
        }
        unlink(path)
    }

    /// Lets only the owner connect.
    static func restrict(_ path: String) throws {
        guard chmod(path, 0o600) == 0 else {
            throw HTTP2SetupError("\(path): cannot be restricted to its owner")
        }
    }

    /// Which file a path stood for when it was looked at.
    struct Identity: Hashable, Sendable {
        let device: UInt64
        let number: UInt64
    }

    /// Which file is at a path; `nil` when there is none.
    static func identity(of path: String) -> Identity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }

    /// A path beside `path` that nothing uses, to bind a socket at.
    ///
    /// Sockets are bound there and then moved to where they belong: so they can be restricted before
    /// anybody sees them, can replace one another at one stroke, and are not removed by whoever
    /// closes the listener that was there before (SwiftNIO removes the path that it bound).
    ///
    /// - Throws: ``HTTP2SetupError`` when the directory's name is too long for it.
    static func temporary(beside path: String) throws(HTTP2SetupError) -> String {
        let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let temporary = "\(directory)/.\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        guard temporary.utf8.count <= FixedLimits.unixPathBytesMax else {
            throw HTTP2SetupError("\(path): the directory's path is too long for a socket in it")
        }
        return temporary
    }

    /// Moves a bound socket to its path.
    ///
    /// - Parameter replaces: whether it takes the place of whatever is there.
    /// - Throws: ``HTTP2SetupError`` when another has come first.
    static func place(
        _ temporary: String, at path: String, replaces: Bool
    ) throws(HTTP2SetupError) {
        if replaces {
            guard rename(temporary, path) == 0 else {
                unlink(temporary)
                throw HTTP2SetupError("\(path): cannot be taken over")
            }
            return
        }
        let result = link(temporary, path)
        unlink(temporary)
        guard result == 0 else {
            throw HTTP2SetupError("\(path): another process is about to listen")
        }
    }

    /// Removes a listener's file, unless a successor's stands in its place.
    ///
    /// The file is moved away before it is removed, so that one put there in the meantime is
    /// noticed; that one is put back, unless yet another has come.
    static func remove(_ path: String, _ identity: Identity) {
        guard self.identity(of: path) == identity else { return }
        guard let aside = try? self.temporary(beside: path), rename(path, aside) == 0 else {
            return
        }
        if self.identity(of: aside) != identity { link(aside, path) }
        unlink(aside)
    }
}
