package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/identity"
	"github.com/tincan-chat/tincan/backend/journal"
	"github.com/tincan-chat/tincan/backend/node"
)

// millis is a time as the database keeps it; 0 for the zero time.
func millis(moment time.Time) int64 {
	if moment.IsZero() {
		return 0
	}
	return moment.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// momentOf is moment where 0 is the year 1970.
func momentOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// flag is a truth value as the database keeps it.
func flag(set bool) int64 {
	if set {
		return 1
	}
	return 0
}

// blob keeps empty bytes as NULL.
func blob(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	return data
}

// unlessZero keeps an array of zeros as NULL.
func unlessZero[T journal.Hash | journal.Order | [32]byte](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	switch v := any(value).(type) {
	case journal.Hash:
		return v[:]
	case journal.Order:
		return v[:]
	case [32]byte:
		return v[:]
	}
	return nil
}

// fixed copies a column of fixed length into an array's slice.
func fixed(target, column []byte) error {
	if len(column) != len(target) {
		return fmt.Errorf("%w: a key of %d bytes instead of %d", node.ErrDamaged, len(column), len(target))
	}
	copy(target, column)
	return nil
}

// fixedAll copies pairs of target and column.
func fixedAll(pairs ...[]byte) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := fixed(pairs[i], pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// keptServer is a server in a JSON list.
type keptServer struct {
	Key  string   `json:"key"`
	URLs []string `json:"urls"`
}

func encodeServers(servers []identity.Server) (string, error) {
	kept := make([]keptServer, 0, len(servers))
	for _, server := range servers {
		kept = append(kept, keptServer{Key: hex.EncodeToString(server.Key[:]), URLs: server.URLs})
	}
	return encodeList(kept)
}

func decodeServers(text string) ([]identity.Server, error) {
	kept, err := decodeList[keptServer](text)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	servers := make([]identity.Server, 0, len(kept))
	for _, one := range kept {
		server := identity.Server{URLs: one.URLs}
		if err = decodeKey(server.Key[:], one.Key); err != nil {
			return nil, err
		}
		servers = append(servers, server)
	}
	return servers, nil
}

func encodePeers(peers []identity.PeerID) (string, error) {
	kept := make([]string, 0, len(peers))
	for _, peer := range peers {
		kept = append(kept, hex.EncodeToString(peer[:]))
	}
	return encodeList(kept)
}

func decodePeers(text string) ([]identity.PeerID, error) {
	kept, err := decodeList[string](text)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	peers := make([]identity.PeerID, len(kept))
	for i, one := range kept {
		if err = decodeKey(peers[i][:], one); err != nil {
			return nil, err
		}
	}
	return peers, nil
}

func decodeKey(target []byte, text string) error {
	decoded, err := hex.DecodeString(text)
	if err != nil {
		return fmt.Errorf("%w: a key in a list", node.ErrDamaged)
	}
	return fixed(target, decoded)
}

func encodeList[T any](list []T) (string, error) {
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("store: encoding a list: %w", err)
	}
	return string(text), nil
}

func decodeList[T any](text string) ([]T, error) {
	var list []T
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("%w: a list", node.ErrDamaged)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

func encodePrefix(prefix netip.Prefix) string {
	if !prefix.IsValid() {
		return ""
	}
	return prefix.String()
}

func decodePrefix(text string) (netip.Prefix, error) {
	if text == "" {
		return netip.Prefix{}, nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%w: a range", node.ErrDamaged)
	}
	return prefix, nil
}

// id is a UUID as the database keeps it.
func id(from uuid.UUID) []byte { return from[:] }
