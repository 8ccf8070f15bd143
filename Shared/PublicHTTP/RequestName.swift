import Identifiers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a request is called in logs: the client's `x-request-id` when that is harmless.
enum RequestName {
    /// The name of a request with this header.
    static func make(from header: String?) -> String {
        if let header, self.isSane(header) { return header }
        return RequestID(secondsSince1970: Int64(time(nil))).text
    }

    /// 1 to 128 visible ASCII characters, no quotation mark or backslash.
    static func isSane(_ text: String) -> Bool {
        (1...FixedPublicLimits.tokenBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }
}
