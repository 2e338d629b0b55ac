// A go-libp2p peer under the control of its parent process: JSON requests on stdin, answers and events on stdout, one a
// line. README.md documents them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"go.uber.org/fx"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		os.Exit(bench(os.Args[2:], os.Stdout))
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout))
}

type options struct {
	key           string
	rsaBits       int
	privateKeyHex string
	earlyMuxer    bool
	listen        []string
	agent         string
	defaultLimits bool
	// kad is how the peer takes part in Kademlia: off, server or client.
	kad       string
	kadPrefix string
}

func parseOptions(args []string) (options, error) {
	var (
		o          options
		earlyMuxer string
		flags      = flag.NewFlagSet("dunlin-go-peer", flag.ContinueOnError)
	)
	// What is wrong is told as an event, like every other failure to start.
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.key, "key", "ed25519", "")
	flags.IntVar(&o.rsaBits, "rsa-bits", 2048, "")
	flags.StringVar(&o.privateKeyHex, "private-key", "", "")
	flags.StringVar(&earlyMuxer, "early-muxer", "on", "")
	flags.Func("listen", "", func(addr string) error {
		o.listen = append(o.listen, addr)
		return nil
	})
	flags.StringVar(&o.agent, "agent", "dunlin-go-peer/1.0.0", "")
	flags.BoolVar(&o.defaultLimits, "default-limits", false, "")
	flags.StringVar(&o.kad, "kad", "off", "")
	flags.StringVar(&o.kadPrefix, "kad-prefix", ipfsPrefix, "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if earlyMuxer != "on" && earlyMuxer != "off" {
		return o, fmt.Errorf("--early-muxer must be on or off, not %q", earlyMuxer)
	}
	o.earlyMuxer = earlyMuxer == "on"
	if !slices.Contains([]string{"off", kadServer, kadClient}, o.kad) {
		return o, fmt.Errorf("--kad must be off, server or client, not %q", o.kad)
	}
	if !strings.HasPrefix(o.kadPrefix, "/") || strings.HasSuffix(o.kadPrefix, "/") {
		return o, fmt.Errorf("--kad-prefix must begin with a slash and not end with one, as %s, not %q", ipfsPrefix, o.kadPrefix)
	}
	if len(o.listen) == 0 {
		o.listen = []string{"/ip4/127.0.0.1/tcp/0"}
	}
	return o, nil
}

// node is the libp2p host with what the requests need beside it.
type node struct {
	options options
	host    host.Host
	lines   *lines
	known   *knowledge
	held    *holds
	// kad is nil where the peer takes no part in Kademlia.
	kad *kademlia
	// close ends the host with all that go-libp2p started for it.
	close func() error
}

func start(args []string, out *lines) (*node, error) {
	o, err := parseOptions(args)
	if err != nil {
		return nil, err
	}
	n := &node{options: o, lines: out, known: newKnowledge(), held: newHolds()}
	// Before the host starts: the first identify must name all protocols, and no connection may be missed.
	prepare := func(h host.Host) error {
		n.host = h
		n.tellConnections()
		n.serveAll()
		return n.followIdentify()
	}
	whole, err := newHost(o, libp2p.WithFxOption(fx.Invoke(prepare)))
	if err != nil {
		return nil, err
	}
	n.close = whole.Close
	if o.kad == "off" {
		return n, nil
	}
	if n.kad, err = startKademlia(whole, o); err != nil {
		return nil, errors.Join(err, whole.Close())
	}
	n.close = func() error { return errors.Join(n.kad.close(), whole.Close()) }
	return n, nil
}

// libp2pVersion is that of the go-libp2p module in this program; empty if the program does not say.
func libp2pVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/libp2p/go-libp2p" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return ""
}

// run is a peer's whole life; the exit code.
func run(args []string, in io.Reader, out io.Writer) int {
	signals, unwatch := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer unwatch()
	tell := newLines(out)
	n, err := start(args, tell)
	if err != nil {
		return failed(tell, err)
	}
	tell.event("listening", fields{"peerId": n.host.ID().String(), "addrs": n.addrs(), "libp2p": libp2pVersion()})

	stop, stopNow := context.WithCancel(signals)
	defer stopNow()
	go func() {
		defer stopNow()
		n.answerAll(in)
	}()
	<-stop.Done()
	if err := n.close(); err != nil {
		return failed(tell, err)
	}
	tell.event("stopped", nil)
	return 0
}

func failed(tell *lines, err error) int {
	tell.event("failed", fields{"error": failure(err)})
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// addrs says where the node listens, its id at the end of each address.
func (n *node) addrs() []string {
	addrs := []string{}
	for _, addr := range n.host.Addrs() {
		addrs = append(addrs, strings.Join([]string{addr.String(), "p2p", n.host.ID().String()}, "/"))
	}
	return addrs
}
