import Foundation
import Identifiers
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("What a worker leaves on disk")
struct WorkerFolderTests {
    @Test("goes however deep and unreadable it was made, and nothing that it points at")
    func goes() throws {
        let folder = try TemporaryFolder()
        let worker = WorkerID(secondsSince1970: 1)
        let files = FileManager.default
        let outside = folder.file("outside")
        try files.createDirectory(atPath: "\(outside)/kept", withIntermediateDirectories: true)
        let settings = LocalLauncher.Settings(command: [], folder: folder.file("workers"))
        var place = folder.file("workers/\(worker)")
        // Names of folders that are moved up while they are removed are taken already.
        for name in ["moved-0/a", "moved-1"] + [String](repeating: "deep", count: 100) {
            place += "/\(name)"
            try files.createDirectory(atPath: place, withIntermediateDirectories: true)
            _ = files.createFile(atPath: "\(place)/file", contents: Data([1]))
            try files.createSymbolicLink(
                atPath: "\(place)/link", withDestinationPath: outside)
        }
        try files.setAttributes([.posixPermissions: 0], ofItemAtPath: place)
        LocalLauncher.removeFolder(of: worker, settings)
        #expect(!files.fileExists(atPath: folder.file("workers/\(worker)")))
        #expect(files.fileExists(atPath: "\(outside)/kept"))
        LocalLauncher.removeFolder(of: worker, settings)
    }
}
