internal import CGTK

/// An app's picture once it is decoded: bytes of the right number are one, and nothing in them is to be understood.
struct IconPixels: Equatable {
    /// Wide and high. Shown at half the size, which is sharp on screens of a phone's density.
    static let side: Int32 = 84
    /// Red, green, blue and opacity of each pixel, row by row.
    static let sizeBytes = Int(side * side * 4)

    let bytes: [UInt8]

    /// `nil` where there is nothing to be seen.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.sizeBytes, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.bytes = bytes
    }

    /// What the window shows: on white where the picture has no ground of its own, with round corners. The caller owns it.
    func surface() -> OpaquePointer? {
        let radius = 18.0
        let (near, far) = (radius, Double(Self.side) - radius)
        let surface = unsafe cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Self.side, Self.side)
        let drawing = unsafe cairo_create(surface)
        for (corner, (x, y)) in [(far, near), (far, far), (near, far), (near, near)].enumerated() {
            let start = Double(corner - 1) * .pi / 2
            unsafe cairo_arc(drawing, x, y, radius, start, start + .pi / 2)
        }
        unsafe cairo_clip(drawing)
        unsafe cairo_set_source_rgb(drawing, 1, 1, 1)
        unsafe cairo_paint(drawing)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            let pixels = unsafe gdk_pixbuf_new_from_data(
                bytes.baseAddress, GDK_COLORSPACE_RGB, 1, 8, Self.side, Self.side, Self.side * 4, nil, nil)
            unsafe gdk_cairo_set_source_pixbuf(drawing, pixels, 0, 0)
            unsafe cairo_paint(drawing)
            unsafe g_object_unref(UnsafeMutableRawPointer(pixels))
        }
        unsafe cairo_destroy(drawing)
        unsafe cairo_surface_set_device_scale(surface, 2, 2)
        return unsafe surface
    }
}
