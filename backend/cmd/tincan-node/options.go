package main

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/tincan-chat/tincan/backend/device"
)

// errUsage says that the flags were wrong, and that this was said already.
var errUsage = errors.New("wrong usage")

// options are the flags.
type options struct {
	data        string
	ui          string
	uiAnywhere  bool
	servers     []string
	noHost      bool
	hostAt      string
	name        string
	color       int
	printInvite bool
	control     bool
	salvage     bool
	passphrase  string // a file
	verify      string // an export
	version     bool
}

func parse(arguments []string, output io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("tincan-node", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&o.data, "data", "", "the profile's folder; made if it is not there (default "+device.FolderName+" where the system keeps such things)")
	flags.StringVar(&o.ui, "ui", "", "serve the interface to a browser at this address, for example 127.0.0.1:7200; port 0 takes a free one")
	flags.BoolVar(&o.uiAnywhere, "ui-anywhere", false, "let --ui be an address that the network can reach; there is no encryption")
	flags.Func("server", "use this introduction server, host:port or its whole address with its key; may be given several times", func(address string) error {
		o.servers = append(o.servers, address)
		return nil
	})
	flags.BoolVar(&o.noHost, "no-host", false, "do not introduce people on this network")
	flags.StringVar(&o.hostAt, "host-at", "", "the address, without port, at which people on this network are introduced (default all of this machine's)")
	flags.StringVar(&o.name, "name", "", "the name of a new profile")
	flags.IntVar(&o.color, "color", 1, "the colour of a new profile, 1 to 8")
	flags.BoolVar(&o.printInvite, "print-invite", false, "print an invite link for one person, good for 7 days")
	flags.BoolVar(&o.control, "control", false, "take calls on standard input and answer on standard output, one JSON object a line")
	flags.BoolVar(&o.salvage, "salvage", false, "make a new database from what can be read of a damaged one, and end; the damaged file is kept beside it")
	flags.StringVar(&o.passphrase, "passphrase-file", "", "a file with the passphrase of the profile, which a terminal is asked for otherwise; - reads a line of standard input")
	flags.BoolVar(&o.version, "version", false, "print the version")
	if err := flags.Parse(arguments); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, err
		}
		return o, errUsage
	}
	if flags.NArg() == 2 && flags.Arg(0) == "verify-export" {
		o.verify = flags.Arg(1)
		return o, nil
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(output, "tincan-node takes no arguments besides its flags, or verify-export and a folder; --help shows them.\n")
		return o, errUsage
	}
	return o, nil
}
