package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tincan-chat/tincan/backend/rendezvous/operator"
	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// Exit statuses.
const (
	statusGood   = 0
	statusFailed = 1
	statusUsage  = 2
)

const (
	tokenVariable = "TINCAN_OPERATOR_TOKEN"
	maxTokenFile  = 4 << 10          // bytes
	answerTime    = 30 * time.Second // for a call that is no stream
)

// command is what comes after the program's name. It returns the exit status.
type command func(ctx context.Context, arguments []string, stdout, stderr io.Writer) int

func commands() map[string]command {
	return map[string]command{
		"cluster-secret": clusterSecret, "cluster-setup": clusterSetup, "migrate": migrate,
		"token": newToken, "restore": restore,
		"status": status, "nodes": nodes, "drain": drain,
		"bans": bans, "ban": ban, "unban": unban,
		"listings": listings, "remove-listing": removeListing, "restore-listing": restoreListing,
		"reports": reports, "dismiss": dismiss, "backup": backup,
	}
}

func commandNames() []string { return slices.Sorted(maps.Keys(commands())) }

// runCommand runs a command, if the arguments begin with one.
func runCommand(ctx context.Context, arguments []string, stdout, stderr io.Writer) (code int, ran bool) {
	if len(arguments) == 0 || strings.HasPrefix(arguments[0], "-") {
		return 0, false
	}
	run, ok := commands()[arguments[0]]
	if !ok {
		say(stderr, "rendezvous: there is no command %q: there are only flags, see --help, and %s\n", arguments[0], strings.Join(commandNames(), ", "))
		return statusUsage, true
	}
	return run(ctx, arguments[1:], stdout, stderr), true
}

// newFlags are of one command.
func newFlags(name, usage string, stderr io.Writer) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		say(stderr, "rendezvous %s %s\n", name, usage)
		flags.PrintDefaults()
	}
	return flags
}

// parseAll takes flags before and behind the other arguments, which it returns.
func parseAll(flags *flag.FlagSet, arguments []string) (rest []string, err error) {
	for {
		if err = flags.Parse(arguments); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, flags.Arg(0))
		arguments = flags.Args()[1:]
	}
}

// local reads the arguments of a command that needs no server, and count others
// than flags. Without ok it is over with the exit status.
func local(flags *flag.FlagSet, arguments []string, count int) (rest []string, code int, ok bool) {
	rest, err := parseAll(flags, arguments)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil, statusGood, false
	case err != nil:
		return nil, statusUsage, false // it was said by the flags
	case len(rest) != count:
		flags.Usage()
		return nil, statusUsage, false
	}
	return rest, 0, true
}

// call is a command that asks a running server.
type call struct {
	flags     *flag.FlagSet
	url       string
	tokenFile string
	json      bool
	rest      []string
	stdout    io.Writer
	stderr    io.Writer

	operatorwire.OperatorServiceClient
}

// newCall has the flags that all of them have; more may be added before begin.
func newCall(name, usage string, stdout, stderr io.Writer) *call {
	c := &call{flags: newFlags(name, usage, stderr), stdout: stdout, stderr: stderr}
	c.flags.StringVar(&c.url, "operator", "http://"+operator.DefaultListen, "URL of the server's operator's side")
	c.flags.StringVar(&c.tokenFile, "token-file", "", "file that holds the operator's token (default: the variable "+tokenVariable+")")
	c.flags.BoolVar(&c.json, "json", false, "print the answer as JSON")
	return c
}

// begin reads the arguments; least and most are how many there are beside the
// flags. Without ok it is over with the exit status.
func (c *call) begin(arguments []string, least, most int) (code int, ok bool) {
	rest, err := parseAll(c.flags, arguments)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return statusGood, false
	case err != nil:
		return statusUsage, false // it was said by the flags
	case len(rest) < least || len(rest) > most:
		c.flags.Usage()
		return statusUsage, false
	}
	c.rest = rest
	if !strings.Contains(c.url, "://") {
		c.url = "http://" + c.url
	}
	address, err := url.Parse(c.url)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return c.usage("--operator is a URL such as http://%s", operator.DefaultListen), false
	}
	token, err := c.token()
	if err != nil {
		return c.fail(err), false
	}
	if token == "" {
		return c.usage("the operator's token is needed: put it into %s or into a file of --token-file. It was printed when the server first started; \"rendezvous token\" makes another one", tokenVariable), false
	}
	c.OperatorServiceClient = operatorwire.NewOperatorServiceClient(http.DefaultClient, strings.TrimSuffix(c.url, "/"),
		connect.WithInterceptors(bearer(token)))
	return 0, true
}

func (c *call) token() (string, error) {
	if c.tokenFile == "" {
		return strings.TrimSpace(os.Getenv(tokenVariable)), nil
	}
	file, err := os.Open(c.tokenFile)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxTokenFile))
	return strings.TrimSpace(string(data)), errors.Join(err, file.Close())
}

func (c *call) usage(format string, arguments ...any) int {
	say(c.stderr, "rendezvous: "+format+"\n", arguments...)
	return statusUsage
}

// fail says what went wrong.
func (c *call) fail(err error) int {
	sentence := err.Error()
	if told := (*connect.Error)(nil); errors.As(err, &told) {
		sentence = told.Message()
		switch {
		case !connect.IsWireError(err) && told.Code() == connect.CodeUnavailable:
			sentence = fmt.Sprintf("no server answers at %s (%s); look whether it runs, or say where with --operator", c.url, told.Message())
		case told.Code() == connect.CodeDeadlineExceeded:
			sentence = fmt.Sprintf("the server at %s does not answer in time", c.url)
		case !connect.IsWireError(err) && told.Code() != connect.CodeCanceled:
			sentence = fmt.Sprintf("what answers at %s is no operator's side of a server (%s)", c.url, told.Message())
		}
	}
	say(c.stderr, "rendezvous: %s\n", sentence)
	return statusFailed
}

// print writes an answer as JSON when that was asked for, and otherwise as text.
func (c *call) print(answer proto.Message, text func()) int {
	if !c.json {
		text()
		return statusGood
	}
	data, err := protojson.MarshalOptions{Multiline: true, EmitUnpopulated: true}.Marshal(answer)
	if err != nil {
		return c.fail(err)
	}
	say(c.stdout, "%s\n", data)
	return statusGood
}

// bearer sends the token with every call.
type bearer string

// WrapUnary implements connect.Interceptor. It bounds how long a call may take too.
func (b bearer) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, request connect.AnyRequest) (connect.AnyResponse, error) {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		request.Header().Set("Authorization", "Bearer "+string(b))
		return next(ctx, request)
	}
}

// WrapStreamingClient implements connect.Interceptor.
func (b bearer) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		stream := next(ctx, spec)
		stream.RequestHeader().Set("Authorization", "Bearer "+string(b))
		return stream
	}
}

// WrapStreamingHandler implements connect.Interceptor; this is the client.
func (b bearer) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// plain is a text of somebody else without what a terminal would obey.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
