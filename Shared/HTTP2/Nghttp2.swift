import CNghttp2

/// libnghttp2's constants in the types its functions take.
enum Nghttp2 {
    static let noCopyField = UInt8(
        NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    static let noIndexField = UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue)
    static let endStream = UInt8(NGHTTP2_FLAG_END_STREAM.rawValue)
    static let acknowledgement = UInt8(NGHTTP2_FLAG_ACK.rawValue)
    static let flagNone = UInt8(NGHTTP2_FLAG_NONE.rawValue)

    static let data = UInt8(NGHTTP2_DATA.rawValue)
    static let headers = UInt8(NGHTTP2_HEADERS.rawValue)
    static let priority = UInt8(NGHTTP2_PRIORITY.rawValue)
    static let resetStream = UInt8(NGHTTP2_RST_STREAM.rawValue)
    static let settings = UInt8(NGHTTP2_SETTINGS.rawValue)
    static let ping = UInt8(NGHTTP2_PING.rawValue)
    static let goAway = UInt8(NGHTTP2_GOAWAY.rawValue)
    static let windowUpdate = UInt8(NGHTTP2_WINDOW_UPDATE.rawValue)
    static let continuation = UInt8(NGHTTP2_CONTINUATION.rawValue)

    static let dataEndOfFile = NGHTTP2_DATA_FLAG_EOF.rawValue
    static let dataNoCopy = NGHTTP2_DATA_FLAG_NO_COPY.rawValue

    static let deferred = Int(NGHTTP2_ERR_DEFERRED.rawValue)
    static let temporalFailure = NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
    static let cancel = NGHTTP2_ERR_CANCEL.rawValue
    static let pause = NGHTTP2_ERR_PAUSE.rawValue
    static let callbackFailure = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

    /// The oldest library that has the defences this module relies on: `1.52.0`.
    ///
    /// Debian 12 ships them in `1.52.0-1+deb12u3`; the package revision cannot be asked at run
    /// time, so `deploy` checks it and the symbols of the backports are linked here.
    static let oldestVersion: Int32 = 0x01_34_00

    /// Throws when the library that was loaded is too old.
    static func checkVersion() throws(HTTP2SetupError) {
        guard let info = nghttp2_version(self.oldestVersion) else {
            throw HTTP2SetupError("libnghttp2 is older than 1.52.0; install 1.52.0-1+deb12u3")
        }
        _ = info
    }
}

/// Why a listener or a connection could not be set up.
public struct HTTP2SetupError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
