import Foundation
import TestKit

extension TemporaryFolder {
    /// The files in the folder, as they are on the disk now.
    func contents() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(atPath: self.path).map { name in
            (name, Array(try Data(contentsOf: URL(filePath: self.file(name)))))
        }
    }
}

extension [UInt8] {
    /// Whether the bytes of a text occur.
    func containsText(_ text: String) -> Bool {
        Data(self).range(of: Data(text.utf8)) != nil
    }
}
