package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	basichost "github.com/libp2p/go-libp2p/p2p/host/basic"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

const patience = 60 * time.Second

func privateKey(o options) (crypto.PrivKey, error) {
	if o.privateKeyHex != "" {
		message, err := hex.DecodeString(o.privateKeyHex)
		if err != nil {
			return nil, fmt.Errorf("--private-key is not hex: %w", err)
		}
		return crypto.UnmarshalPrivateKey(message)
	}
	var key crypto.PrivKey
	var err error
	switch o.key {
	case "ed25519":
		key, _, err = crypto.GenerateEd25519Key(rand.Reader)
	case "rsa":
		key, _, err = crypto.GenerateRSAKeyPair(o.rsaBits, rand.Reader)
	case "secp256k1":
		key, _, err = crypto.GenerateSecp256k1Key(rand.Reader)
	case "ecdsa":
		key, _, err = crypto.GenerateECDSAKeyPair(rand.Reader)
	default:
		err = fmt.Errorf("unknown key type %q: use one of ed25519, rsa, secp256k1, ecdsa", o.key)
	}
	return key, err
}

// noiseWithoutMuxers neither offers a muxer inside the handshake nor takes the remote's offer: it has none to match.
func noiseWithoutMuxers(id protocol.ID, key crypto.PrivKey) (*noise.Transport, error) {
	return noise.New(id, key, nil)
}

// newHost builds the host: TCP, Noise, yamux, identify, push and ping.
func newHost(o options, more ...libp2p.Option) (host.Host, error) {
	key, err := privateKey(o)
	if err != nil {
		return nil, err
	}
	security := libp2p.Security(noise.ID, noise.New)
	if !o.earlyMuxer {
		security = libp2p.Security(noise.ID, noiseWithoutMuxers)
	}
	chosen := []libp2p.Option{
		libp2p.Identity(key),
		libp2p.UserAgent(o.agent),
		libp2p.ListenAddrStrings(o.listen...),
		security,
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	}
	if o.defaultLimits {
		chosen = append(chosen,
			libp2p.Transport(newParallelTCP),
			libp2p.Muxer(yamux.ID, yamux.DefaultTransport))
	} else {
		chosen = append(chosen, raisedLimits()...)
	}
	return libp2p.New(append(chosen, more...)...)
}

func raisedLimits() []libp2p.Option {
	muxer := *yamux.DefaultTransport
	muxer.ConnectionWriteTimeout = patience
	// No option of the host sets this one.
	basichost.DefaultNegotiationTimeout = patience
	return []libp2p.Option{
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ConnectionManager(connmgr.NullConnMgr{}),
		libp2p.WithDialTimeout(patience),
		libp2p.SwarmOpts(swarm.WithDialTimeoutLocal(patience)),
		libp2p.Transport(newParallelTCP, tcp.WithConnectionTimeout(patience)),
		libp2p.Muxer(yamux.ID, &muxer),
	}
}
