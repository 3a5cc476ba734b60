package node

import (
	"fmt"
	"strings"

	"github.com/tincan-chat/tincan/backend/internal/fault"
	"github.com/tincan-chat/tincan/backend/wire"
)

// faultOfWrites is a fault point for each kind of write that is in a transaction;
// an entry of this device's own is another kind than one of somebody else.
func (n *Node) faultOfWrites(when string, batches [][]Write) {
	if !fault.On {
		return
	}
	named := map[string]bool{}
	for _, batch := range batches {
		for _, write := range batch {
			name := kindName(write)
			if appended, ok := write.(AppendEntry); ok && appended.Entry.Log.Device == n.config.Keys.Device() {
				name = "own" + name
			}
			if !named[name] {
				named[name] = true
				fault.Point("node.commit." + when + "." + name)
			}
		}
	}
}

// faultOfFrame is a fault point for a frame of a line, by its kind.
func faultOfFrame(when string, frame *wire.LinkFrame) {
	if fault.On {
		fault.Point("node.frame." + when + "." + strings.TrimPrefix(kindName(frame.GetKind()), "linkframe_"))
	}
}

// kindName is the name of a value's type without its package.
func kindName(value any) string {
	_, name, _ := strings.Cut(fmt.Sprintf("%T", value), ".")
	return strings.ToLower(name)
}
