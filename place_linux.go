//go:build linux && cgo && desktop && !bindings

package main

/*
#cgo pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1

#include <gtk/gtk.h>
#include <string.h>

#define MOST_SCREENS 16

// asked is a question that GTK's thread answers. Who asks may give up waiting:
// whoever lets go of it last frees it.
typedef struct {
	GMutex mutex;
	GCond answered;
	int holders;
	gboolean done;
	int screens;
	GdkRectangle screen[MOST_SCREENS];
	gboolean placed;
	int x, y, width, height;
	gboolean move, resize;
} asked;

static void let_go(asked *one) {
	g_mutex_lock(&one->mutex);
	int left = --one->holders;
	g_mutex_unlock(&one->mutex);
	if (left == 0) {
		g_mutex_clear(&one->mutex);
		g_cond_clear(&one->answered);
		g_free(one);
	}
}

// main_window is the one that stands for the app, NULL if there is none.
static GtkWindow *main_window(void) {
	GtkWindow *found = NULL;
	GList *windows = gtk_window_list_toplevels();
	for (GList *one = windows; one != NULL; one = one->next) {
		if (gtk_window_get_window_type(GTK_WINDOW(one->data)) == GTK_WINDOW_TOPLEVEL && gtk_window_get_transient_for(GTK_WINDOW(one->data)) == NULL && gtk_bin_get_child(GTK_BIN(one->data)) != NULL) {
			found = GTK_WINDOW(one->data);
			break;
		}
	}
	g_list_free(windows);
	return found;
}

static gboolean answer(gpointer data) {
	asked *one = data;
	g_mutex_lock(&one->mutex);
	GdkDisplay *display = gdk_display_get_default();
	if (display != NULL) {
		int count = gdk_display_get_n_monitors(display);
		one->screens = count < MOST_SCREENS ? count : MOST_SCREENS;
		for (int i = 0; i < one->screens; i++) {
			gdk_monitor_get_workarea(gdk_display_get_monitor(display, i), &one->screen[i]);
		}
		// Wayland tells no client where its windows are.
		one->placed = strstr(G_OBJECT_TYPE_NAME(display), "Wayland") == NULL;
	}
	GtkWindow *window = main_window();
	if (window != NULL) {
		if (one->resize) {
			gtk_window_resize(window, one->width, one->height);
		}
		if (one->move) {
			gtk_window_move(window, one->x, one->y);
		}
		gtk_window_get_position(window, &one->x, &one->y);
		gtk_window_get_size(window, &one->width, &one->height);
	}
	one->done = TRUE;
	g_cond_signal(&one->answered);
	g_mutex_unlock(&one->mutex);
	let_go(one);
	return G_SOURCE_REMOVE;
}

// ask has a question answered within two seconds; NULL: it was not.
static asked *ask(gboolean move, gboolean resize, int x, int y, int width, int height) {
	asked *one = g_new0(asked, 1);
	g_mutex_init(&one->mutex);
	g_cond_init(&one->answered);
	one->holders = 2;
	one->move = move;
	one->resize = resize;
	one->x = x;
	one->y = y;
	one->width = width;
	one->height = height;
	g_idle_add(answer, one);
	gint64 until = g_get_monotonic_time() + 2 * G_TIME_SPAN_SECOND;
	g_mutex_lock(&one->mutex);
	while (!one->done && g_cond_wait_until(&one->answered, &one->mutex, until)) {
	}
	gboolean done = one->done;
	g_mutex_unlock(&one->mutex);
	if (!done) {
		let_go(one);
		return NULL;
	}
	return one;
}
*/
import "C"

import "github.com/tincan-chat/tincan/backend/desktop"

// screens returns the parts of the screens that windows may cover; nil if that
// is not known.
func screens() []desktop.Rectangle {
	one := C.ask(C.FALSE, C.FALSE, 0, 0, 0, 0)
	if one == nil {
		return nil
	}
	defer C.let_go(one)
	list := make([]desktop.Rectangle, 0, int(one.screens))
	for _, screen := range one.screen[:one.screens] {
		list = append(list, desktop.Rectangle{X: int(screen.x), Y: int(screen.y), Width: int(screen.width), Height: int(screen.height)})
	}
	return list
}

// moveWindow puts the window somewhere, and in another size if it has to be.
func moveWindow(place desktop.Place, resize bool) {
	one := C.ask(gboolean(place.Known), gboolean(resize), C.int(place.X), C.int(place.Y), C.int(place.Width), C.int(place.Height))
	if one != nil {
		C.let_go(one)
	}
}

// whereWindow returns where the window is, and whether that says anything. A
// width of 0: nothing is known.
func whereWindow() (desktop.Rectangle, bool) {
	one := C.ask(C.FALSE, C.FALSE, 0, 0, 0, 0)
	if one == nil {
		return desktop.Rectangle{}, false
	}
	defer C.let_go(one)
	return desktop.Rectangle{X: int(one.x), Y: int(one.y), Width: int(one.width), Height: int(one.height)}, one.placed != 0
}

func gboolean(on bool) C.gboolean {
	if on {
		return C.TRUE
	}
	return C.FALSE
}
