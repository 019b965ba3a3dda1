// GTK 3 without the web engine. Only `GTKSignals` and `Prompt` import it. Each wrapper stands for a macro, which Swift
// cannot import; signals need none (see `GTKSignals`).
#include <glib-unix.h>
#include <gtk/gtk.h>

/// GTK_WINDOW is a macro; it checks the type of the object.
static inline GtkWindow *yun_gtk_window(void *object) { return GTK_WINDOW(object); }

/// GTK_CONTAINER is a macro; it checks the type of the object.
static inline GtkContainer *yun_gtk_container(void *object) { return GTK_CONTAINER(object); }

/// GTK_BOX is a macro; it checks the type of the object.
static inline GtkBox *yun_gtk_box(void *object) { return GTK_BOX(object); }

/// GTK_LABEL is a macro; it checks the type of the object.
static inline GtkLabel *yun_gtk_label(void *object) { return GTK_LABEL(object); }

/// GTK_STYLE_PROVIDER is a macro; it checks the type of the object.
static inline GtkStyleProvider *yun_gtk_style_provider(void *object) { return GTK_STYLE_PROVIDER(object); }
