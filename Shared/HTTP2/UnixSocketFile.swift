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
    static func prepare(_ path: String, group: any EventLoopGroup) async throws {
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

    /// Removes the file of a closed listener.
    static func remove(_ path: String) {
        unlink(path)
    }
}
