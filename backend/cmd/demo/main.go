// Command demo shows Tincan on one machine: a rendezvous server and two people,
// Ana and Ben, who are contacts already, in two windows or two browsers. It uses
// the real programs as anybody would, through their flags and the control protocol.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	d := demo{output: os.Stdout}
	flag.StringVar(&d.programs, "programs", "build/bin", "the folder of tincan, tincan-node and rendezvous")
	flag.StringVar(&d.folder, "data", "demo-data", "where the two people and the server are kept; made if it is not there")
	flag.BoolVar(&d.browser, "browser", false, "print two addresses for a browser instead of opening two windows")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := d.Run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
