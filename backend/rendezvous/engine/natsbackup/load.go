package natsbackup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

// ErrDamaged says that pieces of a copy are missing or not what they should be.
var ErrDamaged = errors.New("natsbackup: the copy is damaged")

// finishWait is how long the server gets to open a stream after its last chunk.
const finishWait = 10 * time.Minute

// Load makes the streams of a copy in a server that has none of these names,
// with one replica each. It returns how many. Errors: ErrDamaged, and what the server says.
func Load(ctx context.Context, connection *nats.Conn, pieces engine.Next) (streams int, err error) {
	at := &cursor{pieces: pieces}
	for at.advance(); at.err == nil; {
		made, err := load(ctx, connection, at)
		if err != nil {
			return streams, err
		}
		if made {
			streams++
		}
	}
	if errors.Is(at.err, io.EOF) {
		return streams, nil
	}
	return streams, at.err
}

// cursor is the piece that is looked at.
type cursor struct {
	pieces engine.Next
	name   string
	data   []byte
	err    error // io.EOF behind the last one
}

func (c *cursor) advance() { c.name, c.data, c.err = c.pieces() }

// load takes the pieces of one stream, and is then at the one behind them. When
// the copying of a stream was begun again its description comes twice: the first
// part is left, and made is false.
func load(ctx context.Context, connection *nats.Conn, at *cursor) (made bool, err error) {
	of, part, ok := stream(at.name)
	if !ok || part != description {
		return false, fmt.Errorf("%w: %q stands where a stream begins", ErrDamaged, at.name)
	}
	request, err := readDescribed(of, at.data)
	if err != nil {
		return false, err
	}
	said, err := ask(ctx, connection, "$JS.API.STREAM.RESTORE."+of, request)
	if err != nil {
		return false, fmt.Errorf("stream %s: %w", of, err)
	}
	if said.Deliver == "" {
		return false, fmt.Errorf("stream %s: %w: nowhere to send it", of, ErrDamaged)
	}
	for number := 1; ; number++ {
		at.advance()
		switch {
		case at.err != nil && !errors.Is(at.err, io.EOF):
			return false, at.err
		case at.err == nil && at.name == of+"/"+description:
			return false, nil // the server forgets what it has of it when nothing more comes for some seconds
		case at.err != nil || at.name != fmt.Sprintf("%s/%06d", of, number):
			return true, finish(ctx, connection, of, said.Deliver)
		}
		for data := at.data; len(data) > 0; {
			chunk := data[:min(len(data), chunkSize)]
			data = data[len(chunk):]
			if err = send(ctx, connection, said.Deliver, chunk); err != nil {
				return false, fmt.Errorf("stream %s: %w", of, err)
			}
		}
	}
}

// send sends a chunk and waits until the server took it.
func send(ctx context.Context, connection *nats.Conn, to string, chunk []byte) error {
	ctx, cancel := context.WithTimeout(ctx, chunkWait)
	defer cancel()
	reply, err := connection.RequestWithContext(ctx, to, chunk)
	if err != nil {
		return fmt.Errorf("natsbackup: %w", err)
	}
	if len(reply.Data) > 0 {
		_, err = readAnswer(reply.Data)
	}
	return err
}

// finish says that a stream is whole and waits until the server made it.
func finish(ctx context.Context, connection *nats.Conn, of, to string) error {
	ctx, cancel := context.WithTimeout(ctx, finishWait)
	defer cancel()
	reply, err := connection.RequestWithContext(ctx, to, nil)
	if err == nil {
		_, err = readAnswer(reply.Data)
	}
	if err != nil {
		return fmt.Errorf("stream %s: %w", of, err)
	}
	return nil
}

// readDescribed makes the request that restores a stream alone.
func readDescribed(of string, data []byte) (described, error) {
	var held described
	var config map[string]json.RawMessage
	if len(data) > maxAnswer || json.Unmarshal(data, &held) != nil || json.Unmarshal(held.Config, &config) != nil || len(held.State) == 0 {
		return described{}, fmt.Errorf("%w: what it says of stream %s", ErrDamaged, of)
	}
	var name string
	if json.Unmarshal(config["name"], &name) != nil || name != of {
		return described{}, fmt.Errorf("%w: stream %s is called otherwise in it", ErrDamaged, of)
	}
	config["num_replicas"] = json.RawMessage("1")
	delete(config, "placement")
	changed, err := json.Marshal(config)
	if err != nil {
		return described{}, fmt.Errorf("natsbackup: %w", err)
	}
	held.Config = changed
	return held, nil
}
