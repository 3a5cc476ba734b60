// Tincan is a chat app in which two people talk over a direct line.
//
//	tincan [--data FOLDER] [--version] [tincan:invite/…]
//
// A link as argument is shown as if it had been pasted. A second start with the
// same folder shows the window of the first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
)

// wailsOptions is what a window tells Wails. Only this file and app.go know Wails.
type wailsOptions = options.App

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the program; it returns its exit code. A build that writes the
// bindings comes here too: nothing happens outside of open before wails.Run.
func run(arguments []string) int {
	flags := flag.NewFlagSet("tincan", flag.ContinueOnError)
	data := flags.String("data", "", "the profile's folder; made if it is not there")
	showVersion := flags.Bool("version", false, "print the version")
	if err := flags.Parse(arguments); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *showVersion {
		fmt.Println("tincan", version())
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	prepareWebView()
	w := &window{}
	elsewhere, err := open(ctx, w, *data, flags.Args())
	if elsewhere {
		return 0 // another instance shows its window
	}
	code := 0
	if err != nil {
		w.trouble = troubleOf(err)
		fmt.Fprintln(os.Stderr, "tincan:", w.trouble.Message)
		code = 1
	}
	if err := wails.Run(w.options(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, "tincan: the window cannot be opened:", err)
		code = 1
	}
	if err := w.close(); err != nil {
		fmt.Fprintln(os.Stderr, "tincan:", err)
		code = 1
	}
	return code
}
