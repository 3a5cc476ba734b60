package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// goodbye is how long a program may take to end before it is killed.
const goodbye = 5 * time.Second

// maxLine is the longest line of a program that is read: a page of a timeline, in bytes.
const maxLine = 16 << 20

// process is one of Tincan's programs.
type process struct {
	name    string
	command *exec.Cmd
	input   io.WriteCloser
	lines   *bufio.Scanner // of its standard output
	waiting sync.Once
	err     error
}

// start runs a program. Its errors go where ours go.
func start(ctx context.Context, program string, arguments ...string) (*process, error) {
	// Cancelling is ours to do, gently: see stop.
	command := exec.CommandContext(context.WithoutCancel(ctx), program, arguments...)
	command.Stderr = os.Stderr
	p := &process{name: filepath.Base(program), command: command}
	input, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	p.input = input
	p.lines = bufio.NewScanner(output)
	p.lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return p, nil
}

// find reads lines until a word begins with prefix, and returns that word.
func (p *process) find(ctx context.Context, prefix string) (string, error) {
	// A program that says nothing would hold us for ever.
	giveUp := time.AfterFunc(patience, func() { _ = p.command.Process.Kill() })
	defer giveUp.Stop()
	undo := context.AfterFunc(ctx, func() { _ = p.command.Process.Kill() })
	defer undo()
	for p.lines.Scan() {
		for word := range strings.FieldsSeq(p.lines.Text()) {
			if strings.HasPrefix(word, prefix) {
				return word, nil
			}
		}
	}
	return "", fmt.Errorf("%s ended before it said where it is", p.name)
}

// drain reads and forgets what else the program says, so that it never waits for us.
func (p *process) drain() {
	for p.lines.Scan() {
		continue
	}
}

// wait returns when the program has ended.
func (p *process) wait() error {
	p.waiting.Do(func() {
		if err := p.command.Wait(); err != nil {
			p.err = fmt.Errorf("%s: %w", p.name, err)
		}
	})
	return p.err
}

// stop asks the program to end, and makes it end if it does not.
func (p *process) stop() {
	if err := p.command.Process.Signal(os.Interrupt); errors.Is(err, os.ErrProcessDone) {
		return
	}
	hard := time.AfterFunc(goodbye, func() { _ = p.command.Process.Kill() })
	defer hard.Stop()
	_ = p.wait() // that it was interrupted is no news
}
