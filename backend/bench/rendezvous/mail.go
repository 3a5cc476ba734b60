package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tincan-chat/tincan/backend/rendezvous/load"
)

// writers put at a time.
const writers = 64

func startSolo(ctx context.Context, s settings) (*process, *load.Tincan, error) {
	server, err := launch(ctx, s.program, s.profiled("solo", []string{
		"--engine", "solo", "--listen", "127.0.0.1:0", "--tls", "off", "--relay=false", "--operator", "off", "--data", filepath.Join(s.folder, "solo"),
	})...)
	if err != nil {
		return nil, nil, err
	}
	service, err := load.NewTincan(load.NewSeed("bench"), server.address)
	if err != nil {
		return nil, nil, errors.Join(err, server.end())
	}
	return server, service, nil
}

// whole gives an error unless everything was acknowledged and is there once.
func whole(result load.MailResult) error {
	if result.Acknowledged != result.Put || result.Verified == nil || result.Verified.Whole != result.Acknowledged {
		return fmt.Errorf("of %d envelopes %d were acknowledged, other outcomes %v", result.Put, result.Acknowledged, result.Outcomes)
	}
	return nil
}

func mail(ctx context.Context, s settings) ([]figure, error) {
	single, cost, err := mailAlone(ctx, s)
	if err != nil {
		return nil, err
	}
	figures := []figure{{
		fmt.Sprintf("mail acknowledged a second, 1 KiB, synced, one server, %d writers", writers), fmt.Sprintf("%.0f", single.Rate), "2,000",
		"p99 " + milliseconds(single.Latency.P99) + fmt.Sprintf("; all %d there once; ", single.Verified.Whole) + cost,
	}}
	many, cost, err := mailAcross(ctx, s)
	if err != nil {
		return figures, err
	}
	return append(figures, figure{
		fmt.Sprintf("the same, %d nodes", nodes), fmt.Sprintf("%.0f", many.Rate), "6,000",
		ratio("one server", many.Rate, single.Rate, "") + "; p99 " + milliseconds(many.Latency.P99) + fmt.Sprintf("; all %d there once; ", many.Verified.Whole) + cost,
	}), nil
}

func mailAlone(ctx context.Context, s settings) (_ load.MailResult, cost string, err error) {
	server, service, err := startSolo(ctx, s)
	if err != nil {
		return load.MailResult{}, "", err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	return put(ctx, s, service, "alone", []*process{server})
}

func mailAcross(ctx context.Context, s settings) (_ load.MailResult, cost string, err error) {
	c, err := startCluster(ctx, s)
	if err != nil {
		return load.MailResult{}, "", err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	service, err := c.service()
	if err != nil {
		return load.MailResult{}, "", err
	}
	return put(ctx, s, service, "across", c.processes)
}

// put leaves envelopes and tells what each took of the processor.
func put(ctx context.Context, s settings, service *load.Tincan, seed string, servers []*process) (load.MailResult, string, error) {
	var serving, loading [2]time.Duration // before and after
	var failed error
	result, err := load.Mail(ctx, service, load.MailOptions{
		Seed: load.NewSeed(seed), Writers: writers, Count: s.puts,
		Measuring: func(on bool) {
			at := 1
			if on {
				at = 0
			}
			var unread error
			serving[at], loading[at], unread = processors(servers)
			failed = errors.Join(failed, unread)
		},
	})
	each := func(used [2]time.Duration) float64 {
		return float64((used[1] - used[0]).Microseconds()) / float64(max(1, result.Acknowledged))
	}
	cost := fmt.Sprintf("processor for each: servers %.0f µs, load %.0f µs", each(serving), each(loading))
	return result, cost, errors.Join(err, failed, whole(result))
}

// kill: one node after another is killed under load and comes back.
func kill(ctx context.Context, s settings) (_ []figure, err error) {
	c, err := startCluster(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.end()) }()
	service, err := c.service()
	if err != nil {
		return nil, err
	}
	const (
		perSecond = 300 // so that the mail of all rounds fits
		starting  = 30  // seconds that a node may take in the mean
	)
	count := int(float64(s.rounds) * perSecond * (2*s.apart.Seconds() + starting))
	putContext, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		result load.MailResult
		err    error
	}
	done := make(chan outcome, 1)
	began := make(chan struct{}, 1)
	file := filepath.Join(s.folder, "kept.json")
	go func() {
		result, failed := load.Mail(ctx, service, load.MailOptions{
			Seed: load.NewSeed("kill"), Writers: writers, Count: count, Rate: perSecond, Until: putContext.Done(), Keep: file,
			Acknowledged: func() {
				select {
				case began <- struct{}{}:
				default:
				}
			},
		})
		done <- outcome{result, failed}
	}()
	early := func(ended outcome) error {
		return errors.Join(errors.New("putting ended before the rounds did"), ended.err)
	}
	select {
	case <-began:
	case ended := <-done:
		return nil, early(ended)
	}
	hold := func() error {
		select {
		case <-time.After(s.apart):
			return nil
		case ended := <-done:
			return early(ended)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for round := range s.rounds {
		// The node is missed for a while, and after it came back has a while to catch up.
		c.kill(round % nodes)
		if err = hold(); err != nil {
			return nil, err
		}
		if err = c.begin(ctx, round%nodes); err != nil {
			return nil, err
		}
		if err = hold(); err != nil {
			return nil, err
		}
	}
	cancel()
	ended := <-done
	if ended.err != nil {
		return nil, ended.err
	}
	verified, err := load.VerifyMail(ctx, service, file, false)
	figures := []figure{
		{
			fmt.Sprintf("kill -9 of a node under mail load, %d rounds: acknowledged and lost / twice", s.rounds),
			fmt.Sprintf("%d / %d", verified.Missing, verified.Twice), "0 / 0",
			fmt.Sprintf("%d acknowledged, %d tried again, %d sessions moved", ended.result.Acknowledged, ended.result.Retried, ended.result.Reconnected),
		},
		{
			"writes back: the longest that any put took, tried again until acknowledged", fmt.Sprintf("%.1f s", ended.result.Latency.Max.Seconds()), "10 s",
			fmt.Sprintf("p99 %s; without any acknowledgement at most %.1f s", milliseconds(ended.result.Latency.P99), ended.result.Longest.Seconds()),
		},
	}
	return figures, err
}

// restart: a server that has much mail is killed and started again.
func restart(ctx context.Context, s settings) (_ []figure, err error) {
	server, service, err := startSolo(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	file := filepath.Join(s.folder, "kept.json")
	result, err := load.Mail(ctx, service, load.MailOptions{Seed: load.NewSeed("restart"), Writers: writers, Count: s.envelopes, Keep: file})
	if err != nil {
		return nil, err
	}
	empty := server.ready
	took := map[string]time.Duration{}
	for _, how := range []string{"stopped", "killed"} {
		if how == "killed" {
			server.kill()
			_ = server.wait() // killed is how it should end
		} else if err = server.end(); err != nil {
			return nil, err
		}
		again, anew, startErr := startSolo(ctx, s)
		if startErr != nil {
			return nil, startErr
		}
		server, service = again, anew
		began := time.Now()
		if _, err = load.Logins(ctx, service, 1, 0); err != nil {
			return nil, err
		}
		took[how] = server.ready + time.Since(began)
	}
	verified, err := load.VerifyMail(ctx, service, file, false)
	return []figure{{
		fmt.Sprintf("restart with %d envelopes stored, to the first login, after a stop / kill -9", result.Acknowledged),
		milliseconds(took["stopped"]) + " / " + milliseconds(took["killed"]), "2 s",
		ratio("empty", took["killed"].Seconds(), empty.Seconds(), " s") + fmt.Sprintf("; %d there once, %d missing", verified.Whole, verified.Missing),
	}}, err
}
