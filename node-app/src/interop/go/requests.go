package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/libp2p/go-yamux/v5"
	ma "github.com/multiformats/go-multiaddr"
)

// maxStreams is as many as js-libp2p's peer opens.
const maxStreams = 100_000

// request carries out one operation of the line protocol; its result becomes JSON.
type request func(ctx context.Context, n *node, args arguments) (any, error)

var requests = map[string]request{
	"info":         info,
	"dial":         dial,
	"ping":         pingPeer,
	"identify":     identifyPeer,
	"waitPush":     waitPush,
	"handle":       handle,
	"unhandle":     unhandle,
	"push":         push,
	"echo":         echo,
	"sink":         sink,
	"source":       source,
	"reset":        reset,
	"awaitReset":   awaitReset,
	"halfClose":    halfClose,
	"release":      release,
	"perf":         perf,
	"connectTimes": connectTimes,
	"hangup":       hangup,
	"goAway":       goAway,
	"connections":  connections,

	"kad.add":           kadAdd,
	"kad.bootstrap":     kadBootstrap,
	"kad.table":         kadTable,
	"kad.findPeer":      kadFindPeer,
	"kad.closest":       kadClosest,
	"kad.provide":       kadProvide,
	"kad.findProviders": kadFindProviders,
	"kad.put":           kadPut,
	"kad.get":           kadGet,
	"kad.mode":          kadMode,
	"kad.send":          kadSend,
	"kad.makeIpns":      kadMakeIpns,
	"kad.makePk":        kadMakePk,
	"kad.checkIpns":     kadCheckIpns,
	"kad.select":        kadSelect,
}

func millis(since time.Time) float64 { return between(since, time.Now()) }

func between(from, to time.Time) float64 { return float64(to.Sub(from)) / float64(time.Millisecond) }

func direction(d network.Direction) string { return strings.ToLower(d.String()) }

// peerIn is the peer of an id.
func peerIn(args arguments) (peer.ID, error) {
	text, err := args.text("peer")
	if err != nil {
		return "", err
	}
	return peer.Decode(text)
}

// connected is a peer with a connection: "peer" is a multiaddr, which is dialled if need be, or the id of a connected peer.
func (n *node) connected(ctx context.Context, args arguments) (peer.ID, error) {
	text, err := args.text("peer")
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(text, "/") {
		conn, err := n.dial(ctx, text, false)
		if err != nil {
			return "", err
		}
		return conn.RemotePeer(), nil
	}
	p, err := peer.Decode(text)
	if err != nil {
		return "", err
	}
	if n.host.Network().Connectedness(p) != network.Connected {
		return "", fmt.Errorf("not connected to %s: dial a multiaddr first", p)
	}
	return p, nil
}

func (n *node) dial(ctx context.Context, text string, force bool) (network.Conn, error) {
	addr, err := ma.NewMultiaddr(text)
	if err != nil {
		return nil, err
	}
	target, err := peer.AddrInfoFromP2pAddr(addr)
	if err != nil {
		return nil, fmt.Errorf("go-libp2p dials only addresses that end with /p2p and the peer's id: %w", err)
	}
	n.host.Peerstore().AddAddrs(target.ID, target.Addrs, peerstore.TempAddrTTL)
	if dialler, ok := n.host.Network().(*swarm.Swarm); ok && !n.options.defaultLimits {
		dialler.Backoff().Clear(target.ID)
	}
	if force {
		// parallelTCP says why this makes a second connection.
		ctx = network.WithForceDirectDial(ctx, "a new connection is asked for")
	}
	return n.host.Network().DialPeer(ctx, target.ID)
}

func describe(conn network.Conn) fields {
	state := conn.ConnState()
	status := "open"
	if conn.IsClosed() {
		status = "closed"
	}
	open := conn.GetStreams()
	slices.SortFunc(open, func(a, b network.Stream) int { return a.Stat().Opened.Compare(b.Stat().Opened) })
	streams := []fields{}
	for _, s := range open {
		// go-libp2p tells neither a stream's state nor how much of it waits to be read.
		streams = append(streams, fields{
			"id": s.ID(), "protocol": string(s.Protocol()), "direction": direction(s.Stat().Direction),
			"status": nil, "buffered": nil,
		})
	}
	return fields{
		"peer":       conn.RemotePeer().String(),
		"connection": conn.ID(),
		"remoteAddr": conn.RemoteMultiaddr().String(),
		"direction":  direction(conn.Stat().Direction),
		"status":     status,
		"encryption": string(state.Security),
		"muxer":      string(state.StreamMultiplexer),
		"earlyMuxer": state.UsedEarlyMuxerNegotiation,
		"streams":    streams,
	}
}

func info(_ context.Context, n *node, _ arguments) (any, error) {
	key := n.host.Peerstore().PubKey(n.host.ID())
	message, err := crypto.MarshalPublicKey(key)
	if err != nil {
		return nil, err
	}
	return fields{
		"peerId":    n.host.ID().String(),
		"keyType":   keyType(key),
		"publicKey": hex.EncodeToString(message),
		"addrs":     n.addrs(),
		"agent":     n.options.agent,
		"protocols": n.spoken(),
	}, nil
}

func dial(ctx context.Context, n *node, args arguments) (any, error) {
	addr, err := args.text("addr")
	if err != nil {
		return nil, err
	}
	force, err := args.flag("force")
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	conn, err := n.dial(ctx, addr, force)
	if err != nil {
		return nil, err
	}
	ms := millis(begun)
	result := describe(conn)
	result["ms"] = ms
	return result, nil
}

func pingPeer(ctx context.Context, n *node, args arguments) (any, error) {
	count, err := args.whole("count", 1)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	rtts := []float64{}
	if count == 0 {
		return fields{"rtts": rtts}, nil
	}
	ctx, enough := context.WithCancel(network.WithNoDial(ctx, "the request has dialled"))
	defer enough()
	for pong := range ping.Ping(ctx, n.host, p) {
		if pong.Error != nil {
			return nil, pong.Error
		}
		rtts = append(rtts, float64(pong.RTT)/float64(time.Millisecond))
		if int64(len(rtts)) == count {
			return fields{"rtts": rtts}, nil
		}
	}
	return nil, fmt.Errorf("%d of %d pongs came: %w", len(rtts), count, ctx.Err())
}

func identifyPeer(ctx context.Context, n *node, args arguments) (any, error) {
	fresh, err := args.flag("fresh")
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	if fresh {
		err = n.identifyAgain(ctx, p)
	} else {
		err = n.known.until(ctx, func() bool {
			_, known := n.known.told[p]
			return known
		})
	}
	if err != nil {
		return nil, err
	}
	return n.knownOf(p)
}

func waitPush(ctx context.Context, n *node, args arguments) (any, error) {
	p, err := peerIn(args)
	if err != nil {
		return nil, err
	}
	wanted, err := args.whole("count", 1)
	if err != nil {
		return nil, err
	}
	present, err := args.textOr("present", "")
	if err != nil {
		return nil, err
	}
	absent, err := args.textOr("absent", "")
	if err != nil {
		return nil, err
	}
	err = n.known.until(ctx, func() bool {
		spoken := n.known.told[p].protocols
		return int64(n.known.pushes[p]) >= wanted &&
			(present == "" || slices.Contains(spoken, present)) &&
			(absent == "" || !slices.Contains(spoken, absent))
	})
	if err != nil {
		return nil, err
	}
	return n.knownOf(p)
}

func handle(_ context.Context, n *node, args arguments) (any, error) {
	name, err := args.text("protocol")
	if err != nil {
		return nil, err
	}
	if slices.Contains(n.spoken(), name) {
		return nil, fmt.Errorf("%s is served already", name)
	}
	n.serve(name, serveEcho)
	return fields{"protocols": n.spoken()}, nil
}

func unhandle(_ context.Context, n *node, args arguments) (any, error) {
	name, err := args.text("protocol")
	if err != nil {
		return nil, err
	}
	n.host.RemoveStreamHandler(protocol.ID(name))
	return fields{"protocols": n.spoken()}, nil
}

func push(ctx context.Context, n *node, _ arguments) (any, error) {
	return fields{}, n.pushNow(ctx)
}

// echoOnce sends random bytes, half-closes and reads the same bytes back.
func echoOnce(s network.Stream, in *inflow, count int64) error {
	sent, got := sha256.New(), sha256.New()
	sending := make(chan error, 1)
	go func() { sending <- sendAll(s, count, random(sent)) }()
	received, err := in.drain(got)
	if err != nil {
		_ = s.Reset()
		<-sending
		return err
	}
	if err := <-sending; err != nil {
		return err
	}
	if received != count || !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
		return fmt.Errorf("echo differs: sent %d bytes, got %d", count, received)
	}
	return nil
}

// sendAll writes so many bytes and half-closes.
func sendAll(s network.Stream, count int64, fill func([]byte)) error {
	if err := sendChunks(s, count, fill); err != nil {
		return err
	}
	return s.CloseWrite()
}

func echo(ctx context.Context, n *node, args arguments) (any, error) {
	wanted, err := args.whole("streams", 1)
	if err != nil {
		return nil, err
	}
	if wanted > maxStreams {
		return nil, fmt.Errorf("\"streams\" must be at most %d, not %d", maxStreams, wanted)
	}
	count, err := args.whole("bytes", 1024)
	if err != nil {
		return nil, err
	}
	name, err := args.textOr("protocol", echoProtocol)
	if err != nil {
		return nil, err
	}
	lazy, err := args.flag("lazy")
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	results := make([]error, wanted)
	var opening, running sync.WaitGroup
	opening.Add(len(results))
	for i := range results {
		running.Go(func() {
			arrived := sync.OnceFunc(opening.Done)
			// Also a stream that could not be opened has arrived.
			defer arrived()
			results[i] = n.withStream(ctx, p, name, func(s network.Stream, in *inflow) error {
				if !lazy {
					if err := negotiate(s); err != nil {
						return err
					}
				}
				arrived()
				// All streams are open before the first byte is sent, so they really are open at once.
				opening.Wait()
				return echoOnce(s, in, count)
			})
		})
	}
	opening.Wait()
	openMs := millis(begun)
	running.Wait()
	failed := 0
	messages := []string{}
	for _, err := range results {
		if err == nil {
			continue
		}
		failed++
		if message := err.Error(); len(messages) < 5 && !slices.Contains(messages, message) {
			messages = append(messages, message)
		}
	}
	return fields{
		"streams":   wanted,
		"ok":        len(results) - failed,
		"failed":    failed,
		"bytesEach": count,
		"openMs":    openMs,
		"ms":        millis(begun),
		"errors":    messages,
	}, nil
}

func sink(ctx context.Context, n *node, args arguments) (any, error) {
	count, err := args.whole("bytes", -1)
	if err != nil {
		return nil, err
	}
	name, err := args.textOr("protocol", sinkProtocol)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var result fields
	err = n.withStream(ctx, p, name, func(s network.Stream, in *inflow) error {
		begun := time.Now()
		sent := sha256.New()
		if err := sendAll(s, count, random(sent)); err != nil {
			return err
		}
		answer := make([]byte, sha256.Size)
		if err := readExactly(in, answer); err != nil {
			return err
		}
		if _, err := in.drain(io.Discard); err != nil {
			return err
		}
		result = fields{
			"bytes":        count,
			"sha256":       hexSum(sent),
			"remoteSha256": hex.EncodeToString(answer),
			"match":        bytes.Equal(sent.Sum(nil), answer),
			"ms":           millis(begun),
		}
		return nil
	})
	return result, err
}

func source(ctx context.Context, n *node, args arguments) (any, error) {
	count, err := args.whole("bytes", -1)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var result fields
	err = n.withStream(ctx, p, sourceProtocol, func(s network.Stream, in *inflow) error {
		begun := time.Now()
		if _, err := s.Write(u64(count)); err != nil {
			return err
		}
		if err := s.CloseWrite(); err != nil {
			return err
		}
		got := sha256.New()
		received, err := in.drain(got)
		if err != nil {
			return err
		}
		ms := millis(begun)
		sum := hexSum(got)
		result = fields{
			"bytes": received, "sha256": sum, "match": received == count && sum == patternSHA256(count), "ms": ms,
		}
		return nil
	})
	return result, err
}

func reset(ctx context.Context, n *node, args arguments) (any, error) {
	count, err := args.whole("bytes", 1024)
	if err != nil {
		return nil, err
	}
	name, err := args.textOr("protocol", echoProtocol)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var received int64
	err = n.withStream(ctx, p, name, func(s network.Stream, in *inflow) error {
		back := make([]byte, chunk)
		fill := random(sha256.New())
		for left := count; left > 0; left -= chunk {
			part := min(left, chunk)
			if err := sendChunks(s, part, fill); err != nil {
				return err
			}
			if err := readExactly(in, back[:part]); err != nil {
				return err
			}
		}
		received = in.received
		return s.Reset()
	})
	return fields{"sent": count, "received": received}, err
}

func awaitReset(ctx context.Context, n *node, args arguments) (any, error) {
	after, err := args.whole("bytes", 1024)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var sent int64
	err = n.withStream(ctx, p, resetProtocol, func(s network.Stream, in *inflow) error {
		ended := make(chan error, 1)
		go func() {
			_, err := in.drain(io.Discard)
			if err == nil {
				err = errors.New("the remote closed its side, a reset was expected")
				_ = s.Reset()
			}
			ended <- err
		}()
		if _, err := s.Write(u64(after)); err != nil {
			return err
		}
		const part = 4096
		fill := random(sha256.New())
		for sendChunks(s, part, fill) == nil {
			sent += part
		}
		if err := <-ended; !remoteReset(s, err) {
			return err
		}
		return nil
	})
	return fields{"reset": true, "sent": sent}, err
}

func halfClose(ctx context.Context, n *node, args arguments) (any, error) {
	count, err := args.whole("bytes", 1024)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var result fields
	err = n.withStream(ctx, p, halfCloseProtocol, func(s network.Stream, in *inflow) error {
		var greeting bytes.Buffer
		if _, err := in.drain(&greeting); err != nil {
			return err
		}
		// The remote has closed its side: ours must still carry data.
		sent := sha256.New()
		if err := sendAll(s, count, random(sent)); err != nil {
			return err
		}
		result = fields{"greeting": greeting.String(), "bytes": count, "sha256": hexSum(sent)}
		return nil
	})
	return result, err
}

func release(_ context.Context, n *node, _ arguments) (any, error) {
	return fields{"released": n.held.release()}, nil
}

func perf(ctx context.Context, n *node, args arguments) (any, error) {
	upload, err := args.whole("upload", 0)
	if err != nil {
		return nil, err
	}
	download, err := args.whole("download", 0)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var result fields
	err = n.withStream(ctx, p, perfProtocol, func(s network.Stream, in *inflow) error {
		begun := time.Now()
		if _, err := s.Write(u64(download)); err != nil {
			return err
		}
		if err := sendAll(s, upload, zeroes); err != nil {
			return err
		}
		// The server answers, or closes, only after it has read everything: that moment ends the upload.
		var first [1]byte
		head, err := in.Read(first[:])
		if err != nil && err != io.EOF {
			return err
		}
		answered := time.Now()
		if upload == 0 {
			answered = begun
		}
		rest, err := in.drain(io.Discard)
		if err != nil {
			return err
		}
		end := time.Now()
		if received := int64(head) + rest; received != download {
			return fmt.Errorf("asked for %d bytes, got %d", download, received)
		}
		uploadMs, downloadMs := between(begun, answered), between(answered, end)
		result = fields{
			"upload":        upload,
			"download":      download,
			"uploadMs":      uploadMs,
			"downloadMs":    downloadMs,
			"uploadMiBps":   rate(upload, uploadMs),
			"downloadMiBps": rate(download, downloadMs),
		}
		return nil
	})
	return result, err
}

func rate(count int64, ms float64) any {
	if count == 0 || ms == 0 {
		return nil
	}
	return float64(count) / (1 << 20) / (ms / 1000)
}

func connectTimes(ctx context.Context, n *node, args arguments) (any, error) {
	addr, err := args.text("addr")
	if err != nil {
		return nil, err
	}
	rounds, err := args.whole("count", 20)
	if err != nil {
		return nil, err
	}
	times := []float64{}
	for range rounds {
		begun := time.Now()
		conn, err := n.dial(ctx, addr, true)
		if err != nil {
			return nil, err
		}
		times = append(times, millis(begun))
		if err := conn.Close(); err != nil {
			return nil, err
		}
	}
	result := fields{"count": rounds, "medianMs": nil, "minMs": nil, "maxMs": nil}
	if len(times) > 0 {
		slices.Sort(times)
		result["medianMs"], result["minMs"], result["maxMs"] = times[len(times)/2], times[0], times[len(times)-1]
	}
	return result, nil
}

// hangup closes as go-libp2p does. Whether to abort makes no difference: it sends no GoAway, and its sockets are set to
// be reset when they are closed.
func hangup(_ context.Context, n *node, args arguments) (any, error) {
	p, err := peerIn(args)
	if err != nil {
		return nil, err
	}
	if _, err := args.flag("abort"); err != nil {
		return nil, err
	}
	open := n.host.Network().ConnsToPeer(p)
	var failures []error
	for _, conn := range open {
		failures = append(failures, conn.Close())
	}
	return fields{"closed": len(open)}, errors.Join(failures...)
}

// goAway sends GoAway with code 0 on each connection to a peer, and leaves connections and streams as they are.
func goAway(_ context.Context, n *node, args arguments) (any, error) {
	p, err := peerIn(args)
	if err != nil {
		return nil, err
	}
	open := n.host.Network().ConnsToPeer(p)
	for _, conn := range open {
		var session *yamux.Session
		if !conn.As(&session) {
			return nil, fmt.Errorf("connection %s is not of yamux", conn.ID())
		}
		if err := session.GoAway(); err != nil {
			return nil, err
		}
	}
	return fields{"sent": len(open)}, nil
}

func connections(_ context.Context, n *node, args arguments) (any, error) {
	open := n.host.Network().Conns()
	if args.has("peer") {
		p, err := peerIn(args)
		if err != nil {
			return nil, err
		}
		open = n.host.Network().ConnsToPeer(p)
	}
	slices.SortFunc(open, func(a, b network.Conn) int { return a.Stat().Opened.Compare(b.Stat().Opened) })
	described := []fields{}
	for _, conn := range open {
		described = append(described, describe(conn))
	}
	return fields{"count": len(described), "connections": described}, nil
}
