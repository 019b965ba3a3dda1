// WebKitGTK: web pages in a window. Only `WebHost` imports it. Each wrapper stands for a macro or a variadic
// function, which Swift cannot import; signals need none (see `Signals.swift`).
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <webkit2/webkit2.h>

/// WEBKIT_WEB_VIEW is a macro; it checks the type of the object.
static inline WebKitWebView *yun_web_view(void *object) { return WEBKIT_WEB_VIEW(object); }

/// GTK_WIDGET is a macro; it checks the type of the object.
static inline GtkWidget *yun_widget(void *object) { return GTK_WIDGET(object); }

/// GTK_WINDOW is a macro; it checks the type of the object.
static inline GtkWindow *yun_window(void *object) { return GTK_WINDOW(object); }

/// GTK_CONTAINER is a macro; it checks the type of the object.
static inline GtkContainer *yun_container(void *object) { return GTK_CONTAINER(object); }

/// WEBKIT_NAVIGATION_POLICY_DECISION is a macro; it checks the type of the object.
static inline WebKitNavigationPolicyDecision *yun_navigation_decision(void *object) {
    return WEBKIT_NAVIGATION_POLICY_DECISION(object);
}

/// WEBKIT_RESPONSE_POLICY_DECISION is a macro; it checks the type of the object.
static inline WebKitResponsePolicyDecision *yun_response_decision(void *object) {
    return WEBKIT_RESPONSE_POLICY_DECISION(object);
}

/// G_OBJECT_TYPE_NAME is a macro.
static inline const char *yun_type_name(void *object) { return G_OBJECT_TYPE_NAME(object); }

/// webkit_website_data_manager_new is variadic.
static inline WebKitWebsiteDataManager *yun_data_manager_new(const char *data, const char *cache) {
    return webkit_website_data_manager_new("base-data-directory", data, "base-cache-directory", cache, NULL);
}

/// g_object_new is variadic, and these properties can only be set by it. A second process that waits for another
/// site's pages would wait for ever: there is one site.
static inline WebKitWebContext *yun_web_context_new(WebKitWebsiteDataManager *manager) {
    return WEBKIT_WEB_CONTEXT(g_object_new(
        WEBKIT_TYPE_WEB_CONTEXT, "website-data-manager", manager, "process-swap-on-cross-site-navigation-enabled",
        FALSE, NULL));
}

/// g_object_new is variadic, and these properties can only be set by it. A view shares the process of `related`.
static inline GtkWidget *yun_web_view_new(
    WebKitWebContext *context, WebKitSettings *settings, WebKitUserContentManager *content, WebKitWebView *related) {
    // A related view brings its context along.
    return GTK_WIDGET(g_object_new(
        WEBKIT_TYPE_WEB_VIEW, "settings", settings, "user-content-manager", content,
        related ? "related-view" : "web-context", related ? (void *)related : (void *)context, NULL));
}

/// g_object_ref_sink is a macro.
static inline void *yun_keep(void *object) { return g_object_ref_sink(object); }
