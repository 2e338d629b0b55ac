package main

import (
	"context"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/tcpreuse"
	ma "github.com/multiformats/go-multiaddr"
)

// parallelTCP is TCP whose connections do not count as direct ones, as those through a relay do not. go-libp2p dials a
// peer that it is connected to only if a direct connection is asked for and it has none; nothing else depends on it,
// since all connections are alike.
type parallelTCP struct {
	*tcp.TcpTransport
}

func newParallelTCP(
	upgrader transport.Upgrader, limits network.ResourceManager, shared *tcpreuse.ConnMgr, options ...tcp.Option,
) (*parallelTCP, error) {
	inner, err := tcp.NewTCPTransport(upgrader, limits, shared, options...)
	if err != nil {
		return nil, err
	}
	return &parallelTCP{inner}, nil
}

func (t *parallelTCP) Dial(ctx context.Context, addr ma.Multiaddr, to peer.ID) (transport.CapableConn, error) {
	return parallel(t.TcpTransport.Dial(ctx, addr, to))
}

func (t *parallelTCP) DialWithUpdates(
	ctx context.Context, addr ma.Multiaddr, to peer.ID, updates chan<- transport.DialUpdate,
) (transport.CapableConn, error) {
	return parallel(t.TcpTransport.DialWithUpdates(ctx, addr, to, updates))
}

func (t *parallelTCP) Listen(addr ma.Multiaddr) (transport.Listener, error) {
	inner, err := t.TcpTransport.Listen(addr)
	if err != nil {
		return nil, err
	}
	return parallelListener{inner}, nil
}

type parallelListener struct {
	transport.Listener
}

func (l parallelListener) Accept() (transport.CapableConn, error) {
	return parallel(l.Listener.Accept())
}

type parallelConn struct {
	transport.CapableConn
}

func parallel(conn transport.CapableConn, err error) (transport.CapableConn, error) {
	if err != nil {
		return nil, err
	}
	return parallelConn{conn}, nil
}

func (c parallelConn) Transport() transport.Transport {
	return indirect{c.CapableConn.Transport()}
}

type indirect struct {
	transport.Transport
}

func (indirect) Proxy() bool { return true }
