// Command emptywindow is a Wails window with nothing in it: what the app's
// memory is compared with.
package main

import (
	"fmt"
	"os"
	"testing/fstest"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
)

func main() {
	page := fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Empty</title>")}}
	err := wails.Run(&options.App{
		Title: "Empty", Width: 1120, Height: 760,
		AssetServer: &assetserver.Options{Assets: page},
		Linux:       &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
