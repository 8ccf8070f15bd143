import CBOR
import Foundation
import Glibc
import SwiftProtobuf

/// Measures how long coders take with one record; prints one line of JSON.
///
/// Nanoseconds of the thread's CPU time a call, the median of nine batches; each call gives or
/// takes an array of bytes, as a server's would.
@main
enum Main {
    static func main() throws {
        var figures: [(String, Double)] = []
        func measure(_ name: String, _ body: () throws -> Void) rethrows {
            figures.append((name, try self.nanoseconds(of: body)))
        }
        let encoder = CBOREncoder()
        let decoder = CBORDecoder()
        let generated = try encoder.encode(Order.sample)
        guard try encoder.encode(CodableOrder.sample) == generated,
            try decoder.decode(Order.self, from: generated) == Order.sample
        else { throw CBORError(.invalidValue, offset: 0, "generated coding differs") }
        try measure("generated_encode") { keep(try encoder.encode(Order.sample)) }
        try measure("generated_decode") { keep(try decoder.decode(Order.self, from: generated)) }
        try measure("codable_encode") { keep(try encoder.encode(CodableOrder.sample)) }
        try measure("codable_decode") {
            keep(try decoder.decode(CodableOrder.self, from: generated))
        }
        let protobuf: [UInt8] = try ProtobufOrder.sample.serializedBytes()
        try measure("protobuf_encode") {
            let bytes: [UInt8] = try ProtobufOrder.sample.serializedBytes()
            keep(bytes)
        }
        try measure("protobuf_decode") { keep(try ProtobufOrder(serializedBytes: protobuf)) }
        let jsonEncoder = JSONEncoder()
        let jsonDecoder = JSONDecoder()
        let json = try jsonEncoder.encode(CodableOrder.sample)
        try measure("json_encode") { keep(try jsonEncoder.encode(CodableOrder.sample)) }
        try measure("json_decode") { keep(try jsonDecoder.decode(CodableOrder.self, from: json)) }
        let entries =
            figures.map { "\"\($0.0)_ns\": \(Int($0.1.rounded()))" } + [
                "\"cbor_bytes\": \(generated.count)", "\"protobuf_bytes\": \(protobuf.count)",
                "\"json_bytes\": \(json.count)",
            ]
        print("{\(entries.joined(separator: ", "))}")
    }

    private static func nanoseconds(of body: () throws -> Void) rethrows -> Double {
        let callsPerBatch = 20_000
        for _ in 0..<callsPerBatch { try body() }
        var batches: [Double] = []
        for _ in 0..<9 {
            let start = self.threadNanoseconds()
            for _ in 0..<callsPerBatch { try body() }
            batches.append((self.threadNanoseconds() - start) / Double(callsPerBatch))
        }
        return batches.sorted()[batches.count / 2]
    }

    private static func threadNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

/// Keeps the optimizer from leaving out what makes a value.
@inline(never)
func keep<Value>(_: Value) {}
