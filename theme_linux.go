//go:build linux && cgo && desktop && !bindings

package main

/*
#cgo pkg-config: gtk+-3.0

#include <gtk/gtk.h>

static gboolean prefer(gpointer dark) {
	GtkSettings *settings = gtk_settings_get_default();
	if (settings != NULL) {
		g_object_set(settings, "gtk-application-prefer-dark-theme", GPOINTER_TO_INT(dark), NULL);
	}
	return G_SOURCE_REMOVE;
}

static void prefer_dark(int dark) { g_idle_add(prefer, GINT_TO_POINTER(dark)); }
*/
import "C"

// preferDark makes the system's part of the window dark, and with it what the
// page is told that the person prefers. GTK 3 does not ask the desktop for it.
func preferDark(dark bool) {
	wanted := C.int(0)
	if dark {
		wanted = 1
	}
	C.prefer_dark(wanted)
}
