//go:build lab

package lab_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// frameBytes holds an Ethernet frame of these networks (1,500 bytes and headers).
const frameBytes = 2048

// onTheWay is how many frames a slow cable holds each way before it drops more,
// as a router's queue does.
const onTheWay = 4096

// quality is what a slow cable does to frames, each way.
type quality struct {
	delay time.Duration
	loss  float64 // the share of frames that is lost, 0 to 1
}

// slowCable connects two namespaces through this process.
type slowCable struct {
	quality quality
	lost    atomic.Int64
	carried atomic.Int64
}

type frame struct {
	bytes []byte
	due   time.Time
}

// slowWire is wire with a delay and a loss.
func slowWire(t *testing.T, a *namespace, deviceA string, b *namespace, deviceB string, q quality) *slowCable {
	t.Helper()
	endA, endB := tap(t, a, deviceA), tap(t, b, deviceB)
	a.ip("link", "set", deviceA, "up")
	b.ip("link", "set", deviceB, "up")
	cable := &slowCable{quality: q}
	var running sync.WaitGroup
	// The same frames are lost in each run, as far as the frames are the same.
	running.Go(func() { cable.carry(t, endA, endB, rand.New(rand.NewPCG(1, 2))) })
	running.Go(func() { cable.carry(t, endB, endA, rand.New(rand.NewPCG(3, 4))) })
	t.Cleanup(func() {
		_ = endA.Close()
		_ = endB.Close()
		running.Wait()
	})
	return cable
}

// carry takes frames from one end to the other until the ends are closed.
func (c *slowCable) carry(t *testing.T, from io.Reader, to io.Writer, random *rand.Rand) {
	waiting := make(chan frame, onTheWay)
	var delivering sync.WaitGroup
	delivering.Go(func() {
		timer := time.NewTimer(0)
		defer timer.Stop()
		for next := range waiting {
			timer.Reset(time.Until(next.due))
			<-timer.C
			// A frame that an end cannot take is lost, like any other; when the end is closed all are.
			if _, err := to.Write(next.bytes); err == nil {
				c.carried.Add(1)
			}
		}
	})
	defer delivering.Wait()
	defer close(waiting)
	buffer := make([]byte, frameBytes)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrClosed) && !errors.Is(err, unix.EBADFD) {
				t.Errorf("a slow cable broke: %v", err)
			}
			return
		}
		if random.Float64() < c.quality.loss {
			c.lost.Add(1)
			continue
		}
		select {
		case waiting <- frame{bytes: append([]byte(nil), buffer[:n]...), due: time.Now().Add(c.quality.delay)}:
		default:
			c.lost.Add(1)
		}
	}
}

// tap makes a network interface in a namespace whose other end is a file here.
func tap(t *testing.T, n *namespace, device string) *os.File {
	t.Helper()
	type opened struct {
		file *os.File
		err  error
	}
	result := make(chan opened, 1)
	go func() {
		// The thread stays in the namespace, so it is never given back: it ends with this goroutine.
		runtime.LockOSThread()
		file, err := openTap(n.name, device)
		result <- opened{file, err}
	}()
	got := <-result
	if got.err != nil {
		t.Fatalf("a slow cable for %s: %v", n.name, got.err)
	}
	return got.file
}

func openTap(namespace, device string) (*os.File, error) {
	where, err := os.Open(filepath.Join("/run/netns", namespace))
	if err != nil {
		return nil, err
	}
	defer func() { _ = where.Close() }()
	if err = unix.Setns(int(where.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, os.NewSyscallError("setns", err)
	}
	descriptor, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("open /dev/net/tun", err)
	}
	request, err := unix.NewIfreq(device)
	if err == nil {
		request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(descriptor, unix.TUNSETIFF, request)
	}
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("TUNSETIFF", err), unix.Close(descriptor))
	}
	return os.NewFile(uintptr(descriptor), device), nil
}
