package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"connectrpc.com/connect"

	"github.com/tincan-chat/tincan/backend/wire/operatorwire"
)

// status prints how the server does.
func status(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("status", "[--json]", stdout, stderr)
	if code, ok := c.begin(arguments, 0, 0); !ok {
		return code
	}
	answer, err := c.GetStatus(ctx, connect.NewRequest(&operatorwire.GetStatusRequest{}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() { printStatus(stdout, answer.Msg.GetStatus()) })
}

func printStatus(stdout io.Writer, s *operatorwire.Status) {
	now := time.UnixMilli(s.GetNowMs())
	rows := [][]string{
		{"server", plain(s.GetHost()), fmt.Sprintf("node %s, %s, version %s", plain(s.GetNode()), word(s.GetMode().String(), "MODE_"), plain(s.GetVersion()))},
		{"health", word(s.GetHealth().String(), "HEALTH_"), "up " + long(now.Sub(time.UnixMilli(s.GetStartedMs())))},
		{"devices", number(s.GetSessions()), fmt.Sprintf("most in 24 h %s; %s connections here", number(s.GetSessionsPeak()), number(s.GetConnections()))},
		{"signals", rate(s.GetSignalsPerSecond()), median(s)},
		{"mail put", rate(s.GetMailsPerSecond()), ""},
		{"mail kept", number(s.GetMail().GetEnvelopes()), mailText(s.GetMail(), now)},
		{"relay", size(s.GetRelayBytesPerSecond()) + "/s", number(s.GetRelayAllocations()) + " allocations"},
		{"refused", number(s.GetRefusedLastHour()), "in the last hour" + alarm(s, now)},
		{"directory", number(s.GetDirectory().GetEntries()), number(s.GetDirectory().GetRemoved()) + " removed"},
		{"bans", number(s.GetBans()), number(s.GetReports()) + " reported"},
		{"memory", size(float64(s.GetMemoryBytes())), ""},
		{"disk", size(float64(s.GetDiskBytes())), size(float64(s.GetDiskFreeBytes())) + " free"},
	}
	if s.GetDraining() {
		rows[1][2] += "; it drains"
	}
	table(stdout, nil, rows)
	for _, reason := range s.GetReasons() {
		say(stdout, "! %s\n", plain(reason.GetText()))
	}
	if len(s.GetRefusedMost()) > 0 {
		say(stdout, "\n")
		rows = nil
		for _, one := range s.GetRefusedMost() {
			rows = append(rows, []string{plain(one.GetPrefix()), plain(one.GetReason()), number(one.GetCount())})
		}
		table(stdout, []string{"REFUSED MOST, 24 H", "WHY", "TIMES"}, rows)
	}
}

func median(s *operatorwire.Status) string {
	if s.SignalMedianMs == nil {
		return ""
	}
	return fmt.Sprintf("median %.3g ms", s.GetSignalMedianMs())
}

func mailText(mail *operatorwire.Mail, now time.Time) string {
	parts := []string{size(float64(mail.GetBytes()))}
	if mail.GetOldestMs() != 0 {
		parts = append(parts, "oldest "+long(now.Sub(time.UnixMilli(mail.GetOldestMs()))))
	}
	for _, age := range mail.GetAges() {
		if age.GetEnvelopes() > 0 {
			parts = append(parts, number(age.GetEnvelopes())+" up to "+long(time.Duration(age.GetUpToMs())*time.Millisecond))
		}
	}
	return strings.Join(parts, ", ")
}

func alarm(s *operatorwire.Status, now time.Time) string {
	if s.GetRefusedAlarm() == nil {
		return ""
	}
	return fmt.Sprintf(", %.3g times as usual for %s", s.GetRefusedAlarm().GetTimes(), long(now.Sub(time.UnixMilli(s.GetRefusedAlarm().GetSinceMs()))))
}

// nodes prints the servers of the cluster.
func nodes(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("nodes", "[--json]", stdout, stderr)
	if code, ok := c.begin(arguments, 0, 0); !ok {
		return code
	}
	answer, err := c.ListNodes(ctx, connect.NewRequest(&operatorwire.ListNodesRequest{}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() {
		var rows [][]string
		for _, node := range answer.Msg.GetNodes() {
			name, state := plain(node.GetId()), "serves"
			if node.GetSelf() {
				name += " *"
			}
			if node.GetDraining() {
				state = "drains"
			}
			signals, memory := "", ""
			if node.SignalsPerSecond != nil {
				signals = rate(node.GetSignalsPerSecond())
			}
			if node.MemoryBytes != nil {
				memory = size(float64(node.GetMemoryBytes()))
			}
			rows = append(rows, []string{
				name, state, number(node.GetSessions()), signals, memory, fmt.Sprintf("%d ‰", node.GetLoad()), number(uint64(node.GetWeight())),
				long(time.Since(time.UnixMilli(node.GetStartedMs()))), plain(node.GetVersion()), plain(node.GetUrl()),
			})
		}
		table(stdout, []string{"NODE", "STATE", "DEVICES", "SIGNALS", "MEMORY", "LOAD", "WEIGHT", "UP", "VERSION", "URL"}, rows)
	})
}

// drain begins or ends the drain of a node.
func drain(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	c := newCall("drain", "[NODE] [--end]", stdout, stderr)
	ends := c.flags.Bool("end", false, "take devices again")
	if code, ok := c.begin(arguments, 0, 1); !ok {
		return code
	}
	node := ""
	if len(c.rest) > 0 {
		node = c.rest[0]
	}
	if *ends {
		answer, err := c.Undrain(ctx, connect.NewRequest(&operatorwire.UndrainRequest{Node: node}))
		if err != nil {
			return c.fail(err)
		}
		return c.print(answer.Msg, func() { say(stdout, "It takes devices again.\n") })
	}
	answer, err := c.Drain(ctx, connect.NewRequest(&operatorwire.DrainRequest{Node: node}))
	if err != nil {
		return c.fail(err)
	}
	return c.print(answer.Msg, func() {
		say(stdout, "It takes no new devices, and asked those that are there to move within 30 s. See \"rendezvous nodes\"; \"rendezvous drain --end\" ends it.\n")
	})
}

// table prints rows in columns.
func table(stdout io.Writer, head []string, rows [][]string) {
	writer := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	if head != nil {
		say(writer, "%s\n", strings.Join(head, "\t"))
	}
	for _, row := range rows {
		say(writer, "%s\n", strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	_ = writer.Flush() // there is nobody to tell
}

// word makes "ok" of HEALTH_OK.
func word(name, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(name, prefix))
}

// number has thin spaces between thousands.
func number(value uint64) string {
	digits := fmt.Sprint(value)
	var grouped strings.Builder
	for at, digit := range digits {
		if at > 0 && (len(digits)-at)%3 == 0 {
			grouped.WriteRune(' ')
		}
		grouped.WriteRune(digit)
	}
	return grouped.String()
}

func rate(value float64) string { return fmt.Sprintf("%.1f /s", value) }

// size is in steps of 1024.
func size(bytes float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	at := 0
	for bytes >= 1024 && at < len(units)-1 {
		bytes /= 1024
		at++
	}
	if at == 0 {
		return fmt.Sprintf("%.0f %s", bytes, units[at])
	}
	return fmt.Sprintf("%.1f %s", bytes, units[at])
}

// long is a duration in its two largest units.
func long(duration time.Duration) string {
	switch minutes := int(duration.Minutes()); {
	case duration < time.Minute:
		return fmt.Sprintf("%d s", max(int(duration.Seconds()), 0))
	case minutes < 60:
		return fmt.Sprintf("%d min", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
	default:
		return fmt.Sprintf("%d d %d h", minutes/(24*60), minutes/60%24)
	}
}
