import CWebKitGTK

/// A picture that was written as PNG.
struct PNG {
    let width: Int
    let height: Int
    private let pixels: [UInt32]

    init?(_ bytes: [UInt8]) {
        let reader = Reader(bytes)
        let surface = unsafe cairo_image_surface_create_from_png_stream(
            { reader, target, count in
                guard let reader = unsafe reader, let target = unsafe target else {
                    return CAIRO_STATUS_READ_ERROR
                }
                return unsafe Unmanaged<Reader>.fromOpaque(reader).takeUnretainedValue()
                    .read(UnsafeMutableRawBufferPointer(start: target, count: Int(count)))
                    ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_READ_ERROR
            }, Unmanaged.passUnretained(reader).toOpaque())
        defer { unsafe cairo_surface_destroy(surface) }
        guard unsafe cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
            let data = unsafe cairo_image_surface_get_data(surface)
        else { return nil }
        width = unsafe Int(cairo_image_surface_get_width(surface))
        height = unsafe Int(cairo_image_surface_get_height(surface))
        let stride = unsafe Int(cairo_image_surface_get_stride(surface))
        var pixels: [UInt32] = []
        for row in 0..<height {
            for column in 0..<width {
                unsafe pixels.append(
                    UnsafeRawPointer(data).loadUnaligned(
                        fromByteOffset: row * stride + column * 4, as: UInt32.self))
            }
        }
        self.pixels = pixels
    }

    /// 0xRRGGBB.
    func pixel(x: Int, y: Int) -> UInt32 { pixels[y * width + x] & 0xFF_FFFF }

    var colorCount: Int { Set(pixels).count }

    private final class Reader {
        private var rest: ArraySlice<UInt8>
        init(_ bytes: [UInt8]) { rest = bytes[...] }

        func read(_ target: UnsafeMutableRawBufferPointer) -> Bool {
            guard rest.count >= target.count else { return false }
            unsafe target.copyBytes(from: rest.prefix(target.count))
            rest = rest.dropFirst(target.count)
            return true
        }
    }
}
