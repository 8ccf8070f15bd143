#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a thread keeps between calls, so that coding allocates nothing but its result.
///
/// A call takes a state and puts it back, so a call inside another gets one of its own. All is
/// freed when the thread ends.
enum ThreadScratch {
    struct Shelf {
        var encoding: UnsafeMutablePointer<EncodingState>?
        var decoding: UnsafeMutablePointer<DecodingState>?
    }

    /// The calling thread's shelf.
    @inline(__always)
    static var current: UnsafeMutablePointer<Shelf> {
        if let shelf = pthread_getspecific(Self.key) {
            return shelf.assumingMemoryBound(to: Shelf.self)
        }
        return Self.make()
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let result = pthread_key_create(&key) { shelf in
            #if canImport(Darwin)
                ThreadScratch.free(shelf)
            #else
                if let shelf { ThreadScratch.free(shelf) }
            #endif
        }
        precondition(result == 0, "the process has no thread-specific keys left")
        return key
    }()

    @inline(never)
    private static func make() -> UnsafeMutablePointer<Shelf> {
        let shelf = UnsafeMutablePointer<Shelf>.allocate(capacity: 1)
        shelf.initialize(to: Shelf())
        let result = pthread_setspecific(Self.key, shelf)
        precondition(result == 0, "no memory for a thread-specific value")
        return shelf
    }

    private static func free(_ pointer: UnsafeMutableRawPointer) {
        let shelf = pointer.assumingMemoryBound(to: Shelf.self)
        while let state = shelf.pointee.encoding {
            shelf.pointee.encoding = state.pointee.next
            state.free()
        }
        while let state = shelf.pointee.decoding {
            shelf.pointee.decoding = state.pointee.next
            state.free()
        }
        shelf.deallocate()
    }
}
