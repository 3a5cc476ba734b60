package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is a line of the table.
type figure struct {
	what, measured, reach, beside string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	only := ""
	if len(os.Args) > 1 {
		only = os.Args[1]
	}
	if err := run(ctx, only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

func run(ctx context.Context, only string) error {
	measurements := []struct {
		name    string
		measure func(context.Context, string) ([]figure, error)
	}{
		{"latency", latency},
		{"throughput", throughput},
		{"opening", opening},
		{"catchup", catchup},
		{"mail", apart},
		{"history", history},
		{"window", window},
		{"flood", flooding},
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "what\tmeasured\treach\tin the same run")
	var failed error
	for _, one := range measurements {
		if only != "" && only != one.name {
			continue
		}
		folder, err := os.MkdirTemp("", "tincan-bench-")
		if err != nil {
			return err
		}
		figures, err := one.measure(ctx, folder)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", one.name, err))
		}
		for _, f := range figures {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.what, f.measured, f.reach, f.beside)
		}
		failed = errors.Join(failed, os.RemoveAll(folder))
	}
	return errors.Join(failed, table.Flush())
}

// quantile of durations that need not be sorted; q from 0 to 1.
func quantile(took []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}

// text is a message of 200 bytes.
var text = strings.Repeat("x", 200)
