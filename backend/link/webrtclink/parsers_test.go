package webrtclink

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/pion/webrtc/v3"

	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/wire"
)

const (
	sampleFingerprint = "A1:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE"
	// As pion writes it.
	sampleDescription = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=msid-semantic:WMS*\r\na=group:BUNDLE 0\r\n" +
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n" +
		"a=sctp-port:5000\r\na=ice-ufrag:abcdefgh\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 " + sampleFingerprint + "\r\n"
)

func TestDescriptionIsRead(t *testing.T) {
	read, err := readDescription(sampleDescription)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ToLower(strings.ReplaceAll(sampleFingerprint, ":", ""))
	if hex.EncodeToString(read.fingerprint[:]) != want || read.role != "actpass" || read.ufrag != "abcdefgh" || read.password != "abcdefghijklmnopqrstuvwx" {
		t.Errorf("%+v", read)
	}
}

// What a rewriting signaler could try, each with the hash made to fit.
func TestRewrittenDescriptionsAreRefused(t *testing.T) {
	swapped := strings.Replace(sampleFingerprint, "A1", "A2", 1)
	line := "a=fingerprint:sha-256 " + sampleFingerprint + "\r\n"
	media := "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
	replace := func(old, with string) string { return strings.Replace(sampleDescription, old, with, 1) }
	cases := map[string]string{
		"swapped fingerprint":                replace(sampleFingerprint, swapped),
		"extra fingerprint":                  sampleDescription + "a=fingerprint:sha-256 " + swapped + "\r\n",
		"the same fingerprint twice":         sampleDescription + line,
		"session-level fingerprint":          replace(media, line+media),
		"session-level fingerprint only":     strings.Replace(replace(line, ""), media, line+media, 1),
		"session-level fingerprint, swapped": replace(media, "a=fingerprint:sha-256 "+swapped+"\r\n"+media),
		"no fingerprint":                     replace(line, ""),
		"sha-1 fingerprint":                  replace("sha-256 "+sampleFingerprint, "sha-1 "+sampleFingerprint[:59]),
		"sha-512 fingerprint":                replace("sha-256", "sha-512"),
		"short fingerprint":                  replace(sampleFingerprint, sampleFingerprint[:len(sampleFingerprint)-3]),
		"fingerprint without colons":         replace(sampleFingerprint, strings.ReplaceAll(sampleFingerprint, ":", "-")),
		"second media section":               sampleDescription + media,
		"video beside it":                    sampleDescription + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
		"audio in its place":                 replace("m=application", "m=audio"),
		"no media section":                   sampleDescription[:strings.Index(sampleDescription, "m=")],
		"role":                               replace("setup:actpass", "setup:passive"),
		"session-level role":                 replace(media, "a=setup:active\r\n"+media),
		"session-level credentials":          replace(media, "a=ice-ufrag:evil\r\n"+media),
		"other credentials":                  replace("ice-ufrag:abcdefgh", "ice-ufrag:evilevil"),
		"credentials twice":                  sampleDescription + "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n",
		"ice-lite":                           replace(media, "a=ice-lite\r\n"+media),
		"a candidate inside":                 sampleDescription + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n",
		"garbage":                            "garbage",
		"nothing":                            "",
		"too long":                           sampleDescription + strings.Repeat("a=x:y\r\n", 2000),
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			signed, err := describe(sampleDescription, nil)
			if err != nil {
				t.Fatal(err)
			}
			signed.Sdp = text
			if _, err = checkDescription(signed); !errors.Is(err, link.ErrBinding) {
				t.Errorf("accepted: %v", err)
			}
		})
	}
}

func FuzzDescription(f *testing.F) {
	f.Add(sampleDescription)
	f.Add(strings.Replace(sampleDescription, "a=mid:0", "a=fingerprint:sha-1 00", 1))
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := readDescription(text); err == nil {
			if strings.Count(strings.ToLower(text), "fingerprint") < 1 {
				t.Fatal("a description without a fingerprint was accepted")
			}
		} else if !errors.Is(err, link.ErrBinding) {
			t.Fatalf("an error that is not a refusal: %v", err)
		}
	})
}

func TestCandidates(t *testing.T) {
	good := map[string]string{
		"candidate:1 1 udp 2130706431 192.0.2.1 54321 typ host":                               "192.0.2.1",
		"candidate:abc 1 UDP 1 2001:db8::1 9 typ srflx raddr 0.0.0.0 rport 0":                 "2001:db8::1",
		"candidate:1 1 udp 1 ::ffff:192.0.2.1 9 typ host":                                     "192.0.2.1",
		"1 1 udp 1 192.0.2.7 9 typ relay raddr 0.0.0.0 rport 0 generation 0":                  "192.0.2.7",
		"candidate:1 1 udp 4294967295 127.0.0.1 65535 typ prflx raddr :: rport 0 ufrag abcde": "127.0.0.1",
	}
	for text, want := range good {
		if got, err := readCandidate(text); err != nil || got.Addr().String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	bad := []string{
		"", "candidate:", "candidate:1 1 udp 1 192.0.2.1 9", "candidate:1 2 udp 1 192.0.2.1 9 typ host",
		"candidate:1 1 tcp 1 192.0.2.1 9 typ host", "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active",
		"candidate:1 1 udp 1 name.local 9 typ host", "candidate:1 1 udp 1 example.org 9 typ host",
		"candidate:1 1 udp 1 192.0.2.1 0 typ host", "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
		"candidate:1 1 udp -1 192.0.2.1 9 typ host", "candidate:1 1 udp 1 0.0.0.0 9 typ host",
		"candidate:1 1 udp 1 224.0.0.1 9 typ host", "candidate:1 1 udp 1 255.255.255.255 9 typ host",
		"candidate:1 1 udp 1 fe80::1%eth0 9 typ host", "candidate:1 1 udp 1 192.0.2.1 9 typ other",
		"candidate:1 1 udp 1 192.0.2.1 9 typ host raddr", "candidate:1  1 udp 1 192.0.2.1 9 typ host",
		"candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=fingerprint:sha-256 00", "candidate:1 1 udp 1 192.0.2.1 9 typ host tcptype active",
		"candidate:" + strings.Repeat("1", link.MaxCandidate) + " 1 udp 1 192.0.2.1 9 typ host",
	}
	for _, text := range bad {
		if _, err := readCandidate(text); !errors.Is(err, link.ErrMalformed) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzCandidate(f *testing.F) {
	f.Add("candidate:1 1 udp 2130706431 192.0.2.1 54321 typ host")
	f.Add("candidate:abc 1 UDP 1 2001:db8::1 9 typ srflx raddr 0.0.0.0 rport 0")
	f.Fuzz(func(t *testing.T, text string) {
		address, err := readCandidate(text)
		if err == nil && (!address.IsValid() || address.Addr().Is4In6() || address.Addr().Zone() != "") {
			t.Fatalf("address %v", address)
		}
	})
}

func TestMessagesAreSplitAndAssembled(t *testing.T) {
	for _, size := range []int{0, 1, frameCapacity - 1, frameCapacity, frameCapacity + 1, 2 * frameCapacity, wire.MaxLinkFrame} {
		message := bytes.Repeat([]byte{7}, size)
		var parts assembler
		var got []byte
		done := false
		err := splitMessage(message, nil, func(frame []byte) error {
			if done || len(frame) > wire.LinkFragment {
				t.Fatalf("a frame of %d bytes, after the end: %t", len(frame), done)
			}
			var err error
			got, done, err = parts.add(frame)
			return err
		})
		if err != nil || !done || got == nil || !bytes.Equal(got, message) {
			t.Errorf("%d bytes: %d came back, %v", size, len(got), err)
		}
	}
}

func TestFramesThatBreakARuleAreRefused(t *testing.T) {
	full := append([]byte{frameMore}, make([]byte, frameCapacity)...)
	cases := map[string][][]byte{
		"empty":              {{}},
		"unknown kind":       {{9, 1}},
		"second confirm":     {{frameConfirm, 1}},
		"bye with something": {{frameBye, 1}},
		"part not full":      {{frameMore, 1, 2, 3}},
		"frame too large":    {make([]byte, wire.LinkFragment+1)},
		"empty last part":    {full, {frameLast}},
		"message too large":  nil,
	}
	for range wire.MaxLinkFrame/frameCapacity + 1 {
		cases["message too large"] = append(cases["message too large"], full)
	}
	for name, frames := range cases {
		var parts assembler
		var err error
		for _, frame := range frames {
			if _, _, err = parts.add(frame); err != nil {
				break
			}
		}
		if !errors.Is(err, errProtocol) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte{frameLast, 1, 2}, []byte{frameMore, 3})
	f.Add(append([]byte{frameMore}, make([]byte, frameCapacity)...), []byte{frameLast, 1})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var parts assembler
		for _, frame := range [][]byte{first, second, first, second} {
			message, whole, err := parts.add(frame)
			if err != nil {
				return
			}
			if len(message) > wire.MaxLinkFrame || len(parts.message) > wire.MaxLinkFrame || (whole && message == nil) {
				t.Fatal("a message out of bounds")
			}
		}
	})
}

func FuzzStreamFrame(f *testing.F) {
	f.Add(append(appendStreamHeader(nil, streamOpen, 1), "label"...))
	f.Add(append(appendStreamHeader(nil, streamData, 2), 1, 2, 3))
	f.Add(append(appendStreamHeader(nil, streamCredit, 3), 0, 0, 1, 0))
	f.Add(appendStreamHeader(nil, streamFinish, 4))
	f.Add(appendStreamHeader(nil, streamReset, 5))
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := readStreamFrame(data)
		if err != nil {
			if !errors.Is(err, errProtocol) {
				t.Fatalf("an error that is not a refusal: %v", err)
			}
			return
		}
		if again := append(appendStreamHeader(nil, frame.kind, frame.id), frame.payload...); !bytes.Equal(again, data) {
			t.Fatal("a frame that is not what it was read from")
		}
	})
}

func FuzzControlFrame(f *testing.F) {
	f.Add([]byte{controlPing, flagRelay, 0, 0, 0, 0, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, _, _, err := readControlFrame(data); err == nil && len(data) != controlLength {
			t.Fatal("a frame of another length was accepted")
		}
	})
}

func TestStreamRulesAreKept(t *testing.T) {
	one := newStream(newStreams(t.Context(), link.RoleOfferer), 2, "", false)
	piece := new([wire.LinkFragment]byte)
	data := make([]byte, streamCapacity)
	var err error
	sent := 0
	for ; err == nil && sent <= streamWindow; sent += len(data) {
		_, err = one.receive(data, piece)
	}
	if !errors.Is(err, errProtocol) || sent < streamWindow {
		t.Errorf("after %d bytes: %v", sent, err)
	}
	if err = one.grant(1); !errors.Is(err, errProtocol) {
		t.Errorf("credit for nothing: %v", err)
	}
	if err = one.finishRead(); err != nil {
		t.Error(err)
	}
	if err = one.finishRead(); !errors.Is(err, errProtocol) {
		t.Errorf("finished twice: %v", err)
	}
	if _, err = one.receive(data, piece); !errors.Is(err, errProtocol) {
		t.Errorf("data after the end: %v", err)
	}
	all := newStreams(t.Context(), link.RoleOfferer)
	for i := range uint32(link.MaxStreams) {
		if _, err = all.accept(streamFrame{kind: streamOpen, id: 2 * (i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	for name, id := range map[string]uint32{"one too many": 1000, "our own parity": 1001, "used before": 2} {
		if _, err = all.accept(streamFrame{kind: streamOpen, id: id}); !errors.Is(err, errProtocol) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPathsAreTold(t *testing.T) {
	host, srflx, prflx, relay := webrtc.ICECandidateTypeHost, webrtc.ICECandidateTypeSrflx, webrtc.ICECandidateTypePrflx, webrtc.ICECandidateTypeRelay
	var relays relayBook
	relays.note("turn.example.org", netip.MustParseAddr("203.0.113.5"))
	relays.note("in Ana's app", netip.MustParseAddr("127.0.0.1"))
	cases := []struct {
		name                  string
		localType, remoteType webrtc.ICECandidateType
		local, remote         string
		says                  bool
		path                  link.Path
		relay                 string
	}{
		{"loopback", host, host, "127.0.0.1", "127.0.0.1", false, link.PathLAN, ""},
		{"beside a relay on the same machine", host, prflx, "127.0.0.1", "127.0.0.1", false, link.PathLAN, ""},
		{"over a relay on the same machine", host, prflx, "127.0.0.1", "127.0.0.1", true, link.PathRelayed, "in Ana's app"},
		{"private", host, prflx, "192.168.1.2", "192.168.1.3", false, link.PathLAN, ""},
		{"link-local", host, host, "fe80::1", "fe80::2", false, link.PathLAN, ""},
		{"one end public", host, host, "192.168.1.2", "198.51.100.7", false, link.PathDirect, ""},
		{"reflexive", srflx, host, "10.0.0.2", "10.0.0.3", false, link.PathDirect, ""},
		{"our relay", relay, host, "203.0.113.5", "198.51.100.7", false, link.PathRelayed, "turn.example.org"},
		{"their relay", host, relay, "192.168.1.2", "203.0.113.9", false, link.PathRelayed, "203.0.113.9"},
		{"their relay labelled peer-reflexive", host, prflx, "192.168.1.2", "203.0.113.5", false, link.PathRelayed, "turn.example.org"},
		{"the other side says so", host, prflx, "192.168.1.2", "203.0.113.77", true, link.PathRelayed, "203.0.113.77"},
		{"not an address", host, host, "name.local", "192.168.1.3", false, link.PathUnknown, ""},
	}
	for _, one := range cases {
		pair := &webrtc.ICECandidatePair{
			Local:  &webrtc.ICECandidate{Typ: one.localType, Address: one.local},
			Remote: &webrtc.ICECandidate{Typ: one.remoteType, Address: one.remote},
		}
		if path, name := classify(pair, &relays, one.says); path != one.path || name != one.relay {
			t.Errorf("%s: path %d by %q", one.name, path, name)
		}
	}
}
