package e2e_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

const (
	packageFolder = "../../build/package/rendezvous"
	mostBinary    = 40 << 20 // bytes
	// mostExposed is what systemd may say of the unit: 0 is best, 100 worst.
	mostExposed = "20"
)

// command runs a program to its end and returns what it said.
func command(t *testing.T, environment []string, name string, arguments ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clusterLimit)
	defer cancel()
	run := exec.CommandContext(ctx, name, arguments...)
	run.Env = append(os.Environ(), environment...)
	output, err := run.CombinedOutput()
	return string(output), err
}

// unpack returns the regular files and folders of an archive, and writes the binary.
func unpack(t *testing.T, archive, binary string) map[string]bool {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(strings.TrimSuffix(header.Name, "/"), "/")
		names[name] = true
		if name != "rendezvous" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(reader, mostBinary+1))
		if err != nil || len(data) > mostBinary || header.Mode&0o777 != 0o755 {
			t.Fatalf("the binary has %d bytes or more and mode %o: %v", len(data), header.Mode, err)
		}
		if err = os.WriteFile(binary, data, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Logf("the binary has %.1f MB", float64(len(data))/1e6)
	}
}

// TestPackage is what `make package-rendezvous` makes, for this machine's processor.
func TestPackage(t *testing.T) {
	t.Parallel()
	machine, known := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	if !known {
		t.Fatalf("the server is packed for amd64 and arm64, and this is %s", runtime.GOARCH)
	}
	folder := t.TempDir()
	output, err := command(t, []string{"ARCH="}, "../../build/tools/package", folder)
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	lines := strings.Fields(output)
	binary := filepath.Join(folder, "rendezvous")
	names := unpack(t, lines[len(lines)-1], binary)
	for _, name := range []string{
		"rendezvous", "rendezvous.service", "rendezvous.sysusers", "Containerfile", ".dockerignore",
		"compose.yaml", "haproxy.cfg", "certificates", "LICENSE",
	} {
		if !names[name] {
			t.Errorf("the archive lacks %s", name)
		}
	}
	for _, source := range copied(t) {
		if !names[source] {
			t.Errorf("the Containerfile copies %s, which the archive lacks", source)
		}
	}
	static(t, binary, machine)
	if runtime.GOOS == "linux" {
		if help, err := command(t, nil, binary, "--help"); err != nil || !strings.Contains(help, "-engine") {
			t.Errorf("--help: %v, %s", err, help)
		}
	}
}

// static demands that a program needs nothing from where it runs.
func static(t *testing.T, path string, machine elf.Machine) {
	t.Helper()
	program, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	if program.Machine != machine {
		t.Errorf("it is for %s", program.Machine)
	}
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP || part.Type == elf.PT_DYNAMIC {
			t.Errorf("it is not static: it has %s", part.Type)
		}
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []debug.BuildSetting{{Key: "CGO_ENABLED", Value: "0"}, {Key: "-trimpath", Value: "true"}} {
		if !slices.Contains(info.Settings, want) {
			t.Errorf("it was not built with %s=%s", want.Key, want.Value)
		}
	}
}

// instructions reads a Containerfile: each line is one.
func instructions(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(packageFolder, "Containerfile"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, found := strings.Cut(line, " ")
		if !found || strings.HasSuffix(rest, `\`) {
			t.Fatalf("this test does not understand %q", line)
		}
		all[name] = append(all[name], rest)
	}
	return all
}

// copied returns what the Containerfile copies into the image.
func copied(t *testing.T) []string {
	t.Helper()
	var sources []string
	for _, one := range instructions(t)["COPY"] {
		words := slices.DeleteFunc(strings.Fields(one), func(word string) bool { return strings.HasPrefix(word, "--") })
		sources = append(sources, words[:len(words)-1]...)
	}
	return sources
}

// entrypoint is the command of the image.
func entrypoint(t *testing.T) []string {
	t.Helper()
	var command []string
	if err := json.Unmarshal([]byte(strings.Join(instructions(t)["ENTRYPOINT"], "")), &command); err != nil || len(command) == 0 {
		t.Fatalf("ENTRYPOINT: %v", err)
	}
	return command
}

func TestContainerfile(t *testing.T) {
	t.Parallel()
	all := instructions(t)
	if from := all["FROM"]; len(from) != 1 || from[0] != "scratch" {
		t.Errorf("FROM %q", from)
	}
	if user := all["USER"]; len(user) != 1 || !regexp.MustCompile(`^[1-9]\d{3,}:[1-9]\d{3,}$`).MatchString(user[0]) {
		t.Errorf("USER %q: it must be numbers, and not root's", user)
	}
	if len(all["RUN"]) > 0 {
		t.Errorf("RUN %q: there is no shell in it", all["RUN"])
	}
	for name, want := range map[string]string{"VOLUME": `["/data"]`, "EXPOSE": "7117/tcp 7117/udp 7119/tcp", "STOPSIGNAL": "SIGTERM"} {
		if strings.Join(all[name], "") != want {
			t.Errorf("%s %q", name, all[name])
		}
	}
	known(t, entrypoint(t)[1:])
}

// known demands that a server has all flags of a command line.
func known(t *testing.T, arguments []string) {
	t.Helper()
	help, err := command(t, nil, filepath.Join(programs, "rendezvous"), "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range arguments {
		name, found := strings.CutPrefix(one, "--")
		if name, _, _ = strings.Cut(name, "="); found && !regexp.MustCompile(`(?m)^  -`+regexp.QuoteMeta(name)+`( |$)`).MatchString(help) {
			t.Errorf("the server has no flag %s", one)
		}
	}
}

// unit reads a systemd unit: values of a key in their order, by section and key.
func unit(t *testing.T, text string) map[string][]string {
	t.Helper()
	all, section := map[string][]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch key, value, found := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		case !found || section == "":
			t.Fatalf("this is no unit: %q", line)
		default:
			all[section+"."+key] = append(all[section+"."+key], value)
		}
	}
	return all
}

func TestUnit(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(packageFolder, "rendezvous.service"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	all := unit(t, text)
	for key, want := range map[string]string{
		"User": "tincan-rendezvous", "StateDirectory": "tincan-rendezvous", "StateDirectoryMode": "0700", "UMask": "0077",
		"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes",
		"CapabilityBoundingSet": "", "AmbientCapabilities": "", "MemoryDenyWriteExecute": "yes", "RestrictSUIDSGID": "yes",
		"KillSignal": "SIGTERM", "TimeoutStopSec": "45", "Restart": "on-failure", "MemoryMax": "2G", "LimitNOFILE": "20000",
	} {
		if got := all["Service."+key]; len(got) != 1 || got[0] != want {
			t.Errorf("%s=%q, want %q", key, got, want)
		}
	}
	start := all["Service.ExecStart"]
	if len(start) != 1 {
		t.Fatalf("ExecStart=%q", start)
	}
	words := strings.Fields(start[0])
	known(t, words)
	if words[0] != "/usr/local/bin/rendezvous" || words[len(words)-1] != "$OPTIONS" {
		t.Errorf("ExecStart=%s", start[0])
	}
	users, err := os.ReadFile(filepath.Join(packageFolder, "rendezvous.sysusers"))
	if err != nil || !strings.HasPrefix(string(users), "u tincan-rendezvous ") {
		t.Errorf("the user is not made: %q, %v", users, err)
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("NOT RUN: systemd-analyze is not on this machine; keys and flags were checked, not what systemd makes of them")
		return
	}
	// It looks for the program and the user.
	text = strings.Replace(text, "ExecStart="+words[0], "ExecStart="+filepath.Join(programs, "rendezvous"), 1)
	text = strings.Replace(text, "User=tincan-rendezvous", "User=root", 1)
	file := filepath.Join(t.TempDir(), "tincan-rendezvous.service")
	if err = os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, verifyErr := command(t, nil, analyze, "verify", file); verifyErr != nil || strings.Contains(said, "tincan-rendezvous.service") {
		t.Errorf("systemd-analyze verify: %v\n%s", verifyErr, said)
	}
	output, err := command(t, []string{"SYSTEMD_COLORS=0"}, analyze, "security", "--offline=true", "--no-pager", "--threshold="+mostExposed, file)
	lines := strings.Split(strings.TrimSpace(output), "\n")
	t.Log(lines[len(lines)-1])
	if err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, output)
	}
}
