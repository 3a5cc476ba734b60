package desktoptest

import (
	"slices"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

const managerName = "org.freedesktop.FileManager1"

// Manager is a file manager that shows nothing, and remembers what it should.
type Manager struct {
	mutex sync.Mutex
	shown []string
}

// StartManager starts one.
func StartManager(t *testing.T, address string) *Manager {
	t.Helper()
	m := &Manager{}
	connection := Join(t, address)
	err := connection.ExportMethodTable(map[string]any{
		"ShowFolders": func(addresses []string, _ string) *dbus.Error {
			m.mutex.Lock()
			defer m.mutex.Unlock()
			m.shown = append(m.shown, addresses...)
			return nil
		},
	}, "/org/freedesktop/FileManager1", managerName)
	if err != nil {
		t.Fatal(err)
	}
	take(t, connection, managerName)
	return m
}

// Shown are the addresses of the folders that were to be shown.
func (m *Manager) Shown() []string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.shown)
}
