package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/wire"
	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// running is a program with its operator's side.
type running struct {
	testing  *testing.T
	command  *exec.Cmd
	address  string // without TLS
	operator string // URL
	token    string
	data     string
}

// startOperated starts a server in a folder whose token is known, or new.
func startOperated(t *testing.T, data, token string, more ...string) *running {
	t.Helper()
	return launchOperated(t, data, token, more...)()
}

// launchOperated does not wait until the server is ready.
func launchOperated(t *testing.T, data, token string, more ...string) (ready func() *running) {
	t.Helper()
	arguments := append([]string{"--listen", "127.0.0.1:0", "--tls", "off", "--relay=false", "--operator", "127.0.0.1:0", "--data", data}, more...)
	command, awaited := launch(t, arguments...)
	return func() *running {
		t.Helper()
		return operated(t, command, awaited(), data, token)
	}
}

func operated(t *testing.T, command *exec.Cmd, said map[string]string, data, token string) *running {
	t.Helper()
	made := said["operator's token"]
	if (token == "") != (made != "") {
		t.Fatalf("it printed the token %q although the one before was %q", made, token)
	}
	return &running{testing: t, command: command, address: said["address"], operator: said["operator"], token: made + token, data: data}
}

// asks runs a command of the program against the server.
func (r *running) asks(name string, more ...string) (output string, status int) {
	r.testing.Helper()
	return r.asksAs(r.token, name, more...)
}

func (r *running) asksAs(token, name string, more ...string) (output string, status int) {
	r.testing.Helper()
	command := program(r.testing, append([]string{name, "--operator", r.operator}, more...)...)
	command.Env = append(command.Env, tokenVariable+"="+token)
	said, err := command.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return string(said), exit.ExitCode()
	} else if err != nil {
		r.testing.Fatal(err)
	}
	return string(said), 0
}

// must runs a command that succeeds and says something.
func (r *running) must(says, name string, more ...string) string {
	r.testing.Helper()
	output, status := r.asks(name, more...)
	if status != 0 || !strings.Contains(output, says) {
		r.testing.Fatalf("%s %v: status %d: %s", name, more, status, output)
	}
	return output
}

// as runs a command with --json.
func (r *running) as(into proto.Message, name string, more ...string) {
	r.testing.Helper()
	output := r.must("{", name, append(more, "--json")...)
	if err := protojson.Unmarshal([]byte(output), into); err != nil {
		r.testing.Fatalf("%s: %v in %s", name, err, output)
	}
}

// get asks by plain HTTP.
func (r *running) get(path string) (status int, body string) {
	r.testing.Helper()
	request, err := http.NewRequestWithContext(r.testing.Context(), http.MethodGet, strings.TrimSuffix(r.operator, "/")+path, nil)
	if err != nil {
		r.testing.Fatal(err)
	}
	return r.do(request)
}

func (r *running) do(request *http.Request) (status int, body string) {
	r.testing.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.testing.Fatal(err)
	}
	data, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		r.testing.Fatal(err)
	}
	return answer.StatusCode, string(data)
}

// post calls a method by HTTP with JSON, as curl would.
func (r *running) post(token, method, body string) (status int, answer string) {
	r.testing.Helper()
	request, err := http.NewRequestWithContext(r.testing.Context(), http.MethodPost,
		r.operator+"tincan.operator.v1.OperatorService/"+method, strings.NewReader(body))
	if err != nil {
		r.testing.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return r.do(request)
}

func TestStatusInEveryWay(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "", "--host", "lines.example")
	enter(t, r.address, rendezvoustest.NewDevice(t))
	enter(t, r.address, rendezvoustest.NewDevice(t))

	r.must("lines.example", "status")
	var byCommand operatorwire.GetStatusResponse
	eventually(t, "two devices", func() bool {
		r.as(&byCommand, "status")
		return byCommand.GetStatus().GetSessions() == 2 && len(byCommand.GetStatus().GetReasons()) == 0
	})
	status := byCommand.GetStatus()
	if status.GetMode() != operatorwire.Mode_MODE_SOLO || status.GetHealth() != operatorwire.Health_HEALTH_OK || status.GetConnections() != 2 ||
		status.GetMemoryBytes() == 0 || status.GetDiskBytes() == 0 || status.GetDiskFreeBytes() == 0 || status.GetVersion() == "" || status.GetHost() != "lines.example" {
		t.Errorf("status %v", status)
	}

	code, answer := r.post(r.token, "GetStatus", "{}")
	var byHTTP struct {
		Status struct {
			Node     string `json:"node"`
			Sessions string `json:"sessions"`
		} `json:"status"`
	}
	if err := json.Unmarshal([]byte(answer), &byHTTP); code != http.StatusOK || err != nil || byHTTP.Status.Node != status.GetNode() || byHTTP.Status.Sessions != "2" {
		t.Errorf("by HTTP: %d %s (%v)", code, answer, err)
	}

	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: protocols}
	defer transport.CloseIdleConnections()
	client := operatorwire.NewOperatorServiceClient(&http.Client{Transport: transport}, strings.TrimSuffix(r.operator, "/"),
		connect.WithGRPC(), connect.WithInterceptors(bearer(r.token)))
	byGRPC, err := client.GetStatus(t.Context(), connect.NewRequest(&operatorwire.GetStatusRequest{}))
	if err != nil || byGRPC.Msg.GetStatus().GetSessions() != 2 {
		t.Errorf("by gRPC: %v, %v", byGRPC, err)
	}
	var nodes operatorwire.ListNodesResponse
	r.as(&nodes, "nodes")
	if len(nodes.GetNodes()) != 1 || !nodes.GetNodes()[0].GetSelf() || nodes.GetNodes()[0].GetMemoryBytes() == 0 || nodes.GetNodes()[0].GetVersion() == "" {
		t.Errorf("nodes %v", &nodes)
	}
	r.must("serves", "nodes")
	stop(t, r.command)
}

func TestBanByCommand(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "")
	ana, ben := rendezvoustest.NewDevice(t), rendezvoustest.NewDevice(t)
	session := enter(t, r.address, ana)
	other := enter(t, r.address, ben)

	r.must("Banned: "+ana.Peer().String(), "ban", ana.Peer().String(), "--for", "2d", "--reason", "a test")
	session.expectError(wire.ErrorCode_ERROR_CODE_BANNED)
	refused(t, r.address, ana, wire.ErrorCode_ERROR_CODE_BANNED)
	other.send(&wire.ClientFrame{Kind: &wire.ClientFrame_Heartbeat{Heartbeat: &wire.Heartbeat{Id: 7}}})
	other.until("a heartbeat", func(frame *wire.ServerFrame) bool { return frame.GetHeartbeatReply().GetId() == 7 })

	var bans operatorwire.ListBansResponse
	r.as(&bans, "bans")
	if len(bans.GetBans()) != 1 || bans.GetTotal() != 1 {
		t.Fatalf("bans %v", &bans)
	}
	ban := bans.GetBans()[0]
	days := time.Until(time.UnixMilli(ban.GetExpiresMs())).Hours() / 24
	if ban.GetTarget() != ana.Peer().String() || ban.GetReason() != "a test" || ban.GetKind() != operatorwire.BanKind_BAN_KIND_PEER ||
		days < 1.9 || days > 2 || ban.GetRefused() != 2 {
		t.Errorf("ban %v", ban)
	}
	r.must("a test", "bans")
	var status operatorwire.GetStatusResponse
	eventually(t, "the refusal is counted", func() bool {
		r.as(&status, "status")
		most := status.GetStatus().GetRefusedMost()
		return len(most) == 1 && most[0].GetPrefix() == "127.0.0.0/24" && most[0].GetReason() == "banned"
	})

	r.must("No longer banned", "unban", ana.Peer().String())
	enter(t, r.address, ana)
	r.must("There are no bans", "bans")
	if output, code := r.asks("unban", ana.Peer().String()); code != 1 || !strings.Contains(output, "There is no ban") {
		t.Errorf("unban again: %d %s", code, output)
	}
	// An IPv6 address is kept as its household, and lifted by either.
	r.must("2001:db8::/64", "ban", "2001:db8::1")
	r.must("2001:db8::/64", "unban", "2001:db8::1")
	for _, wrong := range [][]string{{}, {"a", "b"}, {"203.0.113.7", "--for", "soon"}} {
		if output, code := r.asks("ban", wrong...); code != 2 {
			t.Errorf("ban %v: %d %s", wrong, code, output)
		}
	}
	if output, code := r.asks("ban", "127.0.0.1"); code != 1 || !strings.Contains(output, "this machine") {
		t.Errorf("ban of this machine: %d %s", code, output)
	}
	stop(t, r.command)
}

func TestDrainByCommand(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "")
	device := rendezvoustest.NewDevice(t)
	session := enter(t, r.address, device)
	if code, body := r.get("/readyz"); code != http.StatusOK {
		t.Errorf("readyz before: %d %s", code, body)
	}
	r.must("no new devices", "drain")
	session.until("the drain", func(frame *wire.ServerFrame) bool { return frame.GetDrain().GetWithinMs() > 0 })
	refused(t, r.address, rendezvoustest.NewDevice(t), wire.ErrorCode_ERROR_CODE_SHUTDOWN)
	r.must("drains", "nodes")
	eventually(t, "it is not ready", func() bool { code, _ := r.get("/readyz"); return code == http.StatusServiceUnavailable })
	if code, body := r.get("/healthz"); code != http.StatusOK {
		t.Errorf("healthz: %d %s", code, body)
	}
	r.must("takes devices again", "drain", "--end")
	enter(t, r.address, rendezvoustest.NewDevice(t))
	eventually(t, "it is ready", func() bool { code, _ := r.get("/readyz"); return code == http.StatusOK })
	if output, code := r.asks("drain", "nobody"); code != 1 || !strings.Contains(output, "no such thing") {
		t.Errorf("drain of no node: %d %s", code, output)
	}
	stop(t, r.command)
}

// TestMetrics reads them as Prometheus would: a name, perhaps labels, and a number.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "")
	enter(t, r.address, rendezvoustest.NewDevice(t))
	found := map[string]float64{}
	eventually(t, "a session in the metrics", func() bool {
		code, body := r.get("/metrics")
		if code != http.StatusOK {
			t.Fatalf("metrics: %d %s", code, body)
		}
		for line := range strings.Lines(body) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			at := strings.LastIndexByte(line, ' ')
			value, err := strconv.ParseFloat(line[at+1:], 64)
			if at < 1 || err != nil || strings.Contains(line, "127.0.0.1") {
				t.Fatalf("metrics: %q", line)
			}
			found[line[:at]] = value
		}
		// A slow disk is a problem that is told, and passes.
		return found["tincan_rendezvous_sessions"] == 1 && found["tincan_rendezvous_healthy"] == 1
	})
	for _, name := range []string{
		"connections", "mail_envelopes", "mail_bytes", "signals_total", "mails_total", "refused_total", "relay_bytes_total",
		"disk_bytes", "disk_free_bytes", "bans", "reports", "draining", "healthy",
	} {
		if _, ok := found["tincan_rendezvous_"+name]; !ok {
			t.Errorf("there is no %s", name)
		}
	}
	if found["tincan_rendezvous_disk_free_bytes"] == 0 {
		t.Errorf("metrics %v", found)
	}
	stop(t, r.command)
}

func TestToken(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	r := startOperated(t, data, "")
	if len(r.token) < 40 {
		t.Errorf("token %q", r.token)
	}
	kept, err := os.ReadFile(filepath.Join(data, "operator.token"))
	if err != nil || strings.Contains(string(kept), r.token) {
		t.Errorf("the folder has the token itself, or nothing: %v", err)
	}
	if output, code := r.asksAs("wrong", "status"); code != 1 || !strings.Contains(output, "This token is not the one") {
		t.Errorf("a wrong token: %d %s", code, output)
	}
	if code, answer := r.post("wrong", "GetStatus", "{}"); code != http.StatusUnauthorized || !strings.Contains(answer, "unauthenticated") {
		t.Errorf("a wrong token by HTTP: %d %s", code, answer)
	}
	if output, code := r.asksAs("", "status"); code != 2 || !strings.Contains(output, tokenVariable) {
		t.Errorf("no token: %d %s", code, output)
	}
	file := filepath.Join(t.TempDir(), "token")
	if err = os.WriteFile(file, []byte(r.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, code := r.asksAs("", "status", "--token-file", file); code != 0 {
		t.Errorf("a token in a file: %d %s", code, output)
	}

	made, err := program(t, "token", "--data", data).Output()
	if err != nil {
		t.Fatalf("token: %v", err)
	}
	if output, code := r.asks("status"); code != 1 {
		t.Errorf("the old token: %d %s", code, output)
	}
	r.token = strings.TrimSpace(string(made))
	r.must("health", "status")
	stop(t, r.command)
	again := startOperated(t, data, r.token)
	again.must("health", "status")
	stop(t, again.command)
	if output, code := again.asks("status"); code != 1 || !strings.Contains(output, "no server answers") {
		t.Errorf("nobody there: %d %s", code, output)
	}
	if output, err := program(t, "token", "--data", t.TempDir()).CombinedOutput(); err == nil {
		t.Errorf("a token for no server: %s", output)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	r := startOperated(t, t.TempDir(), "")
	host, port, err := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(r.operator, "http://"), "/"))
	if err != nil || host != "127.0.0.1" {
		t.Fatalf("it is at %s", r.operator)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range addresses {
		network, ok := one.(*net.IPNet)
		if !ok || network.IP.IsLoopback() || network.IP.IsLinkLocalUnicast() {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		conn, dialErr := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(network.IP.String(), port))
		cancel()
		if dialErr == nil {
			_ = conn.Close()
			t.Errorf("it is reached at %s too", network.IP)
		}
	}
	// Another name, as a page of another site would use it, is refused.
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.operator+"healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "rebound.example"
	if code, body := r.do(request); code != http.StatusForbidden {
		t.Errorf("another host: %d %s", code, body)
	}
	stop(t, r.command)
}

// TestTwoServers: the second one goes on without an operator's side, unless it was told where.
func TestTwoServers(t *testing.T) {
	t.Parallel()
	first := startOperated(t, t.TempDir(), "")
	taken := strings.TrimSuffix(strings.TrimPrefix(first.operator, "http://"), "/")
	s := settings{operator: taken, data: t.TempDir()}
	key, err := identityKey(t, s.data)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openEngine(t.Context(), settings{engine: "memory"}, discard())
	if err != nil {
		t.Fatal(err)
	}
	server, err := open(settings{engine: "memory", tls: "off", listen: "127.0.0.1:0"}, key, opened, discard())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if closeErr := server.Close(); closeErr != nil {
			t.Errorf("Close: %v", closeErr)
		}
	}()
	var stdout, stderr strings.Builder
	without, err := openSide(s, server, opened, discard(), &stdout, &stderr)
	if err != nil || !strings.Contains(stderr.String(), "WARNING") || stdout.String() != "" {
		t.Fatalf("the default port is taken: %v, %q, %q", err, stdout.String(), stderr.String())
	}
	if err = without.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err = os.Stat(filepath.Join(s.data, "operator.token")); err == nil {
		t.Error("a token was made that nobody saw")
	}
	s.operatorGiven = true
	if _, err = openSide(s, server, opened, discard(), &stdout, &stderr); err == nil || !strings.Contains(sentence(err), "--operator off") {
		t.Errorf("the given port is taken: %v", err)
	}
	stop(t, first.command)
}

// discard logs nothing.
func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func identityKey(t *testing.T, folder string) (key []byte, err error) {
	t.Helper()
	opened, err := identity.OpenFolder(folder)
	if err != nil {
		return nil, err
	}
	made, err := opened.ServerKey()
	return made, errors.Join(err, opened.Close())
}
