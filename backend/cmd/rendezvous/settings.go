package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
	"github.com/tincan-chat/tincan/backend/rendezvous/turn"
)

// settings are what the flags say.
type settings struct {
	listen string
	data   string
	key    string
	relays bool
	relay  turn.Options
	url    string
	weight uint
	hosts  []string

	engine           string
	node             string
	clusterListen    string
	clusterAdvertise string
	seeds            []string
	secret           string
	nats             []string
	natsCredentials  string
	natsAuthority    string
	natsReplicas     int

	tls            string
	certificate    string
	certificateKey string
	acme           string
	email          string
	proxies        []netip.Prefix

	operator         string
	operatorGiven    bool // by the flag
	operatorAnywhere bool
	operatorHosts    []string

	verbose bool
	profile string // file for what the processor does; empty: none
}

// mostWeight is the largest that a server may say it can carry.
const mostWeight = 1000

// parse reads the flags; more, unless nil, adds those of a command.
func parse(arguments []string, stderr io.Writer, more func(*flag.FlagSet)) (settings, error) {
	var s settings
	var hosts, seeds, servers, proxies, operatorHosts string
	flags := flag.NewFlagSet("rendezvous", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		say(stderr, "rendezvous [flags] runs a server; rendezvous COMMAND --help tells of one of these:\n  %s\n", strings.Join(commandNames(), ", "))
		flags.PrintDefaults()
	}
	flags.StringVar(&s.listen, "listen", fmt.Sprintf(":%d", identity.DefaultPort), "address and port for TCP")
	flags.StringVar(&s.data, "data", defaultFolder(), "folder for the server's key and everything it keeps; made when new")
	flags.StringVar(&s.key, "server-key", "", "file with the server's key, for servers that stand behind one address (default: server.key in --data, made when new)")
	flags.StringVar(&s.url, "url", "", "wss://host:port by which devices reach this server from anywhere; the other servers of a cluster tell it on")
	flags.UintVar(&s.weight, "weight", 100, "how much this server can carry beside the others of its cluster, 1 to 1000")
	flags.StringVar(&hosts, "host", "", "names of this server, with commas between: what stands after the @ of handles, and what certificates are for")

	flags.StringVar(&s.engine, "engine", "solo", "solo: alone, everything in --data; cluster: with the servers of --seeds; external: on the NATS of --nats; memory: keeps nothing, has no mail")
	flags.StringVar(&s.node, "node", "", "name of this server in its cluster (default: one is made up and kept)")
	flags.StringVar(&s.clusterListen, "cluster-listen", ":7119", "address and port for the other servers")
	flags.StringVar(&s.clusterAdvertise, "cluster-advertise", "", "address and port where they reach this one, if that is another")
	flags.StringVar(&seeds, "seeds", "", "addresses of all servers of the cluster, this one's too, with commas between")
	flags.StringVar(&s.secret, "cluster-secret", "", "file that all of them hold; made by: rendezvous cluster-secret FILE")
	flags.StringVar(&servers, "nats", "", "URLs of a NATS with JetStream, with commas between")
	flags.StringVar(&s.natsCredentials, "nats-credentials", "", "file with the NATS user's credentials")
	flags.StringVar(&s.natsAuthority, "nats-authority", "", "PEM file of the authority that signed the NATS certificate (default: the system's)")
	flags.IntVar(&s.natsReplicas, "nats-replicas", 1, "how many servers of that NATS keep each piece of mail, 1 to 5")

	flags.StringVar(&s.tls, "tls", "self", "self: TLS 1.3 with the server's own key; files: an own certificate; acme: from an authority; proxy: a proxy of --trusted-proxy has it; off: none, only on loopback")
	flags.StringVar(&s.certificate, "certificate", "", "PEM file of the certificate and its chain, for --tls files")
	flags.StringVar(&s.certificateKey, "certificate-key", "", "PEM file of its key")
	flags.StringVar(&s.acme, "acme-directory", "", "URL of the authority, for --tls acme (default: Let's Encrypt)")
	flags.StringVar(&s.email, "acme-email", "", "address that the authority may write to")
	flags.StringVar(&proxies, "trusted-proxy", "", "addresses or ranges of proxies whose Forwarded or X-Forwarded-For is believed, with commas between")

	address := s.relayFlags(flags)
	flags.StringVar(&s.operator, "operator", operator.DefaultListen, "address and port of the operator's side, on this machine only; off: none")
	flags.BoolVar(&s.operatorAnywhere, "operator-anywhere", false, "let --operator be an address that others reach; put TLS in front of it")
	flags.StringVar(&operatorHosts, "operator-host", "", "names by which the operator's side is reached beside this machine's own, with commas between")
	flags.BoolVar(&s.verbose, "verbose", false, "log more")
	flags.StringVar(&s.profile, "cpu-profile", "", "file for a profile of the processor (pprof), whole when the server ends; it slows the server down a little")
	if more != nil {
		more(flags)
	}
	if err := flags.Parse(arguments); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, errors.New("there are only flags, no arguments; see --help")
	}
	flags.Visit(func(given *flag.Flag) { s.operatorGiven = s.operatorGiven || given.Name == "operator" })
	s.operatorHosts = listed(operatorHosts)
	s.hosts, s.seeds, s.nats = listed(hosts), listed(seeds), listed(servers)
	if err := s.completeRelay(*address); err != nil {
		return settings{}, err
	}
	for _, one := range listed(proxies) {
		prefix, err := netip.ParsePrefix(one)
		if single, addressErr := netip.ParseAddr(one); addressErr == nil {
			prefix, err = netip.PrefixFrom(single.Unmap(), single.Unmap().BitLen()), nil
		}
		if err != nil {
			return settings{}, errors.New("--trusted-proxy has addresses or ranges such as 192.0.2.1,10.0.0.0/24")
		}
		s.proxies = append(s.proxies, prefix)
	}
	return s, s.check()
}

// check refuses what does not fit together.
func (s settings) check() error {
	switch {
	case !slices.Contains([]string{"self", "files", "acme", "proxy", "off"}, s.tls):
		return errors.New("--tls is self or off, files, acme or proxy")
	case !slices.Contains([]string{"solo", "cluster", "external", "memory"}, s.engine):
		return errors.New("--engine is solo, cluster, external or memory")
	case s.tls == "files" && (s.certificate == "" || s.certificateKey == ""):
		return errors.New("--tls files needs --certificate and --certificate-key")
	case s.tls == "acme" && len(s.hosts) == 0:
		return errors.New("--tls acme needs --host with the names that the certificate is for")
	case s.tls == "acme" && s.engine == "memory":
		return errors.New("--tls acme needs an engine that keeps certificates: not memory")
	case s.tls == "proxy" && len(s.proxies) == 0:
		return errors.New("--tls proxy needs --trusted-proxy: without it all devices are taken for one")
	case s.engine == "cluster" && len(s.seeds) == 0:
		return errors.New("--engine cluster needs --seeds with the addresses of all servers, this one's too")
	case s.engine == "external" && len(s.nats) == 0:
		return errors.New("--engine external needs --nats")
	case s.weight < 1 || s.weight > mostWeight:
		return errors.New("--weight is 1 to 1000")
	}
	return s.checkOperator()
}

func listed(text string) []string {
	var all []string
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func defaultFolder() string {
	base, err := os.UserConfigDir()
	if err != nil {
		base = "."
	}
	return filepath.Join(base, "tincan-rendezvous")
}
