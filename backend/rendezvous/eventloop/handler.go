package eventloop

// Handler is told what happens to a socket.
type Handler interface {
	// Readable says that there is something to read. It is told once for what is
	// there: whoever does not read until there is less than asked for has to go on
	// without being told, and once ended, because the other side said its last or
	// something failed, until Read tells that. Called by the loop's goroutine.
	Readable(ended bool)
	// Written says that size bytes which Write kept are written. Called by the
	// loop's goroutine.
	Written(size int)
	// Closed is the last call, by whoever closed it. It must not block.
	Closed()
}
