package e2e_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// X11's requests, and what is asked of windows (X Window System Protocol, X
// Version 11, and the Inter-Client Communication Conventions Manual).
const (
	internAtom    = 16
	sendEvent     = 25
	clientMessage = 33
	cookieName    = "MIT-MAGIC-COOKIE-1"
)

// xCookie is what the screen wants to hear, as xvfb-run put it down.
func xCookie() ([]byte, error) {
	data, err := os.ReadFile(os.Getenv("XAUTHORITY"))
	if err != nil {
		return nil, nil //nolint:nilerr // a screen without a password has no such file
	}
	for len(data) > 2 {
		data = data[2:] // the family
		var fields [4][]byte
		for i := range fields { // address, display, name, data
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, errors.New("the file with the cookies is cut off")
			}
			size := int(binary.BigEndian.Uint16(data))
			fields[i], data = data[2:2+size], data[2+size:]
		}
		if string(fields[2]) == cookieName {
			return fields[3], nil
		}
	}
	return nil, nil
}

// xPadded fills up to four bytes.
func xPadded(data []byte) []byte { return append(data, make([]byte, (4-len(data)%4)%4)...) }

// xAtom asks for the number of a name.
func xAtom(screen net.Conn, name string) (uint32, error) {
	request := []byte{internAtom, 0}
	request = binary.LittleEndian.AppendUint16(request, uint16(2+(len(name)+3)/4))
	request = binary.LittleEndian.AppendUint16(request, uint16(len(name)))
	request = append(request, 0, 0)
	if _, err := screen.Write(append(request, xPadded([]byte(name))...)); err != nil {
		return 0, err
	}
	var answer [32]byte
	if _, err := io.ReadFull(screen, answer[:]); err != nil {
		return 0, err
	}
	if answer[0] != 1 {
		return 0, fmt.Errorf("no atom for %s", name)
	}
	return binary.LittleEndian.Uint32(answer[8:]), nil
}

// askToClose sends a window what the button in its corner sends.
func askToClose(ctx context.Context, window uint32) error {
	number, _, _ := strings.Cut(strings.TrimPrefix(os.Getenv("DISPLAY"), ":"), ".")
	screen, err := (&net.Dialer{}).DialContext(ctx, "unix", "/tmp/.X11-unix/X"+number)
	if err != nil {
		return err
	}
	defer func() { _ = screen.Close() }()
	if err = screen.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	cookie, err := xCookie()
	if err != nil {
		return err
	}
	name := ""
	if cookie != nil {
		name = cookieName
	}
	hello := []byte{'l', 0, 11, 0, 0, 0}
	hello = binary.LittleEndian.AppendUint16(hello, uint16(len(name)))
	hello = binary.LittleEndian.AppendUint16(hello, uint16(len(cookie)))
	hello = append(hello, 0, 0)
	hello = append(hello, xPadded([]byte(name))...)
	if _, err = screen.Write(append(hello, xPadded(cookie)...)); err != nil {
		return err
	}
	var welcome [8]byte
	if _, err = io.ReadFull(screen, welcome[:]); err != nil {
		return err
	}
	if welcome[0] != 1 {
		return errors.New("the screen does not let this in")
	}
	if _, err = io.CopyN(io.Discard, screen, 4*int64(binary.LittleEndian.Uint16(welcome[6:]))); err != nil {
		return err
	}
	protocols, err := xAtom(screen, "WM_PROTOCOLS")
	if err != nil {
		return err
	}
	closing, err := xAtom(screen, "WM_DELETE_WINDOW")
	if err != nil {
		return err
	}
	request := []byte{sendEvent, 0, 11, 0}
	request = binary.LittleEndian.AppendUint32(request, window)
	request = binary.LittleEndian.AppendUint32(request, 0)
	request = append(request, clientMessage, 32, 0, 0)
	for _, part := range []uint32{window, protocols, closing, 0, 0, 0, 0} {
		request = binary.LittleEndian.AppendUint32(request, part)
	}
	if _, err = screen.Write(request); err != nil {
		return err
	}
	// An answer to something else says that this was taken.
	_, err = xAtom(screen, "WM_PROTOCOLS")
	return err
}

// shut does what the button in the window's corner does.
func (w *window) shut() {
	w.t.Helper()
	id, err := strconv.ParseUint(w.id(), 10, 32)
	if err == nil {
		err = askToClose(w.t.Context(), uint32(id))
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
