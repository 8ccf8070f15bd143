#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Texts as C takes a list of them: pointers, then a null pointer.
package struct CStrings: ~Copyable {
    private let list: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    package init(_ texts: [String]) {
        self.list = .allocate(capacity: texts.count + 1)
        _ = self.list.initialize(from: texts.map { strdup($0) } + [nil])
    }

    deinit {
        for text in self.list { free(text) }
        self.list.deallocate()
    }

    package var first: UnsafePointer<CChar>? { self.list[0].map { UnsafePointer($0) } }

    /// The list, for as long as this value lives.
    package var pointer: UnsafePointer<UnsafeMutablePointer<CChar>?>? {
        UnsafePointer(self.list.baseAddress)
    }
}
