internal import CGTK
internal import GTKSignals
internal import Glibc
internal import Lifecycle
internal import PromptContract
internal import YunCore

/// The window that asks. Texts are set as texts and never as markup, so that none of them can dress up as another.
@safe final class PromptWindow {
    private let words: PromptWords
    private let gateMilliseconds: Int
    private let window: UnsafeMutablePointer<GtkWidget>?
    private let choices: UnsafeMutablePointer<GtkWidget>?
    private var lastButton: UnsafeMutablePointer<GtkWidget>?
    private var gate = InputGate()
    private var answer: OwnerAnswer?

    /// - Parameter icon: the app's picture; a letter stands for none.
    init(_ question: PromptQuestion, icon: IconPixels?, gateMilliseconds: Int) {
        words = PromptWords(question)
        self.gateMilliseconds = gateMilliseconds
        unsafe window = gtk_window_new(GTK_WINDOW_TOPLEVEL)
        unsafe choices = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)
        unsafe gtk_window_set_title(yun_gtk_window(window), words.window)
        unsafe gtk_window_set_type_hint(yun_gtk_window(window), GDK_WINDOW_TYPE_HINT_DIALOG)
        unsafe gtk_window_set_position(yun_gtk_window(window), GTK_WIN_POS_CENTER_ALWAYS)
        unsafe gtk_window_set_keep_above(yun_gtk_window(window), 1)
        unsafe gtk_window_set_skip_taskbar_hint(yun_gtk_window(window), 1)
        unsafe gtk_window_set_resizable(yun_gtk_window(window), 0)
        Self.loadStyle(key: question.publisher.key)
        fill(icon)
        watch()
    }

    /// Fits a phone's 360 with the frame around it.
    private static let width: Int32 = 328

    /// Shows the question and waits for the answer. A window that is closed, by whomever, has not been answered.
    func ask() -> OwnerAnswer {
        show()
        if answer == nil { gtk_main() }
        return answer ?? .notNow
    }

    /// Writes what the owner would see, as PNG.
    func takePicture(_ path: String) throws(Failure) {
        guard let window = unsafe window else { return }
        var isDrawn = false
        unsafe connect(UnsafeMutableRawPointer(window), "draw") { [self] _ in
            isDrawn = gate.isOpen
            return .none
        }
        show()
        while !isDrawn { gtk_main_iteration() }
        let surface = unsafe cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, gtk_widget_get_allocated_width(window),
            gtk_widget_get_allocated_height(window))
        defer { unsafe cairo_surface_destroy(surface) }
        let drawing = unsafe cairo_create(surface)
        unsafe gtk_widget_draw(window, drawing)
        unsafe cairo_destroy(drawing)
        guard unsafe cairo_surface_write_to_png(surface, path) == CAIRO_STATUS_SUCCESS else {
            throw Failure(.outputUnwritable, "cannot write the picture to \(path.escaped)")
        }
    }

    private func show() {
        unsafe gtk_widget_set_sensitive(choices, 0)
        unsafe gtk_widget_show_all(window)
        unsafe gtk_window_present(yun_gtk_window(window))
        appear()
    }

    private func end(_ answer: OwnerAnswer) {
        guard self.answer == nil else { return }
        self.answer = answer
        if gtk_main_level() > 0 { gtk_main_quit() }
    }
}

// MARK: When it may be answered

extension PromptWindow {
    private func watch() {
        guard let window = unsafe window else { return }
        let object = UnsafeMutableRawPointer(window)
        unsafe gtk_widget_add_events(window, Int32(GDK_VISIBILITY_NOTIFY_MASK.rawValue))
        unsafe connect(object, "delete-event") { [self] _ in
            end(.notNow)
            return .handled
        }
        unsafe connect(object, "focus-in-event") { [self] _ in
            appear()
            return .none
        }
        unsafe connect(object, "visibility-notify-event") { [self] signal in
            let event = unsafe signal.boxed(1)?.assumingMemoryBound(to: GdkEventVisibility.self)
            if unsafe event?.pointee.state == GDK_VISIBILITY_UNOBSCURED { appear() } else { cover() }
            return .none
        }
        unsafe connect(object, "key-press-event") { [self] signal in
            guard gate.isOpen else { return .handled }
            let event = unsafe signal.boxed(1)?.assumingMemoryBound(to: GdkEventKey.self)
            guard unsafe event?.pointee.keyval == guint(GDK_KEY_Escape) else { return .none }
            end(.notNow)
            return .handled
        }
        for signal in [SIGTERM, SIGINT, SIGHUP] { endOn(signal) }
    }

    /// The page manager withdraws the question.
    private func endOn(_ signal: Int32) {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe g_unix_signal_add(
            signal,
            { this in
                guard let this = unsafe this else { return 0 }
                unsafe Unmanaged<PromptWindow>.fromOpaque(this).takeUnretainedValue().end(.notNow)
                return 1
            }, this)
    }

    private func appear() {
        let round = gate.appear()
        unsafe gtk_widget_set_sensitive(choices, 0)
        after(milliseconds: gateMilliseconds) { [self] in
            gate.elapsed(round)
            guard gate.isOpen else { return }
            unsafe gtk_widget_set_sensitive(choices, 1)
            // Whoever types on meets the button that decides nothing.
            unsafe gtk_widget_grab_focus(lastButton)
        }
    }

    private func cover() {
        gate.cover()
        unsafe gtk_widget_set_sensitive(choices, 0)
    }
}

// MARK: What it shows

extension PromptWindow {
    private func fill(_ icon: IconPixels?) {
        let all = unsafe gtk_box_new(GTK_ORIENTATION_VERTICAL, 0)
        unsafe gtk_container_add(yun_gtk_container(window), all)
        unsafe gtk_widget_set_size_request(all, Self.width, -1)
        unsafe mark(all, "question")
        unsafe pack(header(icon), into: all)
        unsafe pack(label(words.publisher, "publisher", lines: 2), into: all)
        unsafe pack(label(words.asks, "asks", lines: 1), into: all)
        unsafe pack(label(words.permission, "permission", lines: 2), into: all)
        unsafe pack(label(words.sentence, "sentence", lines: 4), into: all)
        if !words.reason.isEmpty {
            let quote = unsafe gtk_box_new(GTK_ORIENTATION_VERTICAL, 2)
            unsafe mark(quote, "quote")
            unsafe pack(label(words.appSays, "says", lines: 1), into: quote)
            unsafe pack(label("“\(words.reason.isolated)”", "reason", lines: 3), into: quote)
            unsafe pack(quote, into: all)
        }
        unsafe mark(choices, "choices")
        for choice in words.choices { addButton(choice.text, choice.answer) }
        unsafe pack(choices, into: all)
    }

    private func header(_ icon: IconPixels?) -> UnsafeMutablePointer<GtkWidget>? {
        let header = unsafe gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12)
        let sign = unsafe icon.map { unsafe picture($0) } ?? gtk_label_new(words.initial)
        unsafe mark(sign, "sign")
        unsafe gtk_widget_set_valign(sign, GTK_ALIGN_START)
        unsafe pack(sign, into: header)
        let names = unsafe gtk_box_new(GTK_ORIENTATION_VERTICAL, 0)
        unsafe gtk_widget_set_valign(names, GTK_ALIGN_CENTER)
        unsafe pack(label(words.app.isolated, "app", lines: 2), into: names)
        unsafe pack(label(words.domain, "domain", lines: 3), into: names)
        unsafe pack(names, into: header)
        return unsafe header
    }

    /// The app's picture; what of its box it leaves free is a frame in the publisher's colour.
    private func picture(_ icon: IconPixels) -> UnsafeMutablePointer<GtkWidget>? {
        let surface = unsafe icon.surface()
        defer { unsafe cairo_surface_destroy(surface) }
        let picture = unsafe gtk_image_new_from_surface(surface)
        unsafe atk_object_set_name(gtk_widget_get_accessible(picture), words.initial)
        return unsafe picture
    }

    private func addButton(_ text: String, _ answer: OwnerAnswer) {
        guard let button = unsafe gtk_button_new_with_label(text) else { return }
        unsafe connect(UnsafeMutableRawPointer(button), "clicked") { [self] _ in
            if gate.isOpen { end(answer) }
            return .none
        }
        unsafe pack(button, into: choices)
        unsafe lastButton = button
    }

    private func label(_ text: String, _ style: String, lines: Int32) -> UnsafeMutablePointer<GtkWidget>? {
        let widget = unsafe gtk_label_new(text)
        let label = unsafe yun_gtk_label(widget)
        unsafe gtk_label_set_xalign(label, 0)
        unsafe gtk_label_set_line_wrap(label, 1)
        unsafe gtk_label_set_line_wrap_mode(label, PANGO_WRAP_WORD_CHAR)
        // Else a domain that is too long for a line would be shown with a hyphen that is not in it.
        let attributes = unsafe pango_attr_list_new()
        unsafe pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
        unsafe gtk_label_set_attributes(label, attributes)
        unsafe pango_attr_list_unref(attributes)
        unsafe gtk_label_set_lines(label, lines)
        unsafe gtk_label_set_ellipsize(label, PANGO_ELLIPSIZE_END)
        unsafe gtk_label_set_max_width_chars(label, 1)
        unsafe gtk_widget_set_hexpand(widget, 1)
        unsafe mark(widget, style)
        return unsafe widget
    }

    private func pack(_ child: UnsafeMutablePointer<GtkWidget>?, into box: UnsafeMutablePointer<GtkWidget>?) {
        unsafe gtk_box_pack_start(yun_gtk_box(box), child, 0, 1, 0)
    }

    private func mark(_ widget: UnsafeMutablePointer<GtkWidget>?, _ style: String) {
        unsafe gtk_style_context_add_class(gtk_widget_get_style_context(widget), style)
    }

    private static func loadStyle(key: String) {
        let provider = unsafe gtk_css_provider_new()
        unsafe gtk_css_provider_load_from_data(provider, style(color: color(of: key)), -1, nil)
        unsafe gtk_style_context_add_provider_for_screen(
            gdk_screen_get_default(), yun_gtk_style_provider(provider),
            guint(GTK_STYLE_PROVIDER_PRIORITY_APPLICATION))
        unsafe g_object_unref(UnsafeMutableRawPointer(provider))
    }

    /// Follows from the publisher's key, so that the same letter of another publisher mostly looks different.
    private static func color(of key: String) -> String {
        let colors = ["#8e2f2f", "#8a5a12", "#4f6b16", "#17694a", "#155e75", "#27509b", "#5b3a9e", "#8c2a76"]
        return colors[key.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 7]
    }

    private static func style(color: String) -> String {
        """
        * { transition: none; }
        window { background-color: #ffffff; color: #1b1b1f; }
        .question { padding: 16px; }
        .sign { min-width: 48px; min-height: 48px; border-radius: 12px; font-size: 24px; font-weight: bold;
            background-color: \(color); color: #ffffff; }
        .app { font-size: 19px; font-weight: bold; }
        .domain, .publisher { font-size: 12px; color: #5c5c66; }
        .publisher { margin-top: 8px; }
        .asks { margin-top: 12px; font-size: 14px; }
        .permission { margin-top: 4px; font-size: 20px; font-weight: bold; }
        .sentence { margin-top: 2px; font-size: 15px; }
        .quote { margin-top: 14px; padding: 8px 12px; background-color: #f1f1f4; border-left: 3px solid #c4c4cc; }
        .says, .reason { font-size: 12px; color: #5c5c66; }
        .choices { margin-top: 14px; }
        .choices button { min-height: 40px; padding: 0 8px; margin: 0; font-size: 15px; color: #1b1b1f; border-radius: 8px; box-shadow: none;
            background-image: none; background-color: #ffffff; border: 1px solid #b9b9c2; }
        .choices button:disabled { color: #b9b9c2; border-color: #e3e3e8; }
        .choices button:focus { outline: none; border: 2px solid #27509b; }
        """
    }
}
