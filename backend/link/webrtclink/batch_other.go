//go:build !linux

package webrtclink

import "github.com/pion/transport/v2"

// batched is for Linux.
func batched(conn transport.UDPConn) transport.UDPConn { return conn }
