package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	ma "github.com/multiformats/go-multiaddr"
)

// Two peers, each in a process of its own, talk through every request. Nothing here is particular to go-libp2p but what
// README.md names.

const mib = 1 << 20

// TestMain lets the test's own program be the peers.
func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func startPeer(t *testing.T, args ...string) *child {
	t.Helper()
	c, err := startChild(args...)
	must(t, err)
	t.Cleanup(func() {
		select {
		case <-c.exited:
			return
		default:
		}
		if t.Failed() {
			t.Logf("%s: %v", c.id, c.events)
			_ = c.kill()
			return
		}
		code, err := c.stop()
		must(t, err)
		equal(t, code, 0)
		last := c.events[len(c.events)-1]
		equal(t, last["event"], any("stopped"))
	})
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, got, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Fatalf("got %v, wanted %v", got, wanted)
	}
}

func assert(t *testing.T, condition bool, what ...any) {
	t.Helper()
	if !condition {
		t.Fatal(what...)
	}
}

func ask(t *testing.T, c *child, op string, args fields) fields {
	t.Helper()
	result, err := c.ask(op, args)
	if err != nil {
		t.Fatalf("%s %v: %v", op, args, err)
	}
	return result
}

func refused(t *testing.T, c *child, op string, args fields, messages ...string) {
	t.Helper()
	result, err := c.ask(op, args)
	if err == nil {
		t.Fatalf("%s %v was not refused: %v", op, args, result)
	}
	for _, message := range messages {
		if strings.Contains(err.Error(), message) {
			return
		}
	}
	t.Fatalf("%s %v: %v, wanted one of %q", op, args, err, messages)
}

func await(t *testing.T, c *child, name string, wished func(fields) bool) fields {
	t.Helper()
	found, err := c.event(func(e fields) bool { return e["event"] == name && (wished == nil || wished(e)) })
	if err != nil {
		t.Fatalf("waiting for %s: %v", name, err)
	}
	return found
}

func (c *child) failures() []fields {
	c.mu.Lock()
	defer c.mu.Unlock()
	var failed []fields
	for _, e := range c.events {
		if e["event"] == "stream-failed" || e["event"] == "failed" {
			failed = append(failed, e)
		}
	}
	return failed
}

func has(list any, text string) bool { return slices.Contains(list.([]any), any(text)) }

func streamsOf(t *testing.T, c *child, name string) int {
	count := 0
	for _, conn := range ask(t, c, "connections", nil)["connections"].([]any) {
		for _, s := range conn.(map[string]any)["streams"].([]any) {
			if s.(map[string]any)["protocol"] == name {
				count++
			}
		}
	}
	return count
}

func connectionCount(t *testing.T, c *child) float64 {
	return ask(t, c, "connections", nil)["count"].(float64)
}

func TestConversation(t *testing.T) {
	names := map[string]string{"ed25519": "Ed25519", "rsa": "RSA", "secp256k1": "secp256k1", "ecdsa": "ECDSA"}
	for _, key := range []string{"ed25519", "rsa", "secp256k1", "ecdsa"} {
		for _, early := range [][2]string{{"on", "on"}, {"on", "off"}, {"off", "on"}, {"off", "off"}} {
			t.Run(fmt.Sprintf("%s, early muxer %s to %s", key, early[0], early[1]), func(t *testing.T) {
				a := startPeer(t, "--key", key, "--early-muxer", early[0])
				b := startPeer(t, "--key", key, "--early-muxer", early[1])
				converse(t, a, b, names[key], early[0] == "on" && early[1] == "on")
				equal(t, len(a.failures())+len(b.failures()), 0)
			})
		}
	}
}

// converse goes through every request between two peers, and looks at the state that both are left in.
func converse(t *testing.T, a, b *child, keyName string, early bool) {
	dialled := ask(t, a, "dial", fields{"addr": b.addr})
	equal(t, dialled["peer"], any(b.id))
	equal(t, dialled["muxer"], any("/yamux/1.0.0"))
	equal(t, dialled["encryption"], any("/noise"))
	equal(t, dialled["earlyMuxer"], any(early))
	equal(t, dialled["direction"], any("outbound"))
	first := await(t, b, "connected", nil)
	equal(t, first["earlyMuxer"], any(early))
	equal(t, ask(t, a, "dial", fields{"addr": b.addr})["connection"], dialled["connection"])

	inform(t, a, b, keyName)
	inform(t, b, a, keyName)
	exchange(t, a, b)
	exchange(t, b, a)

	refused(t, a, "nonsense", nil, "unknown request")
	refused(t, a, "sink", fields{"peer": b.id, "bytes": -1}, "whole number")
	refused(t, a, "sink", fields{"peer": b.id}, "whole number")
	refused(t, a, "echo", fields{"peer": a.addr}, "self")
	refused(t, a, "dial", fields{"addr": strings.Split(b.addr, "/p2p/")[0]}, "/p2p")
	refused(t, a, "dial", fields{"addr": strings.Replace(b.addr, b.id, a.id, 1), "force": true}, "self")

	equal(t, ask(t, a, "hangup", fields{"peer": b.id})["closed"], any(1.0))
	await(t, b, "disconnected", nil)
	equal(t, connectionCount(t, a), 0.0)
	equal(t, connectionCount(t, b), 0.0)
	refused(t, a, "echo", fields{"peer": b.id}, "not connected")

	ask(t, a, "dial", fields{"addr": b.addr})
	// Who dials is ready first.
	second := await(t, b, "connected", func(e fields) bool { return e["connection"] != first["connection"] })
	ask(t, a, "hangup", fields{"peer": b.id, "abort": true})
	await(t, b, "disconnected", func(e fields) bool { return e["connection"] == second["connection"] })
	equal(t, connectionCount(t, b), 0.0)
}

// inform looks at what x knows of y.
func inform(t *testing.T, x, y *child, keyName string) {
	info := ask(t, y, "info", nil)
	known := ask(t, x, "identify", fields{"peer": y.id})
	equal(t, info["keyType"], any(keyName))
	equal(t, known["keyType"], any(keyName))
	equal(t, known["publicKey"], info["publicKey"])
	equal(t, known["agentVersion"], info["agent"])
	equal(t, known["protocols"], info["protocols"])
	equal(t, known["hasSignedRecord"], any(true))
	listens := strings.Split(y.addr, "/p2p/")[0]
	equal(t, known["addresses"], any([]any{map[string]any{"addr": listens, "certified": true}}))
	last := known["last"].(map[string]any)
	equal(t, last["protocols"], info["protocols"])
	equal(t, last["signedRecord"].(map[string]any)["addrs"], any([]any{listens}))
	assert(t, strings.HasPrefix(last["observedAddr"].(string), "/ip4/127.0.0.1/tcp/"), last)

	again := ask(t, x, "identify", fields{"peer": y.id, "fresh": true})
	equal(t, again["agentVersion"], info["agent"])
	equal(t, again["last"].(map[string]any)["publicKey"], info["publicKey"])

	const extra = "/dunlin/extra/1.0.0"
	pushed := x.asking("waitPush", fields{"peer": y.id, "present": extra})
	assert(t, has(ask(t, y, "handle", fields{"protocol": extra})["protocols"], extra), "not handled")
	learnt, err := x.outcome(pushed)
	must(t, err)
	assert(t, has(learnt["protocols"], extra), learnt)
	refused(t, y, "handle", fields{"protocol": extra}, "already")
	equal(t, ask(t, x, "echo", fields{"peer": y.id, "protocol": extra, "bytes": 100})["ok"], any(1.0))
	ask(t, y, "unhandle", fields{"protocol": extra})
	learnt = ask(t, x, "waitPush", fields{"peer": y.id, "absent": extra})
	assert(t, !has(learnt["protocols"], extra), learnt)
	ask(t, y, "push", nil)
	more := learnt["pushes"].(float64) + 1
	learnt = ask(t, x, "waitPush", fields{"peer": y.id, "count": more})
	assert(t, learnt["pushes"].(float64) >= more, learnt)
	equal(t, learnt["last"].(map[string]any)["protocols"], info["protocols"])
	equal(t, learnt["hasSignedRecord"], any(true))
}

// exchange moves bytes from x to y and back in every way.
func exchange(t *testing.T, x, y *child) {
	rtts := ask(t, x, "ping", fields{"peer": y.id, "count": 5})["rtts"].([]any)
	equal(t, len(rtts), 5)
	assert(t, !slices.ContainsFunc(rtts, func(rtt any) bool { return rtt.(float64) <= 0 }), rtts)

	for _, count := range []int{0, 1, 1000, 300_000} {
		echoed := ask(t, x, "echo", fields{"peer": y.id, "streams": 3, "bytes": count})
		assert(t, echoed["ok"] == 3.0, echoed)
		equal(t, ask(t, x, "sink", fields{"peer": y.id, "bytes": count})["match"], any(true))
		equal(t, ask(t, x, "source", fields{"peer": y.id, "bytes": count})["match"], any(true))
	}

	equal(t, ask(t, x, "reset", fields{"peer": y.id, "bytes": 100_000})["received"], any(100_000.0))
	wasReset := await(t, y, "stream-reset", nil)
	equal(t, wasReset["peer"], any(x.id))
	equal(t, wasReset["received"], any(100_000.0))
	awaited := ask(t, x, "awaitReset", fields{"peer": y.id, "bytes": 50_000})
	assert(t, awaited["reset"] == true && awaited["sent"].(float64) >= 50_000, awaited)

	half := ask(t, x, "halfClose", fields{"peer": y.id, "bytes": 500_000})
	equal(t, half["greeting"], any("hello"))
	received := await(t, y, "received", func(e fields) bool { return e["protocol"] == halfCloseProtocol })
	equal(t, received["sha256"], half["sha256"])

	speed := ask(t, x, "perf", fields{"peer": y.id, "upload": mib, "download": mib})
	assert(t, speed["uploadMiBps"].(float64) > 0 && speed["downloadMiBps"].(float64) > 0, speed)

	_, err := x.ask("sink", fields{"peer": y.id, "bytes": 1, "protocol": "/dunlin/none/1.0.0"})
	var named *namedError
	assert(t, errors.As(err, &named) && named.name == "UnsupportedProtocolError", err)
	none := ask(t, x, "echo", fields{"peer": y.id, "protocol": "/dunlin/none/1.0.0"})
	assert(t, none["failed"] == 1.0 && len(none["errors"].([]any)) == 1, none)
}

func TestFixedIdentity(t *testing.T) {
	// RFC 8032, section 7.1, test 1, as a PrivateKey message.
	const message = "08011240" + "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" +
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
	a := startPeer(t, "--private-key", message)
	equal(t, ask(t, a, "info", nil)["publicKey"], any("08011220"+message[len(message)-64:]))
}

func TestRefusesWrongOptions(t *testing.T) {
	for _, args := range [][]string{
		{"--early-muxer", "perhaps"}, {"--key", "dsa"}, {"--private-key", "zz"}, {"--listen", "nowhere"}, {"--none"}, {"more"},
	} {
		_, err := startChild(args...)
		assert(t, err != nil && strings.Contains(err.Error(), "could not start"), args, err)
	}
}

func TestBulkAndManyStreams(t *testing.T) {
	a, b := startPeer(t), startPeer(t, "--early-muxer", "off")
	ask(t, a, "dial", fields{"addr": b.addr})
	await(t, b, "connected", nil)
	for _, pair := range [][2]*child{{a, b}, {b, a}} {
		x, y := pair[0], pair[1]
		pushed := ask(t, x, "sink", fields{"peer": y.id, "bytes": 64 * mib})
		fetched := ask(t, x, "source", fields{"peer": y.id, "bytes": 64 * mib})
		echoed := ask(t, x, "echo", fields{"peer": y.id, "bytes": 64 * mib})
		assert(t, pushed["match"] == true && fetched["match"] == true && echoed["ok"] == 1.0, pushed, fetched, echoed)
		all := ask(t, x, "echo", fields{"peer": y.id, "streams": 1000, "bytes": 10_000})
		assert(t, all["ok"] == 1000.0, all)
		all = ask(t, x, "echo", fields{"peer": y.id, "streams": 500, "bytes": 100, "lazy": true})
		assert(t, all["ok"] == 500.0, all)
	}
	// The remote's half of a stream is let go of when its handler returns, a moment after ours: a last round trip on the
	// same connection does not order the two, so ask until it is so.
	for _, c := range []*child{a, b} {
		for streamsOf(t, c, echoProtocol)+streamsOf(t, c, sinkProtocol)+streamsOf(t, c, sourceProtocol) > 0 {
			ask(t, a, "ping", fields{"peer": b.id})
		}
	}
}

func TestBackPressure(t *testing.T) {
	a, b := startPeer(t), startPeer(t)
	ask(t, a, "dial", fields{"addr": b.addr})
	stalled := a.asking("sink", fields{"peer": b.id, "bytes": 64 * mib, "protocol": stallProtocol})
	// The stalled stream must not disturb others.
	equal(t, ask(t, a, "sink", fields{"peer": b.id, "bytes": 8 * mib})["match"], any(true))
	equal(t, streamsOf(t, b, stallProtocol), 1)
	equal(t, len(stalled), 0)
	equal(t, ask(t, b, "release", nil)["released"], any(1.0))
	result, err := a.outcome(stalled)
	must(t, err)
	equal(t, result["match"], any(true))
	equal(t, ask(t, b, "release", nil)["released"], any(0.0))
}

func TestKilledMidTransfer(t *testing.T) {
	for _, op := range []string{"sink", "source"} {
		t.Run(op, func(t *testing.T) {
			a, b := startPeer(t), startPeer(t)
			ask(t, a, "dial", fields{"addr": b.addr})
			ask(t, a, "identify", fields{"peer": b.id})
			transfer := a.asking(op, fields{"peer": b.id, "bytes": 16 << 30})
			ask(t, a, "ping", fields{"peer": b.id, "count": 3})
			equal(t, streamsOf(t, a, "/dunlin/"+op+"/1.0.0"), 1)
			must(t, b.kill())
			_, err := a.outcome(transfer)
			var named *namedError
			assert(t, errors.As(err, &named) && named.name == "ConnectionClosedError", err)
			await(t, a, "disconnected", nil)
			equal(t, connectionCount(t, a), 0.0)
		})
	}
}

func TestAStalledStreamEndsWithItsConnection(t *testing.T) {
	a, b := startPeer(t), startPeer(t)
	ask(t, a, "dial", fields{"addr": b.addr})
	a.asking("sink", fields{"peer": b.id, "bytes": 64 * mib, "protocol": stallProtocol})
	for streamsOf(t, b, stallProtocol) == 0 {
		ask(t, a, "ping", fields{"peer": b.id})
	}
	ask(t, a, "hangup", fields{"peer": b.id})
	await(t, b, "stream-failed", func(e fields) bool { return e["protocol"] == stallProtocol })
	equal(t, ask(t, b, "release", nil)["released"], any(0.0))
}

func TestManyConnections(t *testing.T) {
	x, y := startPeer(t), startPeer(t)
	times := ask(t, x, "connectTimes", fields{"addr": y.addr, "count": 100})
	t.Logf("connect: %.1f ms median", times["medianMs"])
	ids := map[string]bool{}
	for range 100 {
		ids[ask(t, x, "dial", fields{"addr": y.addr, "force": true})["connection"].(string)] = true
	}
	equal(t, len(ids), 100)
	equal(t, connectionCount(t, x), 100.0)
	equal(t, ask(t, x, "echo", fields{"peer": y.id})["ok"], any(1.0))
	equal(t, ask(t, x, "hangup", fields{"peer": y.id})["closed"], any(100.0))
	equal(t, connectionCount(t, x), 0.0)
}

func TestGoAwayWhileAStreamRuns(t *testing.T) {
	a, b := startPeer(t), startPeer(t)
	ask(t, a, "dial", fields{"addr": b.addr})
	await(t, b, "connected", nil)
	running := b.asking("sink", fields{"peer": a.id, "bytes": 64 * mib, "protocol": stallProtocol})
	for streamsOf(t, a, stallProtocol) == 0 {
		ask(t, a, "ping", fields{"peer": b.id})
	}
	equal(t, ask(t, a, "goAway", fields{"peer": b.id})["sent"], any(1.0))
	// go-libp2p takes GoAway for the end, whatever runs.
	_, err := b.outcome(running)
	var named *namedError
	assert(t, errors.As(err, &named) && named.name == "ConnectionClosedError", err)
	await(t, b, "disconnected", nil)
	await(t, a, "disconnected", nil)
}

func TestEndOfInputAndSignalStop(t *testing.T) {
	byInput := startPeer(t)
	must(t, byInput.input.Close())
	bySignal := startPeer(t)
	must(t, bySignal.command.Process.Signal(syscall.SIGTERM))
	for _, c := range []*child{byInput, bySignal} {
		await(t, c, "stopped", nil)
		<-c.exited
		equal(t, c.command.ProcessState.ExitCode(), 0)
	}
}

func TestLimitsAndTimeouts(t *testing.T) {
	a, b := startPeer(t, "--default-limits"), startPeer(t, "--default-limits", "--agent", "other/1")
	ask(t, a, "dial", fields{"addr": b.addr})
	equal(t, ask(t, a, "identify", fields{"peer": b.id})["agentVersion"], any("other/1"))
	equal(t, ask(t, a, "sink", fields{"peer": b.id, "bytes": 8 * mib})["match"], any(true))
	_, err := a.ask("sink", fields{"peer": b.id, "bytes": 64 * mib, "protocol": stallProtocol, "timeoutMs": 300})
	var named *namedError
	assert(t, errors.As(err, &named) && named.name == "TimeoutError", err)
	_, err = a.ask("waitPush", fields{"peer": b.id, "present": "/none", "timeoutMs": 50})
	assert(t, errors.As(err, &named) && named.name == "TimeoutError", err)
	ask(t, b, "release", nil)
	await(t, b, "stream-reset", nil)
}

// A hang-up is a TCP reset, whether in order or not: README.md says so.
func TestHangupIsATCPReset(t *testing.T) {
	for _, abort := range []bool{false, true} {
		t.Run(strconv.FormatBool(abort), func(t *testing.T) {
			a, b := startPeer(t), startPeer(t)
			relay := newRelay(t, b.addr)
			ask(t, a, "dial", fields{"addr": relay.addr})
			ask(t, a, "ping", fields{"peer": b.id})
			ask(t, a, "hangup", fields{"peer": b.id, "abort": abort})
			err := relay.ended()
			assert(t, errors.Is(err, syscall.ECONNRESET), err)
		})
	}
}

// relay forwards one connection and notes how the dialler ended it.
type relay struct {
	addr    string
	failure chan error
}

func newRelay(t *testing.T, to string) *relay {
	target, err := ma.NewMultiaddr(to)
	must(t, err)
	port, err := target.ValueForProtocol(ma.P_TCP)
	must(t, err)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	ours := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	r := &relay{addr: strings.Replace(to, "/tcp/"+port, "/tcp/"+ours, 1), failure: make(chan error, 1)}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		onward, err := net.Dial("tcp4", "127.0.0.1:"+port)
		if err != nil {
			r.failure <- err
			return
		}
		var both sync.WaitGroup
		both.Go(func() {
			_, err := io.Copy(onward, from)
			r.failure <- err
			_ = onward.Close()
		})
		both.Go(func() {
			_, _ = io.Copy(from, onward)
			_ = from.Close()
		})
		both.Wait()
	}()
	return r
}

func (r *relay) ended() error { return <-r.failure }
