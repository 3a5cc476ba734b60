//go:build linux && cgo && desktop && !bindings

package main

/*
#cgo LDFLAGS: -ldl

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

// without_drivers gives this process an EGL without drivers. libEGL looks for
// them once, at the first question; the web process, which is started later
// and cannot do without, finds the variable unset again.
static void without_drivers(void) {
	static const char vendors[] = "__EGL_VENDOR_LIBRARY_FILENAMES";
	static const int extensions = 0x3055; // EGL_EXTENSIONS
	if (getenv(vendors) != NULL || getenv("__EGL_VENDOR_LIBRARY_DIRS") != NULL) {
		return;
	}
	void *egl = dlopen("libEGL.so.1", RTLD_LAZY);
	if (egl == NULL) {
		return;
	}
	const char *(*query)(void *display, int name) = (const char *(*)(void *, int))dlsym(egl, "eglQueryString");
	if (query != NULL) {
		setenv(vendors, "/dev/null", 1);
		query(NULL, extensions);
		unsetenv(vendors);
	}
}
*/
import "C"

import (
	"os"
	"path/filepath"
)

// prepareWebView says how WebKit is to run before anything of it does. See
// docs/adr/0007-web-view.md for what each of these saves.
func prepareWebView() {
	set("JSC_useJIT", "0")
	if canDraw() {
		return
	}
	set("GDK_GL", "disable")
	set("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
	set("GALLIUM_DRIVER", "softpipe") // the web process opens a driver and draws nothing with it: the one without a compiler
	C.without_drivers()
}

func set(name, value string) {
	if _, there := os.LookupEnv(name); !there {
		_ = os.Setenv(name, value) // fails for malformed names only; C sees it too
	}
}

// canDraw tells whether there is something that could: a render node that
// WebKit's sandboxed processes reach, which as root they do not.
func canDraw() bool {
	nodes, _ := filepath.Glob("/dev/dri/renderD*") // an error is a malformed pattern
	return len(nodes) > 0 && os.Geteuid() != 0
}
