import Synchronization

/// Runs a property against inputs that libFuzzer makes, until one of them violates it.
public enum FuzzDriver {
    /// Bytes that may be allocated whatever the input: caches of types, first uses of a thread.
    static let allocatedBytesBase = 1 << 20
    /// Bytes that may be allocated for each byte of input, over all the times a property reads it.
    static let allocatedBytesEach = 16 << 10

    fileprivate nonisolated(unsafe) static var isOfLines = false
    private nonisolated(unsafe) static var property: ([UInt8]) -> String? = { _ in nil }

    /// Takes over the process: libFuzzer reads its arguments from the command line.
    ///
    /// - Parameters:
    ///   - ofLines: whether inputs are texts of lines, and so differ by whole lines too.
    ///   - property: what is violated by an input, or `nil`.
    public static func run(
        ofLines: Bool = false, _ property: @escaping ([UInt8]) -> String?
    ) -> Never {
        self.isOfLines = ofLines
        self.property = property
        guard installAllocationHooks({ _, count in Allocations.note(count) }, { _ in }) == 1 else {
            fatalError("allocations cannot be counted: build with --toolset sanitizers.json")
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            CommandLine.unsafeArgv
        let result = withUnsafeMutablePointer(to: &arguments) {
            runFuzzer(&count, $0, testOneInput)
        }
        exitProcess(result)
    }

    fileprivate static func check(_ bytes: [UInt8]) {
        let before = Allocations.bytes
        if let violation = self.property(bytes) { fatalError(violation) }
        let allocated = Allocations.bytes - before
        guard allocated <= self.allocatedBytesBase + bytes.count * self.allocatedBytesEach else {
            fatalError("\(allocated) bytes were allocated for an input of \(bytes.count)")
        }
    }
}

/// What libFuzzer calls with every input; its library asks for it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    FuzzDriver.check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// What libFuzzer has new inputs made by, `count` bytes at `start` out of at most `countMax`.
@_cdecl("LLVMFuzzerCustomMutator")
func makeInput(
    _ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ countMax: Int, _ seed: UInt32
) -> Int {
    if FuzzDriver.isOfLines {
        var mutation = LineMutation(seed: seed)
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        if let mutated = mutation.mutate(bytes, bytesMax: countMax) {
            start.update(from: mutated, count: mutated.count)
            return mutated.count
        }
    }
    return mutateBytes(start, count, countMax)
}

/// How much has been allocated since the process began.
private enum Allocations {
    private static let counted = Atomic<Int>(0)

    static var bytes: Int { self.counted.load(ordering: .relaxed) }

    static func note(_ count: Int) { self.counted.add(count, ordering: .relaxed) }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(
    _ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ countMax: Int
) -> Int

@_silgen_name("__sanitizer_install_malloc_and_free_hooks")
private func installAllocationHooks(
    _ onAllocation: @convention(c) (UnsafeRawPointer?, Int) -> Void,
    _ onFree: @convention(c) (UnsafeRawPointer?) -> Void
) -> Int32

@_silgen_name("exit")
private func exitProcess(_ status: Int32) -> Never
