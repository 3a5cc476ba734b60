package device

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/tincan-chat/tincan/backend/app"
	"github.com/tincan-chat/tincan/backend/link"
	"github.com/tincan-chat/tincan/backend/link/webrtclink"
	"github.com/tincan-chat/tincan/backend/node"
	"github.com/tincan-chat/tincan/backend/signaling"
	"github.com/tincan-chat/tincan/backend/signaling/rendezvousclient"
)

// portSetting is the name under which the store keeps the hosted server's port.
const portSetting = "host-port"

// running is a node with the server that the app may host.
type running struct {
	*node.Node

	host  *host
	links *webrtclink.Transport
}

var _ app.Running = (*running)(nil)

// run starts the node and watches the networks.
func (d *Device) run(ctx context.Context, listener app.Listener) (app.Running, error) {
	h := newHost(hostOptions{
		key:    d.folder.ServerKey,
		at:     d.options.HostAt,
		port:   d.readPort,
		save:   d.savePort,
		tell:   listener.Surroundings,
		logger: d.options.Logger,
	})
	var links *webrtclink.Transport
	started, err := node.New(ctx, node.Config{
		Keys:  d.keys,
		Store: d.store,
		Links: func(config node.LinkConfig) (link.Transport, error) {
			var linksErr error
			if links, linksErr = d.links(config); linksErr != nil {
				return nil, linksErr
			}
			return links, nil
		},
		Signaling: func(config node.SignalingConfig) (signaling.Client, error) { return d.signaling(ctx, config), nil },
		Changed: func(changes []node.Change) {
			for _, change := range changes {
				if change.Bans {
					h.recheck()
				}
			}
			listener.Changed(changes)
		},
		Names:  d.names(),
		Logger: d.options.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("device: starting the node: %w", err)
	}
	h.start(ctx, started)
	return &running{Node: started, host: h, links: links}, nil
}

// Hosting implements app.Running.
func (r *running) Hosting(on bool) { r.host.want(on) }

// LinePorts implements app.Running.
func (r *running) LinePorts(first int) { r.links.SetPorts(uint16(first)) }

// Reach implements app.Running.
func (r *running) Reach(ctx context.Context) (link.Reach, error) { return r.links.Reach(ctx) }

// Close ends the server, then the node.
func (r *running) Close() error {
	r.host.close()
	return r.Node.Close()
}

func (d *Device) links(config node.LinkConfig) (*webrtclink.Transport, error) {
	return webrtclink.New(webrtclink.Config{
		Identity:     config.Identity,
		Events:       config.Events,
		Filter:       config.Filter,
		Proxy:        d.proxy,
		Logger:       config.Logger,
		Now:          time.Now,
		Random:       rand.Reader,
		LoopbackOnly: d.options.LoopbackOnly,
	})
}

func (d *Device) signaling(ctx context.Context, config node.SignalingConfig) signaling.Client {
	keys := config.Keys
	return openClusters(ctx, d.store, d.options.Logger, config.Events, func(events func(signaling.Event)) signaling.Client {
		return rendezvousclient.New(rendezvousclient.Options{
			Identity: link.Identity{Peer: keys.Peer(), Device: keys.Device(), Sign: keys.SignAsDevice},
			Handle:   events,
			Proxy:    d.proxy,
			Logger:   config.Logger,
		})
	})
}

// readPort returns the port that the hosted server had last time, 0 for none.
func (d *Device) readPort(ctx context.Context) int {
	text, err := d.store.Setting(ctx, portSetting)
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0
	}
	return port
}

func (d *Device) savePort(ctx context.Context, port int) error {
	return d.store.SaveSetting(ctx, portSetting, strconv.Itoa(port))
}
