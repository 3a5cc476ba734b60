package store

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"log/slog"

	"github.com/tincan-chat/tincan/backend/node"
)

// Wrapper keeps private sealing keys from whoever reads the file. about is
// authenticated with what is wrapped, and is the same for both.
type Wrapper interface {
	Wrap(plain, about []byte) ([]byte, error)
	Unwrap(wrapped, about []byte) ([]byte, error)
}

// wrappedMark begins what is wrapped: no serialised message begins with it, since
// its first byte would end a group that was never begun.
const wrappedMark = "tcw1"

// wrap makes what the file keeps of a private key.
func wrap(wrapper Wrapper, name, private []byte) ([]byte, error) {
	if wrapper == nil {
		return private, nil
	}
	wrapped, err := wrapper.Wrap(private, name)
	if err != nil {
		return nil, fmt.Errorf("store: wrapping a sealing key: %w", err)
	}
	return append([]byte(wrappedMark), wrapped...), nil
}

// unwrapAll opens the private keys. One that does not open is left out: letters
// sealed to it are lost, and everything else is not.
func (s *Store) unwrapAll(ctx context.Context, all []node.SealingKey) []node.SealingKey {
	var opened []node.SealingKey
	for _, key := range all {
		wrapped, marked := bytes.CutPrefix(key.Private, []byte(wrappedMark))
		if marked {
			if s.wrapper == nil {
				continue
			}
			private, err := s.wrapper.Unwrap(wrapped, key.ID[:])
			if err != nil {
				s.logger.WarnContext(ctx, "a sealing key does not open with this profile's key file", slog.Time("created", key.Created))
				continue
			}
			key.Private = private
		}
		opened = append(opened, key)
	}
	return opened
}

// wrapOld wraps private keys that an earlier version kept as they are, and takes
// their bytes from the file.
func (s *Store) wrapOld() error {
	if s.wrapper == nil {
		return nil
	}
	type row struct{ name, private []byte }
	var plain []row
	err := s.transaction.rows(`SELECT id, private FROM sealing_keys WHERE substr(private, 1, 4) <> ?`, 2, func(values []driver.Value) error {
		name, _ := values[0].([]byte)
		private, _ := values[1].([]byte)
		plain = append(plain, row{bytes.Clone(name), bytes.Clone(private)})
		return nil
	}, []byte(wrappedMark))
	if err != nil || len(plain) == 0 {
		return err
	}
	return s.write(func(t *transaction) error {
		for _, one := range plain {
			private, failure := wrap(t.wrapper, one.name, one.private)
			if failure != nil {
				return failure
			}
			if _, failure = t.exec(`UPDATE sealing_keys SET private = ? WHERE id = ?`, private, one.name); failure != nil {
				return failure
			}
		}
		t.forgot = true
		return nil
	})
}
