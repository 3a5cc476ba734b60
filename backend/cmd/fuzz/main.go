package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout))
}

// options are the flags.
type options struct {
	each     time.Duration
	most     time.Duration
	only     *regexp.Regexp
	record   string
	tags     string
	parallel int
	atOnce   int
}

func readOptions(arguments []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("fuzz", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.DurationVar(&o.each, "for", 10*time.Second, "the `time` that each test shall have been fuzzed with its present sources")
	flags.DurationVar(&o.most, "most", 0, "at most this `time` for all of them: with many tests each gets less")
	only := flags.String("only", "", "only the tests whose package and name (invite.FuzzParse) match this `pattern`")
	flags.StringVar(&o.record, "record", "", "the `file` that remembers; without it each test runs for the whole time")
	flags.StringVar(&o.tags, "tags", "sqlite_fts5", "build `tags`")
	flags.IntVar(&o.parallel, "parallel", 1, "inputs of a test tried at a `time`")
	flags.IntVar(&o.atOnce, "at", 1, "tests run at a `time`")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if o.each <= 0 || o.parallel <= 0 || o.atOnce <= 0 || flags.NArg() > 0 {
		return o, errors.New("times and numbers are above zero, and every word is a flag")
	}
	return o, nil
}

func run(ctx context.Context, arguments []string, out io.Writer) int {
	o, err := readOptions(arguments, out)
	if err != nil {
		_, _ = fmt.Fprintln(out, "fuzz:", err)
		return 2
	}
	findings, err := work(ctx, o, out)
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(out, "fuzz:", err)
		return 2
	case findings > 0:
		_, _ = fmt.Fprintf(out, "fuzz: %d findings, see above. Each input is kept under testdata/fuzz of its package: commit it with the repair.\n", findings)
		return 1
	}
	return 0
}

// work runs what is due and says how many tests failed.
func work(ctx context.Context, o options, out io.Writer) (findings int, err error) {
	all, err := tests("backend")
	if err != nil {
		return 0, err
	}
	if err = readRecord(o.record, all); err != nil {
		return 0, err
	}
	due := slices.DeleteFunc(slices.Clone(all), func(one *fuzzTest) bool {
		return !o.only.MatchString(one.label()) || one.present.time >= o.each
	})
	slices.SortStableFunc(due, func(a, b *fuzzTest) int { return cmp.Compare(a.present.time, b.present.time) })
	if o.most > 0 && len(due) > 0 {
		o.each = min(o.each, o.most/time.Duration(len(due)))
	}
	_, _ = fmt.Fprintf(out, "fuzz: %d fuzz tests, %d of them to run, until each has had %v\n", len(all), len(due), o.each)

	programs, err := newPrograms(ctx, o)
	if err != nil {
		return 0, err
	}
	defer programs.remove()
	queue := make(chan *fuzzTest, len(due))
	for _, one := range due {
		queue <- one
	}
	close(queue)
	var (
		workers sync.WaitGroup
		lock    sync.Mutex // guards what is found, and the tallies of all
	)
	for range o.atOnce {
		workers.Go(func() {
			for one := range queue {
				result, problem := programs.fuzz(ctx, one, o.each-one.present.time)
				lock.Lock()
				one.add(result)
				if result.failed {
					findings++
				}
				if problem = errors.Join(problem, writeRecord(o.record, all)); problem != nil {
					err = errors.Join(err, fmt.Errorf("%s: %w", one.label(), problem))
				}
				if ctx.Err() == nil {
					report(out, one, result)
				}
				lock.Unlock()
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		_, _ = fmt.Fprintln(out, "fuzz: ended before all had their time; the same command goes on from here")
	}
	return findings, err
}

func report(out io.Writer, one *fuzzTest, result tally) {
	switch {
	case result.failed:
		_, _ = fmt.Fprintf(out, "FAIL  %s in %s\n%s\n", one.name, one.folder, result.said)
	case result.executions == 0:
		_, _ = fmt.Fprintf(out, "none  %-50s the time was over before its kept inputs were tried: give it more, or a machine that does less\n", one.label())
	default:
		_, _ = fmt.Fprintf(out, "ok    %-50s %9v %12d executions %8d/s %5d new\n", one.label(), result.time, result.executions, result.rate(), result.fresh)
	}
}
