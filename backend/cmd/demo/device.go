package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
)

// pollEvery is how often a condition is looked at.
const pollEvery = 50 * time.Millisecond

// device is a tincan-node that is driven over its control protocol: one JSON
// object a line, calls in, answers and events out.
type device struct {
	*process

	id int
}

// reply is a line of a device.
type reply struct {
	ID     int             `json:"id"` // of the call it answers; 0 for events
	Result json.RawMessage `json:"result"`
	Error  *app.Error      `json:"error"`
}

func startDevice(ctx context.Context, program, folder string) (*device, error) {
	p, err := start(ctx, program, "--data", folder, "--control")
	if err != nil {
		return nil, err
	}
	return &device{process: p}, nil
}

// call calls a method of the API and fills into with its result, unless that is nil.
func (d *device) call(ctx context.Context, into any, method string, arguments ...any) error {
	d.id++
	if arguments == nil {
		arguments = []any{}
	}
	line, err := json.Marshal(map[string]any{"id": d.id, "call": method, "args": arguments})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	if _, err := d.input.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	undo := context.AfterFunc(ctx, func() { _ = d.command.Process.Kill() })
	defer undo()
	for d.lines.Scan() {
		var answer reply
		if err := json.Unmarshal(d.lines.Bytes(), &answer); err != nil || answer.ID != d.id {
			continue // an event
		}
		switch {
		case answer.Error != nil:
			return fmt.Errorf("%s: %w", method, answer.Error)
		case into != nil:
			if err := json.Unmarshal(answer.Result, into); err != nil {
				return fmt.Errorf("%s: %w", method, err)
			}
		}
		return nil
	}
	return fmt.Errorf("%s: %w", method, errors.Join(errors.New("the device ended"), ctx.Err(), d.lines.Err()))
}

// until waits for a condition.
func (d *device) until(ctx context.Context, what string, condition func(app.State) bool) error {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		var state app.State
		if err := d.call(ctx, &state, "Start"); err != nil {
			return fmt.Errorf("waiting until %s: %w", what, err)
		}
		if condition(state) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		case <-poll.C:
		}
	}
}
