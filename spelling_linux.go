//go:build linux && cgo && desktop && !bindings

package main

/*
#cgo pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1

#include <stdlib.h>
#include <webkit2/webkit2.h>

static gboolean check(gpointer data) {
	gchar **languages = g_strsplit(data, " ", -1);
	WebKitWebContext *context = webkit_web_context_get_default();
	webkit_web_context_set_spell_checking_languages(context, (const gchar *const *)languages);
	webkit_web_context_set_spell_checking_enabled(context, languages[0] != NULL);
	g_strfreev(languages);
	g_free(data);
	return G_SOURCE_REMOVE;
}

static void check_spelling(const char *languages) { g_idle_add(check, g_strdup(languages)); }
*/
import "C"

import (
	"strings"
	"unsafe"
)

// checkSpelling has words looked up that are written in fields that ask for it.
// WebKit does so only when told, and only in languages that it finds a
// dictionary for; where there is none, and without languages, nothing is marked.
func checkSpelling(languages []string) {
	text := C.CString(strings.Join(languages, " "))
	defer C.free(unsafe.Pointer(text))
	C.check_spelling(text)
}
