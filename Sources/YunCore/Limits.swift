/// The numbers that bound what a reader accepts (`spec/conventions.md`, section Limits). A file beyond any of
/// them is refused as a whole, before memory or disk is spent on it.
public enum Limits {
    /// `manifest.json`.
    public static let manifestBytesMax = 1 << 20
    /// `index`.
    public static let indexBytesMax = 16 << 20
    /// Each `*.minisig`.
    public static let signatureBytesMax = 4096
    /// `profile` and `lineage`.
    public static let statementBytesMax = 64 << 10
    /// Signatures beside the publisher's.
    public static let namedSignaturesMax = 8
    /// Files, directories and symlinks together.
    public static let entriesMax = 100_000
    /// Frames of one payload.
    public static let framesMax = 8192
    /// The plain bytes of one payload frame.
    public static let framePlainBytesMax = 4 << 20
    /// The compressed bytes of one payload frame; zstd's own worst case for 4 MiB is less.
    public static let frameCompressedBytesMax = (4 << 20) + (64 << 10)
    /// What fits the size field of a plain tar header.
    public static let fileBytesMax = (8 << 30) - 1
    /// The compressed payload.
    public static let payloadBytesMax = (8 << 30) - 1
    /// A whole path inside a package.
    public static let pathBytesMax = 1024
    /// What file systems allow for one name.
    public static let pathComponentBytesMax = 255
    /// Components of a path.
    public static let pathDepthMax = 32
    /// Pages of one app.
    public static let pagesMax = 256
    /// Declared network hosts of one app.
    public static let hostsMax = 256
    /// A picture of an app that is shown; a larger one is left out.
    public static let iconBytesMax = 512 << 10
    /// Nested arrays and objects in a manifest.
    public static let jsonDepthMax = 16
}
