package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/bench/flood"
)

// flooding: a hostile contact and a hostile server at once, for a minute.
// TINCAN_BIN has the built tincan-node.
func flooding(ctx context.Context, folder string) ([]figure, error) {
	program := filepath.Join(os.Getenv("TINCAN_BIN"), "tincan-node")
	if !exists(program) {
		return []figure{{"a device that is flooded", "not measured", "", "needs tincan-node in TINCAN_BIN (make bench-flood has it)"}}, nil
	}
	seen, err := flood.Run(ctx, flood.Options{Program: program, Folder: folder, For: time.Minute, Rest: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	return []figure{{
		"memory (PSS) of a device while a contact and a server flood it for 60 s, growth",
		fmt.Sprintf("%.1f MiB", mebibytes(seen.Highest-seen.Before)), "32 MiB",
		fmt.Sprintf("before %.1f, highest %.1f, 5 s after %.1f MiB", mebibytes(seen.Before), mebibytes(seen.Highest), mebibytes(seen.After)),
	}, {
		"a page of the conversation and the list of people meanwhile, every 100 ms, median / p99 / worst",
		fmt.Sprintf("%s / %s / %s", milliseconds(quantile(seen.Calls, 0.5)), milliseconds(quantile(seen.Calls, 0.99)), milliseconds(quantile(seen.Calls, 1))), "100 ms",
		fmt.Sprintf("before the flood %s / %s / %s; %d looks", milliseconds(quantile(seen.Calm, 0.5)), milliseconds(quantile(seen.Calm, 0.99)),
			milliseconds(quantile(seen.Calm, 1)), len(seen.Calls)),
	}, {
		"what they sent", fmt.Sprintf("%d texts written, %d useless frames, %d lines, %d frames of the server", seen.Texts, seen.Frames, seen.Lines, seen.ServerFrames), "",
		fmt.Sprintf("%d told; muted after a minute: %v (it takes three, or half of one beyond what a script may bring at once)", seen.Kept, seen.Muted),
	}}, nil
}
