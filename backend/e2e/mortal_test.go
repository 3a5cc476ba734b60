package e2e_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // to look at the files of devices that ended

	"github.com/tincan-chat/tincan/backend/app"
)

// mortal is tincan-node with fault points: see package fault.
const mortal = "tincan-node-mortal"

// errDied says that the victim is dead: it comes back, and its step is done again.
var errDied = errors.New("the device died")

// death is where the victim dies: at a point, in one of its processes (0 is the
// first one), the how manieth time it comes there (from 1). "" is nowhere.
type death struct {
	process int
	point   string
	time    int
}

func (d death) String() string { return fmt.Sprintf("%d/%s/%d", d.process, d.point, d.time) }

// somebody is a person whose device comes, goes and perhaps dies.
type somebody struct {
	*device

	t            *testing.T
	name         string
	conversation string
	folder       string
	server       string
	record       string // folder for what is reached, "" to record nothing
	death        death
	other        *somebody
	up           bool // nobody ended the device
	victim       bool
	came         int // how often the device was started as planned
	died         bool
	written      []string // texts that the device took on: none of them may be lost
}

// come starts the device. Its environment holds the fault, if this is its turn.
func (s *somebody) come() error {
	s.t.Helper()
	var environment []string
	if s.death.point != "" && s.death.process == s.came {
		environment = append(environment, fmt.Sprintf("TINCAN_FAULTS_KILL=%s#%d", s.death.point, s.death.time))
	}
	if s.record != "" {
		environment = append(environment, "TINCAN_FAULTS_RECORD="+filepath.Join(s.record, fmt.Sprint(s.came)))
	}
	s.came++
	return s.open(environment...)
}

// comeBack starts the device after its death, as a person would, and nothing is
// left of the fault.
func (s *somebody) comeBack() {
	s.t.Helper()
	s.buried()
	if err := s.open(); err != nil {
		s.t.Fatalf("%s does not come back: %v\n%s", s.name, err, s.errors.text())
	}
}

// buried waits until the victim's process is gone, and demands that it was killed.
func (s *somebody) buried() {
	s.t.Helper()
	select {
	case <-s.gone:
	case <-time.After(patience):
		s.t.Fatalf("%s is neither alive nor dead:\n%s", s.name, s.errors.text())
	}
	status, ok := s.command.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !s.victim || s.died || status.Signal() != syscall.SIGKILL {
		s.t.Fatalf("%s ended by itself:\n%s", s.name, s.errors.text())
	}
	s.died = true
}

func (s *somebody) open(environment ...string) error {
	s.t.Helper()
	program := "tincan-node"
	if s.victim {
		program = mortal
	}
	arguments := []string{"--data", s.folder, "--control", "--name", s.name, "--no-host", "--server", s.server}
	command := exec.CommandContext(context.WithoutCancel(s.t.Context()), filepath.Join(programs, program), arguments...)
	s.up = true
	s.device = listen(run(s.t, s.name, command, environment...), s.folder)
	if err := s.ask(nil, "Painted"); err != nil {
		return err
	}
	return s.reaches()
}

// reaches waits for a server.
func (s *somebody) reaches() error {
	s.t.Helper()
	return s.until("a server is reached", func(state app.State) bool {
		return slices.ContainsFunc(state.Network.Servers, func(one app.Server) bool { return one.State == app.ServerOnline })
	})
}

// go away ends the device as a system does. The victim may die of it.
func (s *somebody) goAway() {
	s.t.Helper()
	s.up = false
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	select {
	case <-s.gone:
	case <-time.After(patience):
		s.t.Fatalf("%s does not end:\n%s", s.name, s.errors.text())
	}
	if !s.command.ProcessState.Success() {
		s.buried()
	}
}

// ask calls a method: errDied, or a refusal.
func (s *somebody) ask(into any, method string, arguments ...any) error {
	s.t.Helper()
	refused, alive := s.attempt(into, method, arguments...)
	switch {
	case !alive:
		return errDied
	case refused != nil:
		return fmt.Errorf("%s: %w", method, refused)
	}
	return nil
}

// until waits for a state of this device.
func (s *somebody) until(what string, condition func(app.State) bool) error {
	s.t.Helper()
	return s.wait(s.name+": "+what, func() (bool, error) {
		var state app.State
		err := s.ask(&state, "Start")
		return err == nil && condition(state), err
	})
}

// talk is the conversation that this person has, "" if none.
func (s *somebody) talk() (string, error) {
	if s.conversation == "" {
		var state app.State
		if err := s.ask(&state, "Start"); err != nil {
			return "", err
		}
		if len(state.Conversations) > 0 {
			s.conversation = state.Conversations[0].ID
		}
	}
	return s.conversation, nil
}

// messages returns the whole conversation.
func (s *somebody) messages() ([]app.Message, error) {
	conversation, err := s.talk()
	if err != nil || conversation == "" {
		return nil, err
	}
	var page app.Page
	err = s.ask(&page, "PageLast", conversation, 200)
	return page.Messages, err
}

// says writes a text that is not there yet: after a death nobody knows whether it
// was written.
func (s *somebody) says(text string) error {
	if slices.Contains(s.written, text) {
		return nil
	}
	messages, err := s.messages()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(messages, func(one app.Message) bool { return one.Text == text }) {
		conversation, err := s.talk()
		if err != nil {
			return err
		}
		if err = s.ask(nil, "SendText", conversation, text); err != nil {
			return err
		}
	}
	s.written = append(s.written, text)
	return nil
}

// none waits until none of this person's own messages is in one of some states.
func (s *somebody) none(states ...app.MessageState) error {
	s.t.Helper()
	return s.wait(fmt.Sprintf("%s has nothing that is %v", s.name, states), func() (bool, error) {
		messages, err := s.messages()
		return err == nil && len(messages) > 0 && !slices.ContainsFunc(messages, func(one app.Message) bool {
			return one.Mine && !one.Deleted && slices.Contains(states, one.State)
		}), err
	})
}

// has waits until this person has what another one wrote.
func (s *somebody) has(texts []string) error {
	s.t.Helper()
	return s.wait(fmt.Sprintf("%s has %q", s.name, texts), func() (bool, error) {
		messages, err := s.messages()
		for _, text := range texts {
			if !slices.ContainsFunc(messages, func(one app.Message) bool { return one.Text == text }) {
				return false, err
			}
		}
		return true, err
	})
}

// asksSQL answers a query with one value about this person's database, which a
// running device may have open.
func (s *somebody) asksSQL(query string) (text string) {
	s.t.Helper()
	database, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(s.folder, "tincan.db"), RawQuery: "mode=ro&_busy_timeout=5000"}).String())
	if err != nil {
		s.t.Fatal(err)
	}
	if err = errors.Join(database.QueryRowContext(s.t.Context(), query).Scan(&text), database.Close()); err != nil {
		s.t.Fatalf("%s: %s: %v", s.name, query, err)
	}
	return text
}

// whole looks at what a device that ended left on the disk. epoch is the last
// one that it wrote: a device that is only killed gives up none of its logs.
func (s *somebody) whole(epoch int) {
	s.t.Helper()
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                                               "ok",
		"SELECT count(*) FROM pragma_foreign_key_check":                        "0",
		"SELECT count(*) FROM outgoing WHERE through > 0":                      "0",
		"SELECT count(*) - count(DISTINCT hash) FROM entries":                  "0",
		"SELECT count(*) FROM entries WHERE id & 68719476735 = 0":              "0",
		"SELECT count(*) FROM erasing":                                         "0",
		fmt.Sprint("SELECT count(*) FROM logs WHERE mine AND epoch > ", epoch): "0", // no log was given up
		"SELECT count(*) FROM forks":                                           "0",
		"SELECT count(*) - sum(sequence > 0) FROM logs":                        "0",
		"SELECT (SELECT sum(sequence) FROM logs) - count(*) FROM entries":      "0", // no gap
	} {
		if got := s.asksSQL(query); got != want {
			s.t.Errorf("%s: %s is %s, not %s", s.name, query, got, want)
		}
	}
	left, err := filepath.Glob(filepath.Join(s.folder, "snapshots", "*.partial*"))
	if err != nil || len(left) > 0 {
		s.t.Errorf("%s: half of a snapshot is left: %v, %v", s.name, left, err)
	}
}

// wait is eventually for conditions that ask a device which may die, or that wait
// for what another one does.
func (s *somebody) wait(what string, condition func() (bool, error)) error {
	s.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	poll := time.NewTicker(30 * time.Millisecond)
	defer poll.Stop()
	for {
		if met, err := condition(); met || err != nil {
			return err
		}
		if s.other.up && !s.other.alive() {
			return errDied
		}
		select {
		case <-deadline.C:
			return fmt.Errorf("it never came true that %s", what)
		case <-poll.C:
		}
	}
}

// alive tells whether the process runs.
func (s *somebody) alive() bool {
	select {
	case <-s.gone:
		return false
	default:
		return true
	}
}

// recorded returns what each process of a victim came to, and how often.
func recorded(t *testing.T, folder string) []map[string]int {
	t.Helper()
	var reached []map[string]int
	for {
		data, err := os.ReadFile(filepath.Join(folder, fmt.Sprint(len(reached))))
		if errors.Is(err, os.ErrNotExist) {
			return reached
		}
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for name := range strings.FieldsSeq(string(data)) {
			counts[name]++
		}
		reached = append(reached, counts)
	}
}

// deaths enumerates where to die: for each point that was reached the first, the
// middle and the last time over all processes.
func deaths(reached []map[string]int) []death {
	var all []death
	names := map[string][]death{}
	for process, counts := range reached {
		for name, count := range counts {
			for i := range count {
				names[name] = append(names[name], death{process: process, point: name, time: i + 1})
			}
		}
	}
	for _, times := range names {
		for _, at := range slices.Compact([]int{0, (len(times) - 1) / 2, len(times) - 1}) {
			all = append(all, times[at])
		}
	}
	slices.SortFunc(all, func(a, b death) int { return strings.Compare(a.String(), b.String()) })
	return all
}
