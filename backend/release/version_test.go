package release

import (
	"encoding/json"
	"os"
	"testing"
)

// TestOneVersion compares what programs say with what their packages do.
func TestOneVersion(t *testing.T) {
	t.Parallel()
	var window struct {
		Info struct {
			ProductVersion string `json:"productVersion"`
		} `json:"info"`
	}
	read(t, "../../wails.json", &window)
	var page struct {
		Version string `json:"version"`
	}
	read(t, "../../frontend/package.json", &page)
	if window.Info.ProductVersion != version || page.Version != version {
		t.Errorf("the programs say %s, wails.json %q, the interface %q", version, window.Info.ProductVersion, page.Version)
	}
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
