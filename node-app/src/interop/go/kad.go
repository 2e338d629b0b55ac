package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/ipfs/boxo/ipns"
	"github.com/ipfs/boxo/path"
	"github.com/ipfs/go-cid"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	record "github.com/libp2p/go-libp2p-record"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/peerstore"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/routing"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/multiformats/go-multihash"
)

const (
	ipfsPrefix = "/ipfs"
	kadName    = "/kad/1.0.0"
	kadServer  = "server"
	kadClient  = "client"

	// testNamespace is where records may hold any value, outside of the network of IPFS.
	testNamespace = "test"

	maxKadFrame    = 4 << 20
	defaultWaitMs  = 5_000
	defaultIpnsEOL = 3_600
	defaultIpnsTTL = 60
)

// kademlia is the node's part in a DHT.
type kademlia struct {
	dht      *dht.IpfsDHT
	protocol protocol.ID
	host     host.Host

	// changing is held while the mode is changed.
	changing     sync.Mutex
	reachability event.Emitter
}

func startKademlia(h host.Host, o options) (*kademlia, error) {
	k := &kademlia{protocol: protocol.ID(o.kadPrefix + kadName), host: h}
	// Without filters, which are off by default, private and loopback addresses count as any other. go-libp2p-kad-dht
	// changes its mode only in the automatic modes; these differ in what they start with.
	mode := dht.ModeAuto
	if o.kad == kadServer {
		mode = dht.ModeAutoServer
	}
	chosen := []dht.Option{dht.ProtocolPrefix(protocol.ID(o.kadPrefix)), dht.Mode(mode)}
	if o.kadPrefix != ipfsPrefix {
		chosen = append(chosen, dht.NamespacedValidator(testNamespace, anyValue{}))
	}
	var err error
	if k.reachability, err = h.EventBus().Emitter(new(event.EvtLocalReachabilityChanged)); err != nil {
		return nil, err
	}
	if k.dht, err = dht.New(h, chosen...); err != nil {
		return nil, errors.Join(err, k.reachability.Close())
	}
	return k, nil
}

func (k *kademlia) close() error { return errors.Join(k.reachability.Close(), k.dht.Close()) }

func (k *kademlia) mode() string {
	if slices.Contains(k.host.Mux().Protocols(), k.protocol) {
		return kadServer
	}
	return kadClient
}

// change puts the DHT into another mode by telling it what would make it choose that mode by itself.
func (k *kademlia) change(ctx context.Context, mode string) error {
	reachability, ok := map[string]network.Reachability{
		kadServer: network.ReachabilityPublic, kadClient: network.ReachabilityPrivate,
	}[mode]
	if !ok {
		return fmt.Errorf("the mode must be server or client, not %q", mode)
	}
	k.changing.Lock()
	defer k.changing.Unlock()
	changes, err := k.host.EventBus().Subscribe(new(event.EvtLocalProtocolsUpdated))
	if err != nil {
		return err
	}
	defer func() { _ = changes.Close() }()
	if k.mode() == mode {
		return nil
	}
	if err := k.reachability.Emit(event.EvtLocalReachabilityChanged{Reachability: reachability}); err != nil {
		return err
	}
	for k.mode() != mode {
		select {
		case <-changes.Out():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// anyValue takes every value; of several, the lexicographically greatest is the best.
type anyValue struct{}

func (anyValue) Validate(string, []byte) error { return nil }

func (anyValue) Select(_ string, values [][]byte) (int, error) {
	best := 0
	for i, value := range values {
		if bytes.Compare(value, values[best]) > 0 {
			best = i
		}
	}
	return best, nil
}

// validators are those of go-libp2p-kad-dht, and that of the test records.
func (n *node) validators() record.NamespacedValidator {
	return record.NamespacedValidator{
		"pk":          record.PublicKeyValidator{},
		"ipns":        ipns.Validator{KeyBook: n.host.Peerstore()},
		testNamespace: anyValue{},
	}
}

func (n *node) kademlia() (*kademlia, error) {
	if n.kad == nil {
		return nil, errors.New("the peer takes no part in Kademlia: start it with --kad server or --kad client")
	}
	return n.kad, nil
}

// multihashIn is a content's key; the DHT takes CIDs and uses nothing but the multihash in them.
func multihashIn(args arguments) (cid.Cid, error) {
	key, err := args.bytes("key")
	if err != nil {
		return cid.Undef, err
	}
	digest, err := multihash.Cast(key)
	if err != nil {
		return cid.Undef, fmt.Errorf("\"key\" is not a multihash: %w", err)
	}
	return cid.NewCidV1(cid.Raw, digest), nil
}

// addrsIn are addresses of a peer, which may end with its id.
func addrsIn(args arguments, p peer.ID) ([]ma.Multiaddr, error) {
	given, err := args.texts("addrs")
	if err != nil {
		return nil, err
	}
	addrs := []ma.Multiaddr{}
	for _, text := range given {
		addr, err := ma.NewMultiaddr(text)
		if err != nil {
			return nil, err
		}
		plain, id := peer.SplitAddr(addr)
		if id != "" && id != p {
			return nil, fmt.Errorf("%s is not an address of %s", addr, p)
		}
		addrs = append(addrs, plain)
	}
	return addrs, nil
}

func idTexts(ids []peer.ID) []string {
	list := []string{}
	for _, id := range ids {
		list = append(list, id.String())
	}
	return list
}

func described(info peer.AddrInfo) fields {
	addrs := []string{}
	for _, addr := range info.Addrs {
		plain, _ := peer.SplitAddr(addr)
		// The same address may have been told with the id and without it.
		if text := plain.String(); !slices.Contains(addrs, text) {
			addrs = append(addrs, text)
		}
	}
	return fields{"peer": info.ID.String(), "addrs": addrs}
}

// kadAdd puts a peer into the routing table as it is, where go itself would first ask it something.
func kadAdd(_ context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	p, err := peerIn(args)
	if err != nil {
		return nil, err
	}
	addrs, err := addrsIn(args, p)
	if err != nil {
		return nil, err
	}
	n.host.Peerstore().AddAddrs(p, addrs, peerstore.PermanentAddrTTL)
	if _, err := k.dht.RoutingTable().TryAddPeer(p, true, false); err != nil {
		return nil, err
	}
	return fields{"added": k.dht.RoutingTable().Find(p) != ""}, nil
}

func kadBootstrap(ctx context.Context, n *node, _ arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	select {
	case err := <-k.dht.ForceRefresh():
		if err != nil {
			return nil, err
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return fields{"size": k.dht.RoutingTable().Size()}, nil
}

func kadTable(_ context.Context, n *node, _ arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	peers := idTexts(k.dht.RoutingTable().ListPeers())
	slices.Sort(peers)
	return fields{"peers": peers}, nil
}

func kadFindPeer(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	p, err := peerIn(args)
	if err != nil {
		return nil, err
	}
	found, err := k.dht.FindPeer(ctx, p)
	if err != nil {
		return nil, err
	}
	return described(found), nil
}

func kadClosest(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	key, err := args.bytes("key")
	if err != nil {
		return nil, err
	}
	closest, err := k.dht.GetClosestPeers(ctx, string(key))
	if err != nil {
		return nil, err
	}
	return fields{"peers": idTexts(closest)}, nil
}

func kadProvide(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	key, err := multihashIn(args)
	if err != nil {
		return nil, err
	}
	return fields{}, k.dht.Provide(ctx, key, true)
}

func kadFindProviders(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	key, err := multihashIn(args)
	if err != nil {
		return nil, err
	}
	count, err := args.whole("count", 20)
	if err != nil {
		return nil, err
	}
	// A peer that was told of without addresses comes again when they are known.
	order := []peer.ID{}
	found := map[peer.ID]peer.AddrInfo{}
	for provider := range k.dht.FindProvidersAsync(ctx, key, int(count)) {
		if _, again := found[provider.ID]; !again {
			order = append(order, provider.ID)
		}
		found[provider.ID] = provider
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	providers := []fields{}
	for _, id := range order {
		providers = append(providers, described(found[id]))
	}
	return fields{"providers": providers}, nil
}

func kadPut(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	key, err := args.bytes("key")
	if err != nil {
		return nil, err
	}
	value, err := args.bytes("value")
	if err != nil {
		return nil, err
	}
	return fields{}, k.dht.PutValue(ctx, string(key), value)
}

func kadGet(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	key, err := args.bytes("key")
	if err != nil {
		return nil, err
	}
	value, err := k.dht.GetValue(ctx, string(key))
	if err != nil {
		return nil, err
	}
	return fields{"value": hex.EncodeToString(value)}, nil
}

func kadMode(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	if args.has("mode") {
		mode, err := args.text("mode")
		if err != nil {
			return nil, err
		}
		if err := k.change(ctx, mode); err != nil {
			return nil, err
		}
	}
	return fields{"mode": k.mode()}, nil
}

// kadSend sends bytes as they are on a new stream of the DHT's protocol, and reads what comes back.
func kadSend(ctx context.Context, n *node, args arguments) (any, error) {
	k, err := n.kademlia()
	if err != nil {
		return nil, err
	}
	message, err := args.bytes("messageHex")
	if err != nil {
		return nil, err
	}
	halfClose, err := args.flag("halfClose")
	if err != nil {
		return nil, err
	}
	wanted, err := args.whole("answers", 1)
	if err != nil {
		return nil, err
	}
	waitMs, err := args.whole("waitMs", defaultWaitMs)
	if err != nil {
		return nil, err
	}
	p, err := n.connected(ctx, args)
	if err != nil {
		return nil, err
	}
	var result fields
	err = n.withStream(ctx, p, string(k.protocol), func(s network.Stream, in *inflow) error {
		if err := negotiate(s); err != nil {
			return err
		}
		begun := time.Now()
		if err := s.SetDeadline(begun.Add(time.Duration(waitMs) * time.Millisecond)); err != nil {
			return err
		}
		answers := &frames{from: bufio.NewReader(in)}
		err := write(s, message, halfClose)
		for err == nil && int64(answers.whole) < wanted {
			err = answers.next()
		}
		ended, err := ending(s, err)
		if err != nil {
			return err
		}
		result = fields{
			"answerHex": hex.EncodeToString(answers.bytes.Bytes()), "answers": answers.whole, "ended": ended,
			"ms": millis(begun),
		}
		if ended == "timeout" {
			return s.Reset()
		}
		return nil
	})
	return result, err
}

func write(s network.Stream, message []byte, halfClose bool) error {
	if _, err := s.Write(message); err != nil {
		return err
	}
	if halfClose {
		return s.CloseWrite()
	}
	return nil
}

// ending names how an exchange has ended; a lost connection is an error.
func ending(s network.Stream, err error) (string, error) {
	var late net.Error
	switch {
	case err == nil:
		return "answer", nil
	case s.Conn().IsClosed():
		return "", err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed", nil
	case remoteReset(s, err):
		return "reset", nil
	case errors.As(err, &late) && late.Timeout():
		return "timeout", nil
	default:
		return "", err
	}
}

// frames are the messages that come in, each behind its length.
type frames struct {
	from *bufio.Reader
	// bytes are all that came, lengths and incomplete frames among them.
	bytes bytes.Buffer
	whole int
}

func (f *frames) next() error {
	var length []byte
	for {
		b, err := f.from.ReadByte()
		if err != nil {
			return err
		}
		f.bytes.WriteByte(b)
		length = append(length, b)
		if b < 0x80 {
			break
		}
		if len(length) == binary.MaxVarintLen64 {
			return fmt.Errorf("the answer's length is no varint: %x", length)
		}
	}
	size, read := binary.Uvarint(length)
	if read <= 0 || size > maxKadFrame {
		return fmt.Errorf("the answer is of %d bytes, over the limit of 4 MiB", size)
	}
	if _, err := io.CopyN(&f.bytes, f.from, int64(size)); err != nil {
		return err
	}
	f.whole++
	return nil
}

// kadMakeIpns makes an IPNS record of the peer's own name.
func kadMakeIpns(_ context.Context, n *node, args arguments) (any, error) {
	text, err := args.text("value")
	if err != nil {
		return nil, err
	}
	value, err := path.NewPath(text)
	if err != nil {
		return nil, err
	}
	seq, err := args.whole("seq", 0)
	if err != nil {
		return nil, err
	}
	eol, err := args.whole("eol", defaultIpnsEOL)
	if err != nil {
		return nil, err
	}
	ttl, err := args.whole("ttl", defaultIpnsTTL)
	if err != nil {
		return nil, err
	}
	onlyV2, err := args.flag("onlyV2")
	if err != nil {
		return nil, err
	}
	made, err := ipns.NewRecord(
		n.host.Peerstore().PrivKey(n.host.ID()), value, uint64(seq), time.Now().Add(time.Duration(eol)*time.Second),
		time.Duration(ttl)*time.Second, ipns.WithV1Compatibility(!onlyV2))
	if err != nil {
		return nil, err
	}
	message, err := ipns.MarshalRecord(made)
	if err != nil {
		return nil, err
	}
	key := ipns.NameFromPeer(n.host.ID()).RoutingKey()
	return fields{"key": hex.EncodeToString(key), "value": hex.EncodeToString(message)}, nil
}

// kadMakePk makes the record of the peer's public key.
func kadMakePk(_ context.Context, n *node, _ arguments) (any, error) {
	message, err := crypto.MarshalPublicKey(n.host.Peerstore().PubKey(n.host.ID()))
	if err != nil {
		return nil, err
	}
	key := routing.KeyForPublicKey(n.host.ID())
	return fields{"key": hex.EncodeToString([]byte(key)), "value": hex.EncodeToString(message)}, nil
}

// kadCheckIpns says what go's validators say; of /pk/ too.
func kadCheckIpns(_ context.Context, n *node, args arguments) (any, error) {
	key, err := args.bytes("key")
	if err != nil {
		return nil, err
	}
	value, err := args.bytes("value")
	if err != nil {
		return nil, err
	}
	if err := n.validators().Validate(string(key), value); err != nil {
		return fields{"valid": false, "error": err.Error()}, nil
	}
	return fields{"valid": true, "error": nil}, nil
}

// kadSelect says which of several records go takes for the best.
func kadSelect(_ context.Context, n *node, args arguments) (any, error) {
	key, err := args.bytes("key")
	if err != nil {
		return nil, err
	}
	given, err := args.texts("values")
	if err != nil {
		return nil, err
	}
	values := [][]byte{}
	for _, text := range given {
		value, err := hex.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("one of \"values\" is not hex: %w", err)
		}
		values = append(values, value)
	}
	best, err := n.validators().Select(string(key), values)
	if err != nil {
		return nil, err
	}
	return fields{"index": best}, nil
}
