package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
)

// child is a peer in a process of its own, controlled over the line protocol; used by the bench and the self-test.
type child struct {
	id, addr string

	command *exec.Cmd
	input   io.WriteCloser

	mu      sync.Mutex
	lastID  int
	pending map[int]chan answer
	events  []fields
	changed chan struct{}
	exited  chan struct{}
}

type answer struct {
	result fields
	err    error
}

// asChild makes this program be a peer also where its arguments are not its own, as in a test.
const asChild = "DUNLIN_GO_PEER"

var errExited = errors.New("the peer has exited")

// startChild starts this program again as a peer and waits until it listens.
func startChild(args ...string) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{
		command: exec.Command(program, args...),
		pending: map[int]chan answer{},
		changed: make(chan struct{}),
		exited:  make(chan struct{}),
	}
	c.command.Env = append(os.Environ(), asChild+"=1")
	c.command.Stderr = os.Stderr
	if c.input, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	go c.follow(output)
	first, err := c.event(func(fields) bool { return true })
	if err != nil {
		return nil, err
	}
	if first["event"] != "listening" {
		return nil, fmt.Errorf("the peer could not start: %v", first)
	}
	c.id = first["peerId"].(string)
	c.addr = first["addrs"].([]any)[0].(string)
	return c, nil
}

func (c *child) follow(output io.Reader) {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 16*maxLine)
	for lines.Scan() {
		if err := c.take(lines.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	// How it ended is asked of its state.
	_ = c.command.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.exited)
}

func (c *child) take(line []byte) error {
	var message fields
	if err := json.Unmarshal(line, &message); err != nil {
		return fmt.Errorf("not a line of the protocol: %s", line)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if message["event"] != nil {
		c.events = append(c.events, message)
		close(c.changed)
		c.changed = make(chan struct{})
		return nil
	}
	id, _ := message["id"].(float64)
	waiting, ok := c.pending[int(id)]
	if !ok {
		return fmt.Errorf("an answer to no request: %s", line)
	}
	delete(c.pending, int(id))
	if message["ok"] == true {
		waiting <- answer{result: message["result"].(map[string]any)}
		return nil
	}
	failed := message["error"].(map[string]any)
	waiting <- answer{err: &namedError{failed["name"].(string), failed["message"].(string)}}
	return nil
}

// event is the first event, past or to come, that is as wished.
func (c *child) event(wished func(fields) bool) (fields, error) {
	for {
		c.mu.Lock()
		found := slices.IndexFunc(c.events, wished)
		changed := c.changed
		if found >= 0 {
			defer c.mu.Unlock()
			return c.events[found], nil
		}
		c.mu.Unlock()
		select {
		case <-changed:
		case <-c.exited:
			return nil, errExited
		}
	}
}

// asking sends a request; its answer comes by the channel.
func (c *child) asking(op string, args fields) chan answer {
	waiting := make(chan answer, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	request := fields{"id": c.lastID, "op": op}
	for name, value := range args {
		request[name] = value
	}
	line, err := json.Marshal(request)
	if err == nil {
		c.pending[c.lastID] = waiting
		_, err = c.input.Write(append(line, '\n'))
	}
	if err != nil {
		waiting <- answer{err: err}
	}
	return waiting
}

// outcome waits for the answer to a request.
func (c *child) outcome(asked chan answer) (fields, error) {
	select {
	case given := <-asked:
		return given.result, given.err
	case <-c.exited:
		// It may have answered just before.
		select {
		case given := <-asked:
			return given.result, given.err
		default:
			return nil, errExited
		}
	}
}

func (c *child) ask(op string, args fields) (fields, error) {
	return c.outcome(c.asking(op, args))
}

// kill ends it as a power cut would.
func (c *child) kill() error {
	err := c.command.Process.Kill()
	<-c.exited
	return err
}

// stop ends it in order; its exit code.
func (c *child) stop() (int, error) {
	if _, err := c.ask("stop", nil); err != nil {
		return 0, err
	}
	<-c.exited
	return c.command.ProcessState.ExitCode(), nil
}
