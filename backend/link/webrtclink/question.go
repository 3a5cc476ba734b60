package webrtclink

import (
	"net"
	"sync"
	"time"

	"github.com/pion/stun"
	"github.com/pion/transport/v2"
)

// pion asks a STUN server once how it sees a socket's address, and does without
// the address when that packet or the answer is lost: a line between two homes
// is then relayed for good. RFC 8489 (section 6.2.1) has the question repeated.

// questionEvery is until the question is repeated first, then at double times;
// pion waits 5 s for the answer.
const (
	questionEvery = 250 * time.Millisecond
	mostQuestions = 4 // the last after 250·(1+2+4+8) ms
)

// questions repeats what a socket asks a STUN server, until it is answered or closed.
type questions struct {
	mutex sync.Mutex
	timer *time.Timer // nil when nothing is to be repeated
	asked [stun.TransactionIDSize]byte
	waits bool // for the answer to asked
}

// isQuestion tells whether a packet asks for an address: a binding request
// without anything else, where the checks of ICE have a user name.
func isQuestion(packet []byte) bool {
	if !isBindingRequest(packet) || !stun.IsMessage(packet) {
		return false
	}
	message := stun.Message{Raw: packet}
	return message.Decode() == nil && !message.Contains(stun.AttrUsername)
}

// repeat begins to repeat a question.
func (q *questions) repeat(conn transport.UDPConn, packet []byte, to net.Addr) {
	packet = append([]byte(nil), packet...)
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.stop()
	q.asked, q.waits = transactionOf(packet), true
	wait, left := questionEvery, mostQuestions
	var again func()
	again = func() {
		q.mutex.Lock()
		defer q.mutex.Unlock()
		if q.timer == nil || q.asked != transactionOf(packet) {
			return // answered meanwhile
		}
		if _, err := conn.WriteTo(packet, to); err != nil {
			q.stop()
			return
		}
		if left--; left == 0 {
			q.stop()
			return
		}
		wait *= 2
		q.timer = time.AfterFunc(wait, again)
	}
	q.timer = time.AfterFunc(wait, again)
}

// heard looks for the answer in what comes.
func (q *questions) heard(packet []byte) {
	if len(packet) < stunHeader || packet[0] > 3 { // the first two bits of STUN and the upper ones of its type
		return
	}
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.waits && q.asked == transactionOf(packet) {
		q.waits = false
		q.stop()
	}
}

// open tells whether a question has no answer yet.
func (q *questions) open() bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.waits
}

func (q *questions) end() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.stop()
}

// stop is for who holds the mutex.
func (q *questions) stop() {
	if q.timer != nil {
		q.timer.Stop()
		q.timer = nil
	}
}

// stunHeader is the length of STUN's header in bytes (RFC 8489 section 5); its
// last 12 are the transaction.
const stunHeader = 20

func transactionOf(packet []byte) [stun.TransactionIDSize]byte {
	return [stun.TransactionIDSize]byte(packet[stunHeader-stun.TransactionIDSize : stunHeader])
}
