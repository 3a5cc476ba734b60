package ban

import (
	"maps"

	"github.com/google/uuid"
)

// mostRecent bounds what is copied for one change; beyond it the layers become one.
const mostRecent = 512

// layers is a map that is never changed: with and without copy what was changed
// recently, and share the rest. In recent, the zero id means that a key is gone.
type layers[K comparable] struct {
	rest, recent map[K]uuid.UUID
	length       int
}

func (l *layers[K]) get(key K) (uuid.UUID, bool) {
	if id, known := l.recent[key]; known {
		return id, id != uuid.Nil
	}
	id, known := l.rest[key]
	return id, known
}

// grow makes room for so many keys, once, before put.
func (l *layers[K]) grow(keys int) {
	if keys > 0 {
		l.rest = make(map[K]uuid.UUID, keys)
	}
}

// put changes layers that nobody else has yet, and that have room.
func (l *layers[K]) put(key K, id uuid.UUID) {
	l.rest[key] = id
	l.length = len(l.rest)
}

// with returns the map with key leading to id; the zero id takes the key away.
func (l *layers[K]) with(key K, id uuid.UUID) layers[K] {
	_, known := l.get(key)
	next := layers[K]{rest: l.rest, length: l.length}
	switch {
	case id == uuid.Nil && !known:
		return *l
	case id == uuid.Nil:
		next.length--
	case !known:
		next.length++
	}
	next.recent = make(map[K]uuid.UUID, len(l.recent)+1)
	maps.Copy(next.recent, l.recent)
	next.recent[key] = id
	if len(next.recent) <= mostRecent {
		return next
	}
	next.rest = maps.Collect(next.all)
	next.recent = nil
	return next
}

// all goes over the keys that lead somewhere.
func (l *layers[K]) all(yield func(K, uuid.UUID) bool) {
	for key, id := range l.recent {
		if id != uuid.Nil && !yield(key, id) {
			return
		}
	}
	for key, id := range l.rest {
		if _, newer := l.recent[key]; !newer && !yield(key, id) {
			return
		}
	}
}
