package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-yamux/v5"
)

// The protocols that the peer serves beside identify and ping. README.md says what each does on the wire.
const (
	echoProtocol      = "/dunlin/echo/1.0.0"
	sinkProtocol      = "/dunlin/sink/1.0.0"
	sourceProtocol    = "/dunlin/source/1.0.0"
	stallProtocol     = "/dunlin/stall/1.0.0"
	resetProtocol     = "/dunlin/reset/1.0.0"
	halfCloseProtocol = "/dunlin/half-close/1.0.0"
	perfProtocol      = "/perf/1.0.0"
)

type handler func(s network.Stream, in *inflow) error

func (n *node) serveAll() {
	n.serve(echoProtocol, serveEcho)
	n.serve(sinkProtocol, n.serveSink)
	n.serve(sourceProtocol, serveSource)
	n.serve(stallProtocol, n.serveStall)
	n.serve(resetProtocol, serveReset)
	n.serve(halfCloseProtocol, n.serveHalfClose)
	n.serve(perfProtocol, servePerf)
}

func (n *node) serve(name string, handle handler) {
	n.host.SetStreamHandler(protocol.ID(name), func(s network.Stream) {
		in := &inflow{stream: s}
		err := handle(s, in)
		if err == nil {
			// The handler has ended both sides; this lets go of the stream.
			_ = s.Close()
			return
		}
		event := "stream-failed"
		if remoteReset(s, err) {
			event = "stream-reset"
		}
		n.lines.event(event, fields{
			"peer":     s.Conn().RemotePeer().String(),
			"protocol": name,
			"received": in.received,
			"message":  explained(s, err).Error(),
		})
		_ = s.Reset()
	})
}

// spoken are the names of all protocols that the node serves, in order.
func (n *node) spoken() []string {
	names := protocol.ConvertToStrings(n.host.Mux().Protocols())
	slices.Sort(names)
	return names
}

func serveEcho(s network.Stream, in *inflow) error {
	if _, err := in.drain(s); err != nil {
		return err
	}
	return s.CloseWrite()
}

func serveSource(s network.Stream, in *inflow) error { return serveBytes(s, in, pattern()) }

func servePerf(s network.Stream, in *inflow) error { return serveBytes(s, in, zeroes) }

func serveBytes(s network.Stream, in *inflow, fill func([]byte)) error {
	count, err := readLength(in)
	if err != nil {
		return err
	}
	if _, err := in.drain(io.Discard); err != nil {
		return err
	}
	if err := sendChunks(s, count, fill); err != nil {
		return err
	}
	return s.CloseWrite()
}

func serveReset(s network.Stream, in *inflow) error {
	after, err := readLength(in)
	if err != nil {
		return err
	}
	received, err := io.CopyN(io.Discard, in, after)
	if err == io.EOF {
		return fmt.Errorf("the remote closed its side after %d of %d bytes", received, after)
	}
	if err != nil {
		return err
	}
	return s.Reset()
}

// digest reads to the half-close and tells what came.
func (n *node) digest(s network.Stream, in *inflow) ([]byte, error) {
	sum := sha256.New()
	count, err := in.drain(sum)
	if err != nil {
		return nil, err
	}
	n.lines.event("received", fields{
		"peer":     s.Conn().RemotePeer().String(),
		"protocol": string(s.Protocol()),
		"bytes":    count,
		"sha256":   hexSum(sum),
	})
	return sum.Sum(nil), nil
}

func (n *node) serveSink(s network.Stream, in *inflow) error {
	sum, err := n.digest(s, in)
	if err != nil {
		return err
	}
	if _, err := s.Write(sum); err != nil {
		return err
	}
	return s.CloseWrite()
}

func (n *node) serveStall(s network.Stream, in *inflow) error {
	// Who does not read is not told of the stream's end; the connection's end is told by its session.
	var lost <-chan struct{}
	var session *yamux.Session
	if s.Conn().As(&session) {
		lost = session.CloseChan()
	}
	n.held.wait(lost)
	return n.serveSink(s, in)
}

func (n *node) serveHalfClose(s network.Stream, in *inflow) error {
	if _, err := s.Write([]byte("hello")); err != nil {
		return err
	}
	if err := s.CloseWrite(); err != nil {
		return err
	}
	_, err := n.digest(s, in)
	return err
}

// holds are the streams that are stalled.
type holds struct {
	mu       sync.Mutex
	waiting  int
	released chan struct{}
}

func newHolds() *holds { return &holds{released: make(chan struct{})} }

// wait returns at the next release, or when the channel is closed.
func (h *holds) wait(lost <-chan struct{}) {
	h.mu.Lock()
	h.waiting++
	released := h.released
	h.mu.Unlock()
	select {
	case <-released:
	case <-lost:
		h.mu.Lock()
		defer h.mu.Unlock()
		if released == h.released {
			h.waiting--
		}
	}
}

// release lets all go on that wait now; how many there were.
func (h *holds) release() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.released)
	h.released = make(chan struct{})
	released := h.waiting
	h.waiting = 0
	return released
}
