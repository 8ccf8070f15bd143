/// One page of a collection: `page[number]` from 1 and `page[size]`.
public struct Page: Hashable, Sendable {
    /// The most items a page holds.
    public static let sizeMax = 100
    /// The highest page number; beyond it an offset would not be a sensible number.
    public static let numberMax = 1_000_000

    /// The page, from 1.
    public let number: Int
    /// Items on a full page.
    public let size: Int

    /// Makes a page.
    public init(number: Int = 1, size: Int) {
        self.number = number
        self.size = size
    }

    /// Items on the pages before this one.
    public var offset: Int { (self.number - 1) * self.size }

    /// What a paged document says in `meta`: `page`, `per_page`, `total`, `total_pages`.
    public func meta(total: Int) -> JSONObject {
        [
            "page": .integer(self.number), "per_page": .integer(self.size),
            "total": .integer(total),
            "total_pages": .integer((total + self.size - 1) / self.size),
        ]
    }
}
