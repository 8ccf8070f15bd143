import FlowRuntimeDomain
import Identifiers
import Storage
import Testing

@testable import FlowRuntimeServer

@Suite("Which flows a suspension stopped is remembered")
struct SuspensionStopTests {
    @Test("exactly the flows it stopped are started again when that is asked for")
    func resumes() async throws {
        let furnished = try await Furnished()
        let running = try await furnished.furnish(furnished.contract, in: furnished.database)
        let active = try await furnished.database.write { transaction in
            try FlowStore.activate(running, at: 7, in: transaction)
            try FlowStore.deactivate(
                all: furnished.contract, by: furnished.operation, in: transaction)
            try FlowStore.activate(
                all: furnished.contract, stoppedBy: furnished.operation, at: 8, in: transaction)
            return try FlowStore.active(of: furnished.contract, in: transaction)
        }
        #expect(active == [running])
        try await furnished.database.close()
    }

    @Test("nothing is started for another suspension, nor once the stops are forgotten")
    func doesNotResume() async throws {
        let furnished = try await Furnished()
        let running = try await furnished.furnish(furnished.contract, in: furnished.database)
        let other = OperationID(secondsSince1970: 99)
        let active = try await furnished.database.write { transaction in
            try FlowStore.activate(running, at: 7, in: transaction)
            try FlowStore.deactivate(
                all: furnished.contract, by: furnished.operation, in: transaction)
            try FlowStore.activate(
                all: furnished.contract, stoppedBy: other, at: 8, in: transaction)
            try FlowStore.forgetStops(of: furnished.contract, in: transaction)
            try FlowStore.activate(
                all: furnished.contract, stoppedBy: furnished.operation, at: 9, in: transaction)
            return try FlowStore.active(of: furnished.contract, in: transaction)
        }
        #expect(active.isEmpty)
        try await furnished.database.close()
    }
}
