import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension NIOBSDSocket.Option {
    /// Lets several sockets of one user listen at the same port (`SO_REUSEPORT`, socket(7)).
    static let sharedPort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
}
