package natsbackup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/tincan-chat/tincan/backend/rendezvous/engine"
)

const (
	// description is the last part of the name of a stream's first piece.
	description = "stream.json"
	chunkSize   = 128 << 10 // bytes that the server sends at once
	windowSize  = 4 << 20   // bytes that it sends before they are taken
	answerWait  = 10 * time.Second
	chunkWait   = 30 * time.Second // for the next chunk: the server reads a block of a stream from the disk first
	attempts    = 3                // of a stream that changed under the server's hands
	maxAnswer   = 1 << 20          // bytes of a server's answer
)

// errSnapshot is wrapped by what the server says of a snapshot that it did not finish.
var errSnapshot = errors.New("natsbackup: the server did not finish a snapshot")

// described is the first piece of a stream.
type described struct {
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// answer is what the server says to a request.
type answer struct {
	described

	Deliver string `json:"deliver_subject"`
	Error   *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
}

// ask sends a request of JetStream's API.
func ask(ctx context.Context, connection *nats.Conn, subject string, request any) (answer, error) {
	data, err := json.Marshal(request)
	if err != nil {
		return answer{}, fmt.Errorf("natsbackup: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	reply, err := connection.RequestWithContext(ctx, subject, data)
	if err != nil {
		return answer{}, fmt.Errorf("natsbackup: %w", err)
	}
	return readAnswer(reply.Data)
}

func readAnswer(data []byte) (answer, error) {
	var said answer
	if len(data) > maxAnswer {
		return answer{}, errors.New("natsbackup: an answer is too long")
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return answer{}, fmt.Errorf("natsbackup: an answer: %w", err)
	}
	if said.Error != nil {
		return answer{}, fmt.Errorf("natsbackup: the server says: %s (%d)", said.Error.Description, said.Error.Code)
	}
	return said, nil
}

// Save copies the streams on disk that wanted says are wanted, ordered by name.
// The connection should carry nothing else meanwhile.
func Save(ctx context.Context, connection *nats.Conn, wanted func(stream string) bool, put engine.Put) error {
	js, err := jetstream.New(connection)
	if err != nil {
		return fmt.Errorf("natsbackup: %w", err)
	}
	var names []string
	listed := js.ListStreams(ctx)
	for info := range listed.Info() {
		if info.Config.Storage == jetstream.FileStorage && wanted(info.Config.Name) {
			names = append(names, info.Config.Name)
		}
	}
	if err = listed.Err(); err != nil {
		return fmt.Errorf("natsbackup: streams: %w", err)
	}
	slices.Sort(names)
	for _, name := range names {
		for attempt := 1; ; attempt++ {
			// What was put of a stream that failed is followed by its description again.
			err = save(ctx, connection, name, put)
			if !errors.Is(err, errSnapshot) || attempt == attempts {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("natsbackup: stream %s: %w", name, err)
		}
	}
	return nil
}

func save(ctx context.Context, connection *nats.Conn, name string, put engine.Put) error {
	inbox := connection.NewInbox()
	chunks, err := connection.SubscribeSync(inbox)
	if err != nil {
		return err
	}
	defer func() { _ = chunks.Unsubscribe() }() // the connection is closed then
	said, err := ask(ctx, connection, "$JS.API.STREAM.SNAPSHOT."+name, map[string]any{
		"deliver_subject": inbox, "no_consumers": true, "chunk_size": chunkSize, "window_size": windowSize,
	})
	if err != nil {
		return err
	}
	first, err := json.Marshal(said.described)
	if err != nil {
		return err
	}
	if err = put(name+"/"+description, first); err != nil {
		return err
	}
	piece := make([]byte, 0, engine.MaxPiece)
	number := 0
	flush := func() error {
		if len(piece) == 0 {
			return nil
		}
		number++
		flushed := put(fmt.Sprintf("%s/%06d", name, number), piece)
		piece = piece[:0]
		return flushed
	}
	for {
		chunk, err := next(ctx, chunks)
		if err != nil {
			return err
		}
		if len(chunk.Data) == 0 {
			if status := chunk.Header.Get("Status"); status != "" && status != "204" {
				return fmt.Errorf("%w: %s %s", errSnapshot, status, chunk.Header.Get("Description"))
			}
			return flush()
		}
		for data := chunk.Data; len(data) > 0; {
			taken := min(len(data), cap(piece)-len(piece))
			piece, data = append(piece, data[:taken]...), data[taken:]
			if len(piece) == cap(piece) {
				if err = flush(); err != nil {
					return err
				}
			}
		}
		if chunk.Reply != "" {
			if err = chunk.Respond(nil); err != nil {
				return err
			}
		}
	}
}

func next(ctx context.Context, chunks *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkWait)
	defer cancel()
	return chunks.NextMsgWithContext(ctx)
}

// stream splits the name of a piece; false for what is none.
func stream(name string) (streamName, part string, ok bool) {
	streamName, part, ok = strings.Cut(name, "/")
	good := func(text string) bool {
		return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		})
	}
	return streamName, part, ok && good(streamName) && (part == description || good(part))
}
