package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/bridge"
)

// maxLine is the longest line of input in bytes.
const maxLine = bridge.MaxArguments + 4096

// call is a line of input.
type call struct {
	ID        json.RawMessage `json:"id"` // a number or a text, returned as it is
	Call      string          `json:"call"`
	Arguments json.RawMessage `json:"args"`
}

// result and refusal are lines of output that answer a call, event tells of something else.
type (
	result struct {
		ID     json.RawMessage `json:"id,omitempty"`
		Result any             `json:"result"`
	}
	refusal struct {
		ID    json.RawMessage `json:"id,omitempty"`
		Error *app.Error      `json:"error"`
	}
	event struct {
		Event string      `json:"event"`
		Data  app.Changes `json:"data"`
	}
)

// lineWriter writes whole lines from several goroutines.
type lineWriter struct {
	mutex sync.Mutex
	to    io.Writer
	err   error // the first one; then nobody listens any more
}

func (l *lineWriter) print(line string) { l.write([]byte(line)) }

func (l *lineWriter) write(line []byte) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.err == nil {
		_, l.err = l.to.Write(append(line, '\n'))
	}
}

func (l *lineWriter) failed() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.err
}

// send writes an object as a line.
func (l *lineWriter) send(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	l.write(line)
	return nil
}

// control answers calls until the input or ctx ends.
func control(ctx context.Context, served app.Face, input io.Reader, lines *lineWriter, logger *slog.Logger) error {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	var telling sync.WaitGroup
	defer telling.Wait()
	defer cancel()
	subscription := served.Subscribe(-1)
	telling.Go(func() {
		for {
			changes, err := subscription.Next(running)
			if err != nil {
				return
			}
			if err := lines.send(event{Event: "changes", Data: changes}); err != nil {
				logger.ErrorContext(running, "a change cannot be written", slog.Any("error", err))
			}
		}
	})

	calls := bridge.NewCalls(served.API(), logger)
	for line := range readLines(running, input) {
		if line.err != nil {
			return line.err
		}
		if err := answerLine(calls, line.text, lines); err != nil {
			return err
		}
		if err := lines.failed(); err != nil {
			return fmt.Errorf("control: nobody reads the answers: %w", err)
		}
	}
	return nil
}

type inputLine struct {
	text []byte
	err  error
}

// readLines reads in a goroutine of its own, since a read from a terminal or a
// pipe cannot be given up: at the end it stays behind in its read.
func readLines(ctx context.Context, input io.Reader) func(func(inputLine) bool) {
	found := make(chan inputLine)
	go func() {
		defer close(found)
		scanner := bufio.NewScanner(input)
		scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
		for scanner.Scan() {
			select {
			case found <- inputLine{text: append([]byte(nil), scanner.Bytes()...)}:
			case <-ctx.Done():
				return
			}
		}
		err := scanner.Err()
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("control: a line is longer than %d bytes: %w", maxLine, err)
		}
		if err != nil {
			select {
			case found <- inputLine{err: err}:
			case <-ctx.Done():
			}
		}
	}()
	return func(yield func(inputLine) bool) {
		for {
			select {
			case line, more := <-found:
				if !more || !yield(line) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// answerLine answers one line of input.
func answerLine(calls *bridge.Calls, text []byte, lines *lineWriter) error {
	if len(text) == 0 {
		return nil
	}
	var asked call
	if err := json.Unmarshal(text, &asked); err != nil {
		return lines.send(refusal{Error: &app.Error{Code: "line", Message: "This line is not a call.", Params: map[string]string{}}})
	}
	value, refused := calls.Call(asked.Call, asked.Arguments)
	if refused != nil {
		return lines.send(refusal{ID: asked.ID, Error: refused})
	}
	return lines.send(result{ID: asked.ID, Result: value})
}
