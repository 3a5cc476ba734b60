package operator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

const patience = 20 * time.Second

// start serves a fake until the test ends.
func start(t *testing.T, source *fake, changes ...func(*Options)) *Server {
	t.Helper()
	options := Options{Source: source, Folder: t.TempDir(), Listen: "127.0.0.1:0"}
	for _, change := range changes {
		change(&options)
	}
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return server
}

// bearer adds the token to every call.
type bearer string

func (b bearer) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		request.Header().Set("Authorization", "Bearer "+string(b))
		return next(ctx, request)
	}
}

func (b bearer) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		stream := next(ctx, spec)
		stream.RequestHeader().Set("Authorization", "Bearer "+string(b))
		return stream
	}
}

func (bearer) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// client speaks a protocol; gRPC needs HTTP/2 without TLS.
func client(t *testing.T, server *Server, token string, options ...connect.ClientOption) operatorwire.OperatorServiceClient {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return operatorwire.NewOperatorServiceClient(&http.Client{Transport: transport}, "http://"+server.Address(),
		append(options, connect.WithInterceptors(bearer(token)))...)
}

var protocols = map[string][]connect.ClientOption{
	"connect":      nil,
	"connect json": {connect.WithProtoJSON()},
	"grpc":         {connect.WithGRPC()},
	"grpc-web":     {connect.WithGRPCWeb()},
}

// TestProtocols asks everything in every protocol through real sockets.
func TestProtocols(t *testing.T) {
	t.Parallel()
	for name, options := range protocols {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			source := newFake()
			source.backup = make([]byte, 300_000)
			random := rand.NewChaCha8([32]byte{1})
			_, _ = random.Read(source.backup)
			server := start(t, source)
			ask := client(t, server, server.Token(), options...)

			got, err := ask.GetStatus(ctx, connect.NewRequest(&operatorwire.GetStatusRequest{}))
			if err != nil {
				t.Fatalf("GetStatus: %v", err)
			}
			status := got.Msg.GetStatus()
			if status.GetSessions() != 1284 || status.GetMode() != operatorwire.Mode_MODE_CLUSTER || status.GetHealth() != operatorwire.Health_HEALTH_OK ||
				status.GetMail().GetBytes() != 212<<20 || status.GetSignalMedianMs() != 12 {
				t.Errorf("status %v", status)
			}
			if networks := status.GetRefusedMost(); len(networks) != 3 || networks[1].GetPrefix() != "198.51.100.0/24" || networks[2].GetPrefix() != "2001:db8::/48" {
				t.Errorf("networks with whole addresses: %v", networks)
			}
			checkWatch(ctx, t, source, ask)
			checkNodes(ctx, t, source, ask)
			checkBans(ctx, t, ask)
			checkDirectory(ctx, t, ask)
			checkBackup(ctx, t, source, ask)
			checkRotation(ctx, t, server, ask, options)
		})
	}
}

func checkWatch(ctx context.Context, t *testing.T, source *fake, ask operatorwire.OperatorServiceClient) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := ask.WatchStatus(ctx, connect.NewRequest(&operatorwire.WatchStatusRequest{}))
	if err != nil {
		t.Fatalf("WatchStatus: %v", err)
	}
	if !stream.Receive() {
		t.Fatalf("no first status: %v", stream.Err())
	}
	source.change(func() {
		source.status.Sessions = 2000
		source.status.Signals += 500
	})
	for stream.Receive() {
		if stream.Msg().GetStatus().GetSessions() == 2000 && stream.Msg().GetStatus().GetSignalsPerSecond() > 0 {
			cancel()
			_ = stream.Close()
			return
		}
	}
	t.Fatalf("the stream ended without the change: %v", stream.Err())
}

func checkNodes(ctx context.Context, t *testing.T, source *fake, ask operatorwire.OperatorServiceClient) {
	t.Helper()
	nodes, err := ask.ListNodes(ctx, connect.NewRequest(&operatorwire.ListNodesRequest{}))
	if err != nil || len(nodes.Msg.GetNodes()) != 4 || nodes.Msg.GetNodes()[1].SignalsPerSecond != nil || nodes.Msg.GetNodes()[0].GetSignalsPerSecond() != 18.4 {
		t.Fatalf("ListNodes: %v, %v", nodes, err)
	}
	if _, err = ask.Drain(ctx, connect.NewRequest(&operatorwire.DrainRequest{})); err != nil {
		t.Fatalf("Drain: %v", err)
	}
	source.change(func() {
		if !source.nodes[0].Draining {
			t.Error("this node does not drain")
		}
	})
	if _, err = ask.Undrain(ctx, connect.NewRequest(&operatorwire.UndrainRequest{Node: "fra-1"})); err != nil {
		t.Fatalf("Undrain: %v", err)
	}
	_, err = ask.Drain(ctx, connect.NewRequest(&operatorwire.DrainRequest{Node: "nowhere"}))
	if connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("drain of an unknown node: %v", err)
	}
}

func checkBans(ctx context.Context, t *testing.T, ask operatorwire.OperatorServiceClient) {
	t.Helper()
	for _, target := range []string{"198.51.100.7", "203.0.113.9/24", "*.Bulk.Example"} {
		if _, err := ask.AddBan(ctx, connect.NewRequest(&operatorwire.AddBanRequest{Target: target, Reason: " Spam ", ExpiresMs: time.Now().Add(time.Hour).UnixMilli()})); err != nil {
			t.Fatalf("AddBan(%s): %v", target, err)
		}
	}
	_, err := ask.AddBan(ctx, connect.NewRequest(&operatorwire.AddBanRequest{Target: "198.51.100.0/33"}))
	if connect.CodeOf(err) != connect.CodeInvalidArgument || !strings.Contains(err.Error(), "Did you mean 198.51.100.0/24?") {
		t.Errorf("a bad ban: %v", err)
	}
	_, err = ask.AddBan(ctx, connect.NewRequest(&operatorwire.AddBanRequest{Target: "198.51.100.8", ExpiresMs: 1}))
	if connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("a ban that ended: %v", err)
	}
	var targets []string
	token := ""
	for {
		page, listErr := ask.ListBans(ctx, connect.NewRequest(&operatorwire.ListBansRequest{PageSize: 2, PageToken: token}))
		if listErr != nil || page.Msg.GetTotal() != 3 {
			t.Fatalf("ListBans: %v, %v", page, listErr)
		}
		for _, ban := range page.Msg.GetBans() {
			targets = append(targets, fmt.Sprintf("%s %s %s", ban.GetKind(), ban.GetTarget(), ban.GetReason()))
		}
		if token = page.Msg.GetNextPageToken(); token == "" {
			break
		}
	}
	if all := strings.Join(targets, ", "); all != "BAN_KIND_DOMAIN bulk.example Spam, BAN_KIND_RANGE 203.0.113.0/24 Spam, BAN_KIND_ADDRESS 198.51.100.7 Spam" {
		t.Errorf("bans: %s", all)
	}
	removed, err := ask.RemoveBan(ctx, connect.NewRequest(&operatorwire.RemoveBanRequest{Target: "203.0.113.77/24"}))
	if err != nil || removed.Msg.GetBan().GetTarget() != "203.0.113.0/24" {
		t.Errorf("RemoveBan: %v, %v", removed, err)
	}
	_, err = ask.RemoveBan(ctx, connect.NewRequest(&operatorwire.RemoveBanRequest{Id: "b77"}))
	if connect.CodeOf(err) != connect.CodeNotFound {
		t.Errorf("RemoveBan of nothing: %v", err)
	}
}

func checkDirectory(ctx context.Context, t *testing.T, ask operatorwire.OperatorServiceClient) {
	t.Helper()
	page, err := ask.ListDirectory(ctx, connect.NewRequest(&operatorwire.ListDirectoryRequest{PageSize: 2}))
	if err != nil || len(page.Msg.GetListings()) != 2 || page.Msg.GetNextPageToken() == "" {
		t.Fatalf("ListDirectory: %v, %v", page, err)
	}
	reports, err := ask.ListReports(ctx, connect.NewRequest(&operatorwire.ListReportsRequest{}))
	if err != nil || len(reports.Msg.GetReports()) != 2 || reports.Msg.GetReports()[0].GetReporters() != 7 {
		t.Fatalf("ListReports: %v, %v", reports, err)
	}
	worst := reports.Msg.GetReports()[0]
	if _, err = ask.RemoveListing(ctx, connect.NewRequest(&operatorwire.RemoveListingRequest{Id: worst.GetListingId(), Reason: "Spam"})); err != nil {
		t.Fatalf("RemoveListing: %v", err)
	}
	if _, err = ask.DismissReports(ctx, connect.NewRequest(&operatorwire.DismissReportsRequest{Id: worst.GetId()})); err != nil {
		t.Fatalf("DismissReports: %v", err)
	}
	page, err = ask.ListDirectory(ctx, connect.NewRequest(&operatorwire.ListDirectoryRequest{Removed: true, Query: "watches"}))
	if err != nil || len(page.Msg.GetListings()) != 1 || page.Msg.GetListings()[0].GetRemovedReason() != "Spam" {
		t.Errorf("removed: %v, %v", page, err)
	}
	if _, err = ask.RestoreListing(ctx, connect.NewRequest(&operatorwire.RestoreListingRequest{Id: worst.GetListingId()})); err != nil {
		t.Errorf("RestoreListing: %v", err)
	}
	_, err = ask.RemoveListing(ctx, connect.NewRequest(&operatorwire.RemoveListingRequest{Id: "l1", Reason: strings.Repeat("ä", maxReason+1)}))
	if connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("a long reason: %v", err)
	}
}

func checkBackup(ctx context.Context, t *testing.T, source *fake, ask operatorwire.OperatorServiceClient) {
	t.Helper()
	stream, err := ask.Backup(ctx, connect.NewRequest(&operatorwire.BackupRequest{}))
	if err != nil {
		t.Fatalf("Backup: %v", err)
	}
	var data []byte
	var end *operatorwire.BackupEnd
	for stream.Receive() {
		if len(stream.Msg().GetData()) > backupPiece {
			t.Errorf("a piece of %d bytes", len(stream.Msg().GetData()))
		}
		data = append(data, stream.Msg().GetData()...)
		end = stream.Msg().GetEnd()
	}
	sum := sha256.Sum256(data)
	if stream.Err() != nil || !bytes.Equal(data, source.backup) || end.GetBytes() != uint64(len(data)) || !bytes.Equal(end.GetSha256(), sum[:]) {
		t.Errorf("backup of %d bytes, end %v: %v", len(data), end, stream.Err())
	}
	_ = stream.Close()
}

func checkRotation(ctx context.Context, t *testing.T, server *Server, ask operatorwire.OperatorServiceClient, options []connect.ClientOption) {
	t.Helper()
	watched, err := ask.WatchStatus(ctx, connect.NewRequest(&operatorwire.WatchStatusRequest{}))
	if err != nil || !watched.Receive() {
		t.Fatalf("WatchStatus: %v", err)
	}
	rotated, err := ask.RotateToken(ctx, connect.NewRequest(&operatorwire.RotateTokenRequest{}))
	if err != nil {
		t.Fatalf("RotateToken: %v", err)
	}
	for watched.Receive() {
		continue
	}
	if connect.CodeOf(watched.Err()) != connect.CodeUnauthenticated {
		t.Errorf("a stream of the old token: %v", watched.Err())
	}
	_ = watched.Close()
	if _, err = ask.GetStatus(ctx, connect.NewRequest(&operatorwire.GetStatusRequest{})); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("the old token: %v", err)
	}
	again := client(t, server, rotated.Msg.GetToken(), options...)
	if _, err = again.GetStatus(ctx, connect.NewRequest(&operatorwire.GetStatusRequest{})); err != nil {
		t.Errorf("the new token: %v", err)
	}
}

// TestPlainJSON asks as a person with curl does.
func TestPlainJSON(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	answer, text := post(t, server, "AddBan", `{"target":"198.51.100.7","reason":"Flooding"}`, map[string]string{"Authorization": "Bearer " + server.Token()})
	var got struct {
		Ban struct {
			ID     string `json:"id"`
			Kind   string `json:"kind"`
			Target string `json:"target"`
		} `json:"ban"`
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || answer.StatusCode != http.StatusOK || got.Ban.Kind != "BAN_KIND_ADDRESS" || got.Ban.ID == "" {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	answer, text = post(t, server, "AddBan", `{"target":"nonsense"}`, map[string]string{"Authorization": "Bearer " + server.Token()})
	if answer.StatusCode != http.StatusBadRequest || !strings.Contains(text, "This is not a domain.") || !strings.Contains(text, `"code":"ban-domain"`) {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	answer, text = post(t, server, "GetStatus", `{"nonsense":`, map[string]string{"Authorization": "Bearer " + server.Token()})
	if answer.StatusCode != http.StatusBadRequest {
		t.Errorf("broken JSON: %d %s", answer.StatusCode, text)
	}
	answer, text = post(t, server, "AddBan", `{"target":"`+strings.Repeat("a", maxMessage)+`"}`, map[string]string{"Authorization": "Bearer " + server.Token()})
	if answer.StatusCode != http.StatusTooManyRequests || !strings.Contains(text, "resource_exhausted") {
		t.Errorf("too large: %d %s", answer.StatusCode, text)
	}
}

// post calls a method with plain JSON.
func post(t *testing.T, server *Server, method, body string, header map[string]string) (answered, string) {
	t.Helper()
	header["Content-Type"] = "application/json"
	return do(t, server, http.MethodPost, "/tincan.operator.v1.OperatorService/"+method, body, header)
}

// do sends one request on a connection of its own.
func do(t *testing.T, server *Server, method, path, body string, header map[string]string) (answered, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+server.Address()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		request.Host = host
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return answered{StatusCode: answer.StatusCode, Header: answer.Header, Cookies: answer.Cookies()}, string(text)
}

// answered is what is left of an answer whose body was read.
type answered struct {
	StatusCode int
	Header     http.Header
	Cookies    []*http.Cookie
}

// TestSourceFails: what the source says is not for everyone's eyes.
func TestSourceFails(t *testing.T) {
	t.Parallel()
	source := newFake()
	server := start(t, source)
	ask := client(t, server, server.Token())
	source.change(func() { source.failure = errors.New("secret details") })
	_, err := ask.ListBans(t.Context(), connect.NewRequest(&operatorwire.ListBansRequest{}))
	if connect.CodeOf(err) != connect.CodeInternal || strings.Contains(err.Error(), "secret") {
		t.Errorf("ListBans: %v", err)
	}
	source.change(func() { source.failure = ErrUnavailable })
	_, err = ask.ListNodes(t.Context(), connect.NewRequest(&operatorwire.ListNodesRequest{}))
	if connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("ListNodes: %v", err)
	}
	stream, err := ask.Backup(t.Context(), connect.NewRequest(&operatorwire.BackupRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if stream.Receive() || connect.CodeOf(stream.Err()) != connect.CodeInvalidArgument || !strings.Contains(stream.Err().Error(), "nothing to back up") {
		t.Errorf("Backup of nothing: %v", stream.Err())
	}
	if err = stream.Close(); err != nil {
		t.Error(err)
	}
}

// TestWatchersAreBounded: one more than there may be is told so.
func TestWatchersAreBounded(t *testing.T) {
	t.Parallel()
	server := start(t, newFake())
	ask := client(t, server, server.Token())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range mostWatchers {
		stream, err := ask.WatchStatus(ctx, connect.NewRequest(&operatorwire.WatchStatusRequest{}))
		if err != nil || !stream.Receive() {
			t.Fatalf("WatchStatus: %v", err)
		}
		t.Cleanup(func() { _ = stream.Close() })
	}
	stream, err := ask.WatchStatus(ctx, connect.NewRequest(&operatorwire.WatchStatusRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if stream.Receive() || connect.CodeOf(stream.Err()) != connect.CodeResourceExhausted {
		t.Errorf("one too many: %v", stream.Err())
	}
	cancel()
}
