package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
)

// bench prints go to go figures over loopback, one process a peer, as one JSON line: /perf/1.0.0 each way and connect
// times. The exit code is 0 if all went well.
func bench(args []string, out io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	mib := flags.Int64("mib", 256, "how much to send each way, in MiB")
	runs := flags.Int("runs", 5, "how often")
	connects := flags.Int("connects", 100, "how many connections to time")
	_ = flags.Parse(args)
	if *mib < 1 || *runs < 1 || *connects < 1 || flags.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "--mib, --runs and --connects take whole numbers of at least 1")
		return 2
	}
	figures, err := measure(*mib, *runs, *connects)
	if err == nil {
		err = json.NewEncoder(out).Encode(figures)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func measure(mib int64, runs, connects int) (figures fields, err error) {
	dialler, err := startChild()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end(dialler)) }()
	listener, err := startChild()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end(listener)) }()

	const timeoutMs = 600_000
	perf := func(upload, download int64) (fields, error) {
		return dialler.ask("perf", fields{
			"peer": listener.addr, "upload": upload << 20, "download": download << 20, "timeoutMs": timeoutMs,
		})
	}
	// One run unmeasured: it warms both processes up and lets the stream windows grow.
	if _, err := perf(mib, mib); err != nil {
		return nil, err
	}
	var uploads, downloads []float64
	for range runs {
		up, err := perf(mib, 0)
		if err != nil {
			return nil, err
		}
		down, err := perf(0, mib)
		if err != nil {
			return nil, err
		}
		uploads = append(uploads, up["uploadMiBps"].(float64))
		downloads = append(downloads, down["downloadMiBps"].(float64))
	}
	if _, err := dialler.ask("hangup", fields{"peer": listener.id}); err != nil {
		return nil, err
	}
	connect, err := dialler.ask("connectTimes", fields{
		"addr": listener.addr, "count": connects, "timeoutMs": timeoutMs,
	})
	if err != nil {
		return nil, err
	}
	return fields{
		"bench":         "go-go",
		"go":            runtime.Version(),
		"mib":           mib,
		"runs":          runs,
		"uploadMiBps":   spread(uploads),
		"downloadMiBps": spread(downloads),
		"connects":      connects,
		"connectMs":     fields{"median": connect["medianMs"], "min": connect["minMs"], "max": connect["maxMs"]},
	}, nil
}

func end(c *child) error {
	code, err := c.stop()
	if err != nil {
		return errors.Join(err, c.kill())
	}
	if code != 0 {
		return fmt.Errorf("a peer ended with exit code %d", code)
	}
	return nil
}

func spread(values []float64) fields {
	sorted := slices.Sorted(slices.Values(values))
	return fields{"median": sorted[len(sorted)/2], "min": sorted[0], "max": sorted[len(sorted)-1]}
}
