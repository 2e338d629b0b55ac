package main

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestPatternIsAsDocumented(t *testing.T) {
	var whole bytes.Buffer
	must(t, sendChunks(&whole, 2*chunk+6, pattern()))
	equal(t, whole.Len(), 2*chunk+6)
	x := uint32(0x9E3779B9)
	for at := 0; at < whole.Len(); at++ {
		if at%4 == 0 {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
		}
		if got := whole.Bytes()[at]; got != byte(x>>(8*(at%4))) {
			t.Fatalf("byte %d is %d", at, got)
		}
	}
	equal(t, len(patternSHA256(10)), 64)
}

func TestLengthsOverTheLimitAreRefused(t *testing.T) {
	equal(t, hex.EncodeToString(u64(258)), "0000000000000102")
	value, err := readLength(bytes.NewReader(u64(maxLength)))
	must(t, err)
	equal(t, value, int64(maxLength))
	_, err = readLength(bytes.NewReader(u64(maxLength + 1)))
	assert(t, err != nil, "not refused")
	_, err = readLength(bytes.NewReader(u64(1)[:7]))
	assert(t, err != nil && err.Error() == "the remote closed its side after 7 of 8 bytes", err)
}
