package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tincan-chat/tincan/backend/app"
)

// listener is who must not hear anything.
type listener struct {
	*httptest.Server
	mutex sync.Mutex
	heard []string
}

func startListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.heard = append(l.heard, r.URL.Path)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) requests() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.heard)
}

var escaped = regexp.MustCompile(`\\u\{([0-9a-f]+)(?:\*(\d+))?\}`)

// vectors reads the texts of the browser's test. What would run asks for an
// address of the listener's, and leads the window there; what would load does too.
func (l *listener) vectors(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "frontend", "e2e", "xss.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		address := fmt.Sprintf("%s/%d", l.URL, len(all))
		text := strings.NewReplacer("##", "fetch(`"+address+"`),location=`"+address+"`", "@@", address).Replace(line)
		text = escaped.ReplaceAllStringFunc(text, func(one string) string {
			parts := escaped.FindStringSubmatch(one)
			character, _ := strconv.ParseInt(parts[1], 16, 32) // the pattern has hexadecimal digits only
			count, failure := strconv.Atoi(parts[2])
			if failure != nil {
				count = 1
			}
			return strings.Repeat(string(rune(character)), count)
		})
		if !strings.Contains(text, "\x00") { // refused before it is sent
			all = append(all, text)
		}
	}
	if len(all) < 150 {
		t.Fatalf("only %d texts", len(all))
	}
	return all
}

// TestTextsStayTexts sends the whole corpus to somebody who looks at it in the
// real window: it is shown to its end (the marks say that it was read), nothing
// ran or was loaded, and the window goes on.
func TestTextsStayTexts(t *testing.T) { //nolint:paralleltest // there is one screen
	program := needWindow(t)
	l := startListener(t)
	texts := l.vectors(t)
	server := startServer(t, t.TempDir(), "127.0.0.1:0")
	p := meet(t, "--no-host", "--server", server.address)
	// What waits for the window is shown as it opens.
	p.ben.call(nil, "SetProfile", "<img src=x onerror=alert(1)>", 1, "<img src="+l.URL+"/about>", "")
	p.ana.stop()
	w := openWindow(t, program, p.anaDir)
	w.focus()
	w.painted("window-texts")
	// The only conversation, from the keyboard.
	w.focus()
	tool(t, "xdotool", "key", "alt+Down")
	p.untilRead(t, p.ben.texts(p.conversation)[0].ID)
	// So many at a time that each is on screen.
	for some := range slices.Chunk(texts, 4) {
		p.untilRead(t, p.sayAll(some))
	}
	w.painted("window-texts-read")
	if heard := l.requests(); len(heard) > 0 {
		t.Errorf("the window asked for %q", heard)
	}
	w.end()
	said, err := os.ReadFile(w.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(said), "painted") || strings.Contains(string(said), "level=ERROR") || strings.Contains(string(said), "panic") {
		t.Errorf("the app said:\n%s", said)
	}
}

// sayAll sends texts from Ben and returns the last one's id.
func (p *pair) sayAll(texts []string) string {
	p.ben.t.Helper()
	var sent app.Message
	for _, text := range texts {
		p.ben.call(&sent, "SendText", p.conversation, text)
	}
	return sent.ID
}

func (p *pair) untilRead(t *testing.T, message string) {
	t.Helper()
	eventually(t, "the last text was seen", func() bool {
		for _, one := range p.ben.texts(p.conversation) {
			if one.ID == message {
				return one.State == app.MessageRead
			}
		}
		return false
	})
}
