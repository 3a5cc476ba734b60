package rendezvous

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// asServer makes the test binary a server of its own, so that its memory can
// be told from that of the clients.
const asServer = "TINCAN_RENDEZVOUS_TEST_SERVER"

// serveForMeasurement prints its address, and after every line on standard
// input its memory in KiB, resident as it is, resident without what the garbage
// collector keeps for later, and heap and stack in use; then goroutines,
// sessions, and the processor time used so far in milliseconds.
func serveForMeasurement() {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return
	}
	server, err := New(Options{
		Key: key, Listen: "127.0.0.1:0", TLS: os.Getenv(asServer) == "tls",
		Limits: Limits{Rate: 1e9, Burst: 1e9},
	})
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	_, _ = fmt.Fprintln(os.Stdout, server.Listening())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		asItIs, used := resident(), processorTime()
		debug.FreeOSMemory() // what the logins left behind is not what an idle peer costs
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		_, _ = fmt.Fprintln(os.Stdout, asItIs, resident(), (stats.HeapInuse+stats.StackInuse)>>10, runtime.NumGoroutine(), server.Sessions(), used)
	}
	cancel()
	if err = <-ended; err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
	}
}

// resident returns the resident set in KiB, 0 where the system doesn't say.
func resident() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var size int
		if n, scanErr := fmt.Sscanf(line, "VmRSS: %d kB", &size); scanErr == nil && n == 1 {
			return size
		}
	}
	return 0
}

// processorTime returns what this process used of the processors, in
// milliseconds; 0 where the system doesn't say (proc(5): fields 14 and 15, in
// hundredths of a second).
func processorTime() int {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	var user, system int
	if _, err = fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		return 0
	}
	return 10 * (user + system)
}
