package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/record"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify/pb"
	"github.com/libp2p/go-msgio/pbio"
	ma "github.com/multiformats/go-multiaddr"
	mss "github.com/multiformats/go-multistream"
	"google.golang.org/protobuf/proto"
)

const (
	// What go-libp2p itself reads at most, and from which size on it sends the signed record in a message of its own.
	maxIdentifyMessage  = 8 << 10
	maxIdentifyMessages = 10
	splitIdentifyAbove  = 2 << 10

	eventQueue = 1024
)

// told is what a peer has said of itself: the newest value of each field.
type told struct {
	protocols       []string
	listenAddrs     []string
	observedAddr    string
	agentVersion    string
	protocolVersion string
	publicKey       []byte
	record          *peer.PeerRecord
}

// over keeps of the earlier what the later leaves out: in a push that means unchanged.
func (t told) over(before told) told {
	if len(t.protocols) == 0 {
		t.protocols = before.protocols
	}
	if len(t.listenAddrs) == 0 {
		t.listenAddrs = before.listenAddrs
	}
	if t.observedAddr == "" {
		t.observedAddr = before.observedAddr
	}
	if t.agentVersion == "" {
		t.agentVersion = before.agentVersion
	}
	if t.protocolVersion == "" {
		t.protocolVersion = before.protocolVersion
	}
	if len(t.publicKey) == 0 {
		t.publicKey = before.publicKey
	}
	if t.record == nil {
		t.record = before.record
	}
	return t
}

// knowledge is what was told by the peers that are connected, and how often each has pushed. It is as small as the
// number of peers in a test.
type knowledge struct {
	mu      sync.Mutex
	told    map[peer.ID]told
	pushes  map[peer.ID]int
	changed chan struct{}
}

func newKnowledge() *knowledge {
	return &knowledge{told: map[peer.ID]told{}, pushes: map[peer.ID]int{}, changed: make(chan struct{})}
}

// update changes something under the lock and wakes up who waits.
func (k *knowledge) update(change func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change()
	close(k.changed)
	k.changed = make(chan struct{})
}

// until waits until the condition holds; it is asked under the lock.
func (k *knowledge) until(ctx context.Context, holds func() bool) error {
	for {
		k.mu.Lock()
		done, changed := holds(), k.changed
		k.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (k *knowledge) of(p peer.ID) (said told, known bool, pushes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	said, known = k.told[p]
	return said, known, k.pushes[p]
}

// tellConnections tells of each connection that opens and closes; what a peer has said is forgotten with its last one.
func (n *node) tellConnections() {
	n.host.Network().Notify(&network.NotifyBundle{
		ConnectedF: func(_ network.Network, conn network.Conn) {
			state := conn.ConnState()
			n.lines.event("connected", fields{
				"peer":       conn.RemotePeer().String(),
				"connection": conn.ID(),
				"remoteAddr": conn.RemoteMultiaddr().String(),
				"direction":  direction(conn.Stat().Direction),
				"muxer":      string(state.StreamMultiplexer),
				"earlyMuxer": state.UsedEarlyMuxerNegotiation,
			})
		},
		DisconnectedF: func(net network.Network, conn network.Conn) {
			p := conn.RemotePeer()
			n.lines.event("disconnected", fields{"peer": p.String(), "connection": conn.ID()})
			n.known.update(func() {
				if net.Connectedness(p) != network.Connected {
					delete(n.known.told, p)
				}
			})
		},
	})
}

// followIdentify takes in what identify and push learn. A push is known by the protocols' update, which precedes it.
func (n *node) followIdentify() error {
	learnt, err := n.host.EventBus().Subscribe([]any{
		new(event.EvtPeerProtocolsUpdated), new(event.EvtPeerIdentificationCompleted),
	}, eventbus.BufSize(eventQueue))
	if err != nil {
		return err
	}
	go func() {
		pushing := map[peer.ID]int{}
		for next := range learnt.Out() {
			switch e := next.(type) {
			case event.EvtPeerProtocolsUpdated:
				pushing[e.Peer]++
			case event.EvtPeerIdentificationCompleted:
				n.learn(e.Conn, toldBy(e))
				if pushing[e.Peer] > 0 {
					n.pushed(e.Peer)
					pushing[e.Peer]--
				}
				if pushing[e.Peer] == 0 {
					delete(pushing, e.Peer)
				}
			}
		}
	}()
	return nil
}

func (n *node) learn(conn network.Conn, said told) {
	p := conn.RemotePeer()
	n.known.update(func() {
		// What comes late must not outlive the connection that it came on.
		if !conn.IsClosed() && n.host.Network().Connectedness(p) == network.Connected {
			n.known.told[p] = said.over(n.known.told[p])
		}
	})
	n.lines.event("identified", fields{"peer": p.String(), "agentVersion": orNull(said.agentVersion)})
}

func (n *node) pushed(p peer.ID) {
	var count int
	n.known.update(func() {
		n.known.pushes[p]++
		count = n.known.pushes[p]
	})
	n.lines.event("push", fields{"peer": p.String(), "count": count})
}

func toldBy(e event.EvtPeerIdentificationCompleted) told {
	said := told{
		protocols:       protocol.ConvertToStrings(e.Protocols),
		listenAddrs:     texts(e.ListenAddrs),
		agentVersion:    e.AgentVersion,
		protocolVersion: e.ProtocolVersion,
	}
	if e.ObservedAddr != nil {
		said.observedAddr = e.ObservedAddr.String()
	}
	if e.SignedPeerRecord != nil {
		if signed, err := e.SignedPeerRecord.Record(); err == nil {
			said.record, _ = signed.(*peer.PeerRecord)
		}
	}
	return said
}

func texts(addrs []ma.Multiaddr) []string {
	list := make([]string, 0, len(addrs))
	for _, addr := range addrs {
		list = append(list, addr.String())
	}
	return list
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func inOrder(list []string) []string {
	return slices.Sorted(slices.Values(list))
}

// knownOf is what the node knows of a peer: its store entry, and the newest value of each identify or push field.
func (n *node) knownOf(p peer.ID) (fields, error) {
	store := n.host.Peerstore()
	spoken, err := store.GetProtocols(p)
	if err != nil {
		return nil, err
	}
	said, known, pushes := n.known.of(p)
	var certified []string
	if said.record != nil {
		certified = texts(said.record.Addrs)
	}
	addresses := []fields{}
	for _, addr := range texts(store.Addrs(p)) {
		addresses = append(addresses, fields{"addr": addr, "certified": slices.Contains(certified, addr)})
	}
	text := func(name string) any {
		value, err := store.Get(p, name)
		if err != nil {
			return nil
		}
		return value
	}
	result := fields{
		"peer":            p.String(),
		"keyType":         nil,
		"publicKey":       nil,
		"agentVersion":    text("AgentVersion"),
		"protocolVersion": text("ProtocolVersion"),
		"protocols":       inOrder(protocol.ConvertToStrings(spoken)),
		"addresses":       addresses,
		"hasSignedRecord": said.record != nil,
		"pushes":          pushes,
		"last":            nil,
	}
	if key := store.PubKey(p); key != nil {
		message, err := crypto.MarshalPublicKey(key)
		if err != nil {
			return nil, err
		}
		result["keyType"], result["publicKey"] = keyType(key), hex.EncodeToString(message)
	}
	if known {
		result["last"] = said.described()
	}
	return result, nil
}

func (t told) described() fields {
	described := fields{
		"protocols":       inOrder(t.protocols),
		"listenAddrs":     append([]string{}, t.listenAddrs...),
		"observedAddr":    orNull(t.observedAddr),
		"agentVersion":    orNull(t.agentVersion),
		"protocolVersion": orNull(t.protocolVersion),
		"publicKey":       orNull(hex.EncodeToString(t.publicKey)),
		"signedRecord":    nil,
	}
	if t.record != nil {
		described["signedRecord"] = fields{
			"seq": strconv.FormatUint(t.record.Seq, 10), "addrs": texts(t.record.Addrs),
		}
	}
	return described
}

// keyType is the type's name as js-libp2p spells it.
func keyType(key crypto.Key) string {
	if name := key.Type().String(); name != "Secp256k1" {
		return name
	}
	return "secp256k1"
}

// identifyAgain asks anew. go-libp2p asks once a connection, so this program reads the answer itself; what the peer said
// goes to where go-libp2p keeps it, but for addresses.
func (n *node) identifyAgain(ctx context.Context, p peer.ID) error {
	return n.withStream(ctx, p, identify.ID, func(s network.Stream, in *inflow) error {
		message, err := readIdentify(in)
		if err != nil {
			return err
		}
		said, err := toldIn(message, p)
		if err != nil {
			return err
		}
		store := n.host.Peerstore()
		err = errors.Join(
			store.SetProtocols(p, protocol.ConvertFromStrings(said.protocols)...),
			store.Put(p, "AgentVersion", said.agentVersion),
			store.Put(p, "ProtocolVersion", said.protocolVersion))
		if err != nil {
			return err
		}
		n.learn(s.Conn(), said)
		return nil
	})
}

func readIdentify(from io.Reader) (*pb.Identify, error) {
	reader := pbio.NewDelimitedReader(from, maxIdentifyMessage)
	whole := &pb.Identify{}
	for range maxIdentifyMessages {
		part := &pb.Identify{}
		err := reader.ReadMsg(part)
		if err == io.EOF {
			return whole, nil
		}
		if err != nil {
			return nil, err
		}
		proto.Merge(whole, part)
	}
	return nil, fmt.Errorf("identify came in more than %d messages", maxIdentifyMessages)
}

func toldIn(message *pb.Identify, p peer.ID) (told, error) {
	said := told{
		protocols:       message.GetProtocols(),
		agentVersion:    message.GetAgentVersion(),
		protocolVersion: message.GetProtocolVersion(),
		publicKey:       message.GetPublicKey(),
	}
	key, err := crypto.UnmarshalPublicKey(said.publicKey)
	if err != nil {
		return said, fmt.Errorf("the public key in identify: %w", err)
	}
	if !p.MatchesPublicKey(key) {
		return said, fmt.Errorf("the public key in identify is not that of %s", p)
	}
	for _, listen := range message.GetListenAddrs() {
		addr, err := ma.NewMultiaddrBytes(listen)
		if err != nil {
			return said, fmt.Errorf("an address in identify: %w", err)
		}
		said.listenAddrs = append(said.listenAddrs, addr.String())
	}
	if len(message.GetObservedAddr()) > 0 {
		addr, err := ma.NewMultiaddrBytes(message.GetObservedAddr())
		if err != nil {
			return said, fmt.Errorf("the observed address in identify: %w", err)
		}
		said.observedAddr = addr.String()
	}
	if len(message.GetSignedPeerRecord()) > 0 {
		_, signed, err := record.ConsumeEnvelope(message.GetSignedPeerRecord(), peer.PeerRecordEnvelopeDomain)
		if err != nil {
			return said, fmt.Errorf("the signed record in identify: %w", err)
		}
		claimed, ok := signed.(*peer.PeerRecord)
		if !ok || claimed.PeerID != p {
			return said, fmt.Errorf("the signed record in identify is not one of %s", p)
		}
		said.record = claimed
	}
	return said, nil
}

// pushNow pushes on every connection. go-libp2p pushes only when something has changed, so this program writes the
// message itself, as go-libp2p would.
func (n *node) pushNow(ctx context.Context) error {
	var failures []error
	for _, conn := range n.host.Network().Conns() {
		takes, err := n.host.Peerstore().SupportsProtocols(conn.RemotePeer(), identify.IDPush)
		if err != nil || len(takes) == 0 {
			continue
		}
		if err := n.pushOn(ctx, conn); err != nil {
			failures = append(failures, fmt.Errorf("push to %s: %w", conn.RemotePeer(), err))
		}
	}
	return errors.Join(failures...)
}

func (n *node) pushOn(ctx context.Context, conn network.Conn) error {
	message, err := n.ownIdentify(conn)
	if err != nil {
		return err
	}
	s, err := conn.NewStream(ctx)
	if err != nil {
		return err
	}
	forget := context.AfterFunc(ctx, func() { _ = s.Reset() })
	defer forget()
	err = func() error {
		if err := s.SetProtocol(identify.IDPush); err != nil {
			return err
		}
		if err := mss.SelectProtoOrFail[protocol.ID](identify.IDPush, s); err != nil {
			return err
		}
		return writeIdentify(s, message)
	}()
	if err != nil {
		_ = s.Reset()
		return explained(s, err)
	}
	return s.Close()
}

func writeIdentify(to io.Writer, message *pb.Identify) error {
	writer := pbio.NewDelimitedWriter(to)
	signed := message.GetSignedPeerRecord()
	if proto.Size(message) <= splitIdentifyAbove || len(signed) == 0 {
		return writer.WriteMsg(message)
	}
	message.SignedPeerRecord = nil
	if err := writer.WriteMsg(message); err != nil {
		return err
	}
	return writer.WriteMsg(&pb.Identify{SignedPeerRecord: signed})
}

func (n *node) ownIdentify(conn network.Conn) (*pb.Identify, error) {
	publicKey, err := crypto.MarshalPublicKey(n.host.Peerstore().PubKey(n.host.ID()))
	if err != nil {
		return nil, err
	}
	message := &pb.Identify{
		Protocols:       n.spoken(),
		ObservedAddr:    conn.RemoteMultiaddr().Bytes(),
		PublicKey:       publicKey,
		AgentVersion:    proto.String(n.options.agent),
		ProtocolVersion: proto.String(""),
	}
	for _, addr := range n.host.Addrs() {
		message.ListenAddrs = append(message.ListenAddrs, addr.Bytes())
	}
	if book, ok := peerstore.GetCertifiedAddrBook(n.host.Peerstore()); ok {
		if signed := book.GetPeerRecord(n.host.ID()); signed != nil {
			if message.SignedPeerRecord, err = signed.Marshal(); err != nil {
				return nil, err
			}
		}
	}
	return message, nil
}
