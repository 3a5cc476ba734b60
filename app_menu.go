//go:build !bindings

package main

import (
	"fmt"
	"os"

	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/menu/keys"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/tincan-chat/tincan/backend/notify"
)

// systemMenu is the menu bar of macOS, where the keys of the clipboard and of
// quitting are part of it; other systems have none.
func (w *window) systemMenu() *menu.Menu {
	if !onMac() {
		return nil
	}
	chinese := w.app != nil && notify.IsChinese(w.app.Settings().Language, os.Getenv)
	return macMenu(chinese, w.press)
}

// macMenu is the app's menu, one with keys of ours, and the system's own. A key
// in the menu does not reach the page, so press hands it on: what it does is
// known there alone (frontend/src/ui/keys.ts).
func macMenu(chinese bool, press func(key string)) *menu.Menu {
	title, add, settings := "File", "Add a contact…", "Settings…"
	if chinese {
		title, add, settings = "文件", "添加联系人…", "设置…"
	}
	item := func(label, key string) *menu.MenuItem {
		return menu.Text(label, keys.CmdOrCtrl(key), func(*menu.CallbackData) { press(key) })
	}
	ours := menu.NewMenuFromItems(item(add, "n"), menu.Separator(), item(settings, ","))
	return menu.NewMenuFromItems(menu.AppMenu(), menu.SubMenu(title, ours), menu.EditMenu(), menu.WindowMenu())
}

// press has the page answer to ⌘ and a key.
func (w *window) press(key string) {
	w.mutex.Lock()
	wails := w.context
	w.mutex.Unlock()
	if wails != nil {
		runtime.WindowExecJS(wails, pressing(key))
	}
}

// pressing is the script of a key press with ⌘.
func pressing(key string) string {
	return fmt.Sprintf(`window.dispatchEvent(new KeyboardEvent("keydown", {key: %q, metaKey: true, cancelable: true}))`, key)
}
