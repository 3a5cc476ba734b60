//go:build !bindings

package main

import (
	"slices"
	"testing"

	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/menu/keys"
)

func TestMacMenu(t *testing.T) {
	t.Parallel()
	for _, chinese := range []bool{false, true} {
		var pressed []string
		bar := macMenu(chinese, func(key string) { pressed = append(pressed, key) })
		var roles []menu.Role
		for _, one := range bar.Items {
			if one.Role != 0 {
				roles = append(roles, one.Role)
			}
			if one.SubMenu == nil {
				continue
			}
			for _, item := range one.SubMenu.Items {
				if item.Type != menu.TextType {
					continue
				}
				if !slices.Equal(item.Accelerator.Modifiers, []keys.Modifier{keys.CmdOrCtrlKey}) {
					t.Errorf("%s: %+v", item.Label, item.Accelerator)
				}
				item.Click(nil)
			}
		}
		if !slices.Equal(roles, []menu.Role{menu.AppMenuRole, menu.EditMenuRole, menu.WindowMenuRole}) {
			t.Errorf("the roles are %v", roles)
		}
		if !slices.Equal(pressed, []string{"n", ","}) {
			t.Errorf("pressed %v", pressed)
		}
	}
	if got, want := pressing(","), `window.dispatchEvent(new KeyboardEvent("keydown", {key: ",", metaKey: true, cancelable: true}))`; got != want {
		t.Error(got)
	}
}
