package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	defaultTimeout = 60 * time.Second
	maxLine        = 1 << 20
	maxRequests    = 1024
	maxSafeInteger = 1<<53 - 1
)

// fields are the members of a JSON object.
type fields map[string]any

// lines writes answers and events. It queues nothing: a parent that does not read holds up who has something to tell.
type lines struct {
	mu  sync.Mutex
	out *json.Encoder
}

func newLines(out io.Writer) *lines {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return &lines{out: encoder}
}

func (l *lines) write(object fields) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.out.Encode(object); err != nil {
		fmt.Fprintln(os.Stderr, "cannot write to the parent:", err)
	}
}

func (l *lines) event(name string, more fields) {
	object := fields{"event": name}
	maps.Copy(object, more)
	l.write(object)
}

func (l *lines) answer(id json.RawMessage, result any, err error) {
	if err != nil {
		l.write(fields{"id": id, "ok": false, "error": failure(err)})
		return
	}
	l.write(fields{"id": id, "ok": true, "result": result})
}

// answerAll answers each line of the input, all at the same time, until the input ends or the parent asks to stop.
func (n *node) answerAll(in io.Reader) {
	input := bufio.NewScanner(in)
	input.Buffer(nil, maxLine)
	running := make(chan struct{}, maxRequests)
	for input.Scan() {
		id, args, err := parse(input.Bytes())
		if err != nil {
			n.lines.answer(id, nil, err)
			continue
		}
		op, err := args.text("op")
		if err != nil {
			n.lines.answer(id, nil, err)
			continue
		}
		if op == "stop" {
			n.lines.answer(id, fields{}, nil)
			return
		}
		select {
		case running <- struct{}{}:
			go func() {
				defer func() { <-running }()
				result, err := n.do(op, args)
				n.lines.answer(id, result, err)
			}()
		default:
			n.lines.answer(id, nil, fmt.Errorf("more than %d requests at once", maxRequests))
		}
	}
	if err := input.Err(); err != nil {
		n.lines.answer(json.RawMessage("null"), nil, fmt.Errorf("cannot read requests: %w", err))
	}
}

func (n *node) do(op string, args arguments) (any, error) {
	request, ok := requests[op]
	if !ok {
		names := strings.Join(slices.Sorted(maps.Keys(requests)), ", ")
		return nil, fmt.Errorf("unknown request %q: use one of %s, stop", op, names)
	}
	timeoutMs, err := args.whole("timeoutMs", defaultTimeout.Milliseconds())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(timeoutMs)*time.Millisecond)
	defer cancel()
	result, err := request(ctx, n, args)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, &namedError{"TimeoutError", fmt.Sprintf("not done after %d ms: %v", timeoutMs, err)}
	}
	return result, err
}

// arguments are the members of a request.
type arguments map[string]json.RawMessage

func parse(line []byte) (id json.RawMessage, args arguments, err error) {
	id = json.RawMessage("null")
	if err := json.Unmarshal(line, &args); err != nil {
		return id, nil, fmt.Errorf("not a JSON object: %w", err)
	}
	if given, ok := args["id"]; ok {
		id = given
	}
	return id, args, nil
}

func (a arguments) has(name string) bool {
	value, ok := a[name]
	return ok && !bytes.Equal(value, []byte("null"))
}

// text is an argument that must be there.
func (a arguments) text(name string) (string, error) {
	var value string
	if !a.has(name) || json.Unmarshal(a[name], &value) != nil || value == "" {
		return "", fmt.Errorf("%q is missing, or not a text", name)
	}
	return value, nil
}

func (a arguments) textOr(name, fallback string) (string, error) {
	if !a.has(name) {
		return fallback, nil
	}
	return a.text(name)
}

// texts is a list that may be missing.
func (a arguments) texts(name string) ([]string, error) {
	var values []string
	if a.has(name) && json.Unmarshal(a[name], &values) != nil {
		return nil, fmt.Errorf("%q must be a list of texts, not %s", name, a[name])
	}
	return values, nil
}

// bytes is an argument in hex that must be there; it may be empty.
func (a arguments) bytes(name string) ([]byte, error) {
	var value string
	if !a.has(name) || json.Unmarshal(a[name], &value) != nil {
		return nil, fmt.Errorf("%q is missing, or not a text", name)
	}
	decoded, err := hex.DecodeString(value)
	if err != nil {
		return nil, fmt.Errorf("%q is not hex: %w", name, err)
	}
	return decoded, nil
}

func (a arguments) flag(name string) (bool, error) {
	if !a.has(name) {
		return false, nil
	}
	var value bool
	if json.Unmarshal(a[name], &value) != nil {
		return false, fmt.Errorf("%q must be true or false, not %s", name, a[name])
	}
	return value, nil
}

// whole is a whole number; a negative fallback stands for none.
func (a arguments) whole(name string, fallback int64) (int64, error) {
	if !a.has(name) && fallback >= 0 {
		return fallback, nil
	}
	value := math.NaN()
	if a.has(name) && json.Unmarshal(a[name], &value) != nil {
		value = math.NaN()
	}
	if value != math.Trunc(value) || value < 0 || value > maxSafeInteger {
		given := "missing"
		if a.has(name) {
			given = string(a[name])
		}
		return 0, fmt.Errorf("%q must be a whole number of at least 0, not %s", name, given)
	}
	return int64(value), nil
}
