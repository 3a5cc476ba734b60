package e2e_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/rendezvous/rendezvoustest"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
)

// service is a container of the compose file, as far as this test understands it.
type service struct {
	Image       string            `yaml:"image"`
	Build       map[string]string `yaml:"build"`
	Entrypoint  []string          `yaml:"entrypoint"`
	Command     []string          `yaml:"command"`
	Restart     string            `yaml:"restart"`
	StopGrace   string            `yaml:"stop_grace_period"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	MemLimit    string            `yaml:"mem_limit"`
	Ulimits     map[string]int    `yaml:"ulimits"`
	DependsOn   any               `yaml:"depends_on"`
	NetworkMode string            `yaml:"network_mode"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
}

// composed is the compose file.
type composed struct {
	Name     string             `yaml:"name"`
	Node     service            `yaml:"x-node"`
	Services map[string]service `yaml:"services"`
	Networks map[string]any     `yaml:"networks"`
	Volumes  map[string]any     `yaml:"volumes"`
}

// composeHost stands where the operator puts the server's name.
const composeHost = "localhost"

func readCompose(t *testing.T) composed {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(packageFolder, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`\$\{TINCAN_HOST(:\?[^}]*)?\}`).ReplaceAllString(string(data), composeHost)
	if at := strings.Index(text, "${"); at >= 0 {
		t.Fatalf("what is %q?", text[at:at+20])
	}
	var file composed
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err = decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file
}

var nodeNames = []string{"one", "two", "three"}

// mapped replaces what is inside the containers by what is on this machine.
func mapped(arguments []string, replacer *strings.Replacer) []string {
	out := make([]string, len(arguments))
	for i, one := range arguments {
		out[i] = replacer.Replace(one)
	}
	return out
}

// loopback returns addresses that were free a moment ago.
func loopback(t *testing.T, count int) []string {
	t.Helper()
	var listeners []net.Listener
	var addresses []string
	for range count {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners, addresses = append(listeners, listener), append(addresses, listener.Addr().String())
	}
	for _, listener := range listeners {
		_ = listener.Close()
	}
	return addresses
}

// composeUp starts what the compose file says, without containers, and returns
// the address to give to people and where each node listens.
func composeUp(t *testing.T, file composed) (address string, nodes []*process, listen []string) {
	t.Helper()
	secrets, peers := t.TempDir(), loopback(t, len(nodeNames))
	listen = loopback(t, len(nodeNames))
	program := filepath.Join(programs, "rendezvous")
	help, err := command(t, nil, program, "--help")
	if err != nil {
		t.Fatal(err)
	}
	setup := mapped(file.Services["setup"].Entrypoint, strings.NewReplacer("/secrets", secrets, "/rendezvous", program))
	for range 2 { // it is run at every start
		if output, err := command(t, nil, setup[0], setup[1:]...); err != nil {
			t.Fatalf("setup: %v: %s", err, output)
		}
	}
	for i, name := range nodeNames {
		one := file.Services[name]
		words := []string{"/data", t.TempDir(), "/secrets", secrets, "172.31.117.0/24", "127.0.0.0/8"}
		for j, other := range nodeNames {
			words = append(words, other+":7119", peers[j])
		}
		arguments := mapped(slices.Concat(entrypoint(t)[1:], one.Command), strings.NewReplacer(words...))
		arguments = append(arguments, "--listen", listen[i], "--cluster-listen", peers[i])
		if strings.Contains(help, "-operator ") {
			arguments = append(arguments, "--operator", "off")
		}
		nodes = append(nodes, start(t, "rendezvous", arguments...))
	}
	deadline := time.After(clusterLimit)
	for i, one := range nodes {
		for ready := false; !ready; {
			select {
			case line := <-one.lines:
				ready = line == "ready"
				text, found := strings.CutPrefix(line, "address: ")
				if found && address != "" && text != address {
					t.Errorf("%s says %s, another %s", nodeNames[i], text, address)
				}
				if found {
					address = text
				}
			case <-one.gone:
				t.Fatalf("%s ended: %s", nodeNames[i], one.errors.text())
			case <-deadline:
				t.Fatalf("%s is not ready: %s", nodeNames[i], one.errors.text())
			}
		}
	}
	return address, nodes, listen
}

// TestComposeFile is what can be said of it without starting it.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	file := readCompose(t)
	for _, name := range nodeNames {
		one := file.Services[name]
		if !one.ReadOnly || !slices.Contains(one.CapDrop, "ALL") || !slices.Contains(one.SecurityOpt, "no-new-privileges:true") ||
			one.MemLimit == "" || one.StopGrace != "45s" || one.Restart != "unless-stopped" || len(one.Ports) != 0 {
			t.Errorf("%s is %+v", name, one)
		}
		if !slices.Equal(one.Volumes, []string{name + ":/data", "secrets:/secrets:ro"}) {
			t.Errorf("%s has the volumes %q", name, one.Volumes)
		}
		known(t, one.Command)
		want := mapped(file.Services["one"].Command, strings.NewReplacer(`one:7119,two:7119,three:7119`, `one:7119,two:7119,three:7119`, "one", name))
		if !slices.Equal(one.Command, want) {
			t.Errorf("%s is started with %q, want %q", name, one.Command, want)
		}
	}
	for name, one := range file.Services {
		for _, volume := range one.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if _, named := file.Volumes[source]; !named && !strings.HasPrefix(source, "./") {
				t.Errorf("%s has the volume %s, which is not named", name, source)
			}
		}
		if one.Build != nil && one.Build["dockerfile"] != "Containerfile" {
			t.Errorf("%s is built by %q", name, one.Build)
		}
	}
}

// TestCompose starts the three servers as the compose file does, and when
// HAProxy is there the load balancer in front of them: a device gets in by the
// one address, and again when the node that it was at is killed.
func TestCompose(t *testing.T) {
	t.Parallel()
	address, nodes, listen := composeUp(t, readCompose(t))
	server, err := identity.ParseServerAddress(address)
	if err != nil || !strings.HasPrefix(address, "wss://"+composeHost+"/#") && !strings.HasPrefix(address, "wss://"+composeHost+":443/#") {
		t.Fatalf("address %s: %v", address, err)
	}
	haproxy := findHAProxy(t)
	if haproxy == "" {
		t.Log("NOT RUN: haproxy is not on this machine (build/tools/prepare test installs it): the nodes were started, the balancer was not")
		return
	}
	port, roots := balance(t, haproxy, listen)
	device := rendezvoustest.NewDevice(t)
	ups, downs := make(chan signaling.Up, 16), make(chan signaling.Down, 16)
	client := rendezvousclient.New(rendezvousclient.Options{
		Identity: link.Identity{Peer: device.Peer(), Device: device.Keys.Device(), Sign: device.SignAsDevice},
		Roots:    roots,
		Handle: func(e signaling.Event) {
			switch {
			case e.Up != nil:
				ups <- *e.Up
			case e.Down != nil:
				downs <- *e.Down
			}
		},
	})
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	client.Publish(device.Record)
	client.Connect("here", identity.Server{URLs: []string{fmt.Sprintf("wss://%s:%d", composeHost, port)}, Key: server.Key})
	up := func() {
		t.Helper()
		for deadline := time.After(patience); ; {
			select {
			case got := <-ups:
				if got.Key != server.Key || !got.Mailbox || !got.Directory {
					t.Errorf("up %+v", got)
				}
				return
			case got := <-downs:
				t.Logf("down: %s, %v", got.Code, got.Err)
			case <-deadline:
				t.Fatal("the device does not get in")
			}
		}
	}
	up()
	// One after the other, so that two are left; the device was at one of them.
	for i, one := range nodes {
		one.kill()
		select {
		case <-downs:
			t.Logf("it was at %s", nodeNames[i])
			up()
			return
		case <-time.After(5 * time.Second): // it is at another
		}
		arguments := one.command.Args[1:]
		nodes[i] = start(t, "rendezvous", arguments...)
		eventually(t, nodeNames[i]+" is back", func() bool {
			select {
			case line := <-nodes[i].lines:
				return line == "ready"
			default:
				return false
			}
		})
	}
	t.Fatal("the device was at none of the nodes")
}

// findHAProxy returns where it is, "" when it is not; where everything must be run it must be there.
func findHAProxy(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"haproxy", "/usr/sbin/haproxy"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("haproxy is missing; build/tools/prepare test installs it")
	}
	return ""
}

// balance starts the balancer with its configuration, mapped to this machine.
func balance(t *testing.T, haproxy string, listen []string) (port int, roots *x509.CertPool) {
	t.Helper()
	folder, front := t.TempDir(), loopback(t, 1)[0]
	site := filepath.Join(folder, "site.pem")
	roots = certify(t, site)
	data, err := os.ReadFile(filepath.Join(packageFolder, "haproxy.cfg"))
	if err != nil {
		t.Fatal(err)
	}
	words := []string{":8443", front, "/certificates/site.pem", site}
	for i, name := range nodeNames {
		words = append(words, " "+name+":7117", " "+listen[i])
	}
	for i := 0; i < len(words); i += 2 {
		if strings.Count(string(data), words[i]) != 1 {
			t.Fatalf("the configuration has %q %d times", words[i], strings.Count(string(data), words[i]))
		}
	}
	file := filepath.Join(folder, "haproxy.cfg")
	if err = os.WriteFile(file, []byte(strings.NewReplacer(words...).Replace(string(data))), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, checkErr := command(t, nil, haproxy, "-c", "-f", file); checkErr != nil || strings.Contains(output, "WARNING") {
		t.Fatalf("haproxy -c: %v\n%s", checkErr, output)
	}
	run(t, "haproxy", exec.CommandContext(context.WithoutCancel(t.Context()), haproxy, "-db", "-f", file))
	eventually(t, "the balancer listens", func() bool {
		connection, dialErr := new(net.Dialer).DialContext(t.Context(), "tcp", front)
		if dialErr == nil {
			_ = connection.Close()
		}
		return dialErr == nil
	})
	_, text, err := net.SplitHostPort(front)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return port, roots
}

// certify writes a certificate with its key behind it, and returns who vouches for it.
func certify(t *testing.T, path string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{composeHost}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})...)
	if err = os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return roots
}
