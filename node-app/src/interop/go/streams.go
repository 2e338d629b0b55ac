package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/routing"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	mss "github.com/multiformats/go-multistream"
)

// namedError is an error under the name that js-libp2p gives its kind.
type namedError struct {
	name, message string
}

func (e *namedError) Error() string { return e.message }

func failure(err error) fields {
	name := "Error"
	var (
		named       *namedError
		unsupported mss.ErrNotSupported[protocol.ID]
	)
	switch {
	case errors.As(err, &named):
		name = named.name
	case errors.As(err, &unsupported):
		name = "UnsupportedProtocolError"
	case errors.Is(err, context.DeadlineExceeded):
		name = "TimeoutError"
	case errors.Is(err, routing.ErrNotFound):
		name = "NotFoundError"
	}
	return fields{"name": name, "message": err.Error()}
}

// inflow reads a stream and counts. go-yamux gives bytes together with the error of a connection that was lost just
// then, which can be io.EOF and so would pass for the remote's half-close. An error beside bytes is therefore dropped:
// if it holds, the next read has it too, and the true one.
type inflow struct {
	stream   network.Stream
	received int64
}

func (in *inflow) Read(buffer []byte) (int, error) {
	count, err := in.stream.Read(buffer)
	in.received += int64(count)
	if count > 0 {
		return count, nil
	}
	return 0, err
}

// drain reads to the remote's half-close; how many bytes came.
func (in *inflow) drain(to io.Writer) (int64, error) {
	return io.CopyBuffer(to, in, make([]byte, chunk))
}

func readExactly(from io.Reader, into []byte) error {
	have, err := io.ReadFull(from, into)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the remote closed its side after %d of %d bytes", have, len(into))
	}
	return err
}

// remoteReset says whether the remote reset the stream, and not its connection.
func remoteReset(s network.Stream, err error) bool {
	var reset *network.StreamError
	if errors.As(err, &reset) {
		return reset.Remote
	}
	// go-yamux has no code for a reset by a data frame; it names the end of the connection a reset too.
	return errors.Is(err, network.ErrReset) && !s.Conn().IsClosed()
}

// explained names what ended a stream early.
func explained(s network.Stream, err error) error {
	var lost *network.ConnError
	switch {
	case remoteReset(s, err):
		return &namedError{"StreamResetError", fmt.Sprintf("the remote reset the stream: %v", err)}
	case errors.As(err, &lost), s.Conn().IsClosed():
		return &namedError{
			"ConnectionClosedError", fmt.Sprintf("the connection ended before the remote closed its side: %v", err),
		}
	default:
		return err
	}
}

// negotiate ends the negotiation of a new stream's protocol, which go-libp2p puts off to the first bytes where identify
// has named the protocol: the stream is then not the network's own. A read of nothing does it.
func negotiate(s network.Stream) error {
	if _, negotiated := s.(*swarm.Stream); negotiated {
		return nil
	}
	_, err := s.Read(nil)
	return err
}

// withStream opens a stream to a connected peer and uses it; the stream is reset when that fails or the time is over.
func (n *node) withStream(
	ctx context.Context, to peer.ID, name string, use func(s network.Stream, in *inflow) error,
) error {
	s, err := n.host.NewStream(network.WithNoDial(ctx, "the request has dialled"), to, protocol.ID(name))
	if err != nil {
		return err
	}
	forget := context.AfterFunc(ctx, func() { _ = s.Reset() })
	defer forget()
	if err := use(s, &inflow{stream: s}); err != nil {
		_ = s.Reset()
		return explained(s, err)
	}
	// All was read and written, or the use has reset the stream: there is nothing left to fail.
	_ = s.Close()
	return nil
}
