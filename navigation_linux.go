//go:build linux && cgo && desktop && !bindings

package main

/*
#cgo pkg-config: gtk+-3.0
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#cgo webkit2_41 pkg-config: webkit2gtk-4.1

#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

// Whatever page the web view shows may call everything that is bound, so it
// shows none but the app's own, opens no windows, and saves nothing.
static gboolean decide(WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer data) {
	if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) {
		return FALSE;
	}
	if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION) {
		WebKitNavigationAction *action = webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
		const gchar *address = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
		if (address != NULL && g_str_has_prefix(address, "wails://wails/")) {
			return FALSE;
		}
	}
	webkit_policy_decision_ignore(decision);
	return TRUE;
}

static void lock_view(GtkWidget *widget, gpointer data) {
	if (WEBKIT_IS_WEB_VIEW(widget)) {
		if (g_object_get_data(G_OBJECT(widget), "tincan-locked") == NULL) {
			g_object_set_data(G_OBJECT(widget), "tincan-locked", GINT_TO_POINTER(1));
			g_signal_connect(widget, "decide-policy", G_CALLBACK(decide), NULL);
		}
	} else if (GTK_IS_CONTAINER(widget)) {
		gtk_container_foreach(GTK_CONTAINER(widget), lock_view, NULL);
	}
}

static gboolean lock_all(gpointer data) {
	GList *windows = gtk_window_list_toplevels();
	for (GList *one = windows; one != NULL; one = one->next) {
		lock_view(GTK_WIDGET(one->data), NULL);
	}
	g_list_free(windows);
	return G_SOURCE_REMOVE;
}

static void lock_navigation(void) { g_idle_add(lock_all, NULL); }
*/
import "C"

// lockNavigation keeps the web view on the app's own page: the second lock
// behind a page that opens links only through OpenLink. It runs on GTK's thread.
func lockNavigation() { C.lock_navigation() }
