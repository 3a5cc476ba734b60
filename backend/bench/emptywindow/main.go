// Command emptywindow is a Wails window with nothing in it: what the app's
// start and memory are compared with. It says painted as the app does.
package main

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// content tells when its first frame is on the screen: a callback of the frame
// after it.
const content = `<!doctype html><title>Empty</title>
<script>requestAnimationFrame(() => requestAnimationFrame(() => window.runtime.EventsEmit("painted")))</script>`

func main() {
	page := fstest.MapFS{"index.html": {Data: []byte(content)}}
	err := wails.Run(&options.App{
		Title: "Empty", Width: 1120, Height: 760,
		OnStartup: func(ctx context.Context) {
			runtime.EventsOnce(ctx, "painted", func(...any) { fmt.Fprintln(os.Stderr, "msg=painted") })
		},
		AssetServer: &assetserver.Options{Assets: page},
		Linux:       &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
