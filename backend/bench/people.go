package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync"

	"github.com/google/uuid"

	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/node/nodetest"
	"github.com/tincan-chat/tincan/backend/rendezvous"
)

// pair is two contacts with an open line, and their server.
type pair struct {
	ana, ben     *nodetest.Person
	conversation uuid.UUID
	server       *rendezvous.Server
	ended        chan error
	acknowledged *sync.Cond
	moved        int // how often Ana's marks moved
}

func newPair(ctx context.Context, folder string, wrap func(node.Store) node.Store) (*pair, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &pair{ended: make(chan error, 1), acknowledged: sync.NewCond(&sync.Mutex{})}
	if p.server, err = rendezvous.New(rendezvous.Options{Key: key, Listen: "127.0.0.1:0", TLS: true}); err != nil { //nolint:contextcheck // it lives until it is closed
		return nil, err
	}
	go func() { p.ended <- p.server.Run(context.WithoutCancel(ctx)) }()
	if p.ana, err = nodetest.NewWrapped(ctx, filepath.Join(folder, "ana"), "Ana", p.server.Server(), wrap); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.ben, err = nodetest.NewWrapped(ctx, filepath.Join(folder, "ben"), "Ben", p.server.Server(), wrap); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.conversation, err = nodetest.Meet(ctx, p.ana, p.ben); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.ana.OnChange(func(changes []node.Change) {
		for _, change := range changes {
			if change.Position != uuid.Nil {
				p.acknowledged.L.Lock()
				p.moved++
				p.acknowledged.L.Unlock()
				p.acknowledged.Broadcast()
				return
			}
		}
	})
	return p, nil
}

// wait returns when Ben's disk holds Ana's log up to a sequence and Ana knows.
func (p *pair) wait(ctx context.Context, sequence uint64) {
	p.acknowledged.L.Lock()
	defer p.acknowledged.L.Unlock()
	for {
		before := p.moved
		p.acknowledged.L.Unlock()
		reached := p.ana.Delivered(ctx, p.ben.Keys.Peer()) >= sequence
		p.acknowledged.L.Lock()
		if reached {
			return
		}
		for p.moved == before {
			p.acknowledged.Wait()
		}
	}
}

func (p *pair) close() error {
	var err error
	for _, one := range []*nodetest.Person{p.ana, p.ben} {
		if one != nil {
			err = errors.Join(err, one.Close())
		}
	}
	return errors.Join(err, p.server.Close(), <-p.ended)
}

// single stands between a device and its store and gives each write a
// transaction of its own: what group commit is compared with.
type single struct{ node.Store }

func (s single) Commit(ctx context.Context, batches ...[]node.Write) error {
	for _, batch := range batches {
		if err := s.Store.Commit(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}
