package main

import (
	cryptorand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
)

const (
	chunk     = 64 << 10
	maxLength = 1 << 34
)

// sendChunks writes so many bytes, each chunk filled anew.
func sendChunks(to io.Writer, total int64, fill func([]byte)) error {
	buffer := make([]byte, chunk)
	for left := total; left > 0; left -= chunk {
		part := buffer[:min(left, chunk)]
		fill(part)
		if _, err := to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// random fills with random bytes and adds them to the checksum.
func random(sum hash.Hash) func([]byte) {
	var seed [32]byte
	cryptorand.Read(seed[:])
	source := rand.NewChaCha8(seed)
	return func(part []byte) {
		source.Read(part)
		sum.Write(part)
	}
}

func zeroes(part []byte) { clear(part) }

// pattern is xorshift32 (13, 17, 5) from 0x9E3779B9; each state after a step is four bytes, least significant first.
// Every part but the last must be a multiple of four bytes long.
func pattern() func([]byte) {
	x := uint32(0x9E3779B9)
	return func(part []byte) {
		for len(part) > 0 {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			if len(part) < 4 {
				var last [4]byte
				binary.LittleEndian.PutUint32(last[:], x)
				copy(part, last[:])
				return
			}
			binary.LittleEndian.PutUint32(part, x)
			part = part[4:]
		}
	}
}

func patternSHA256(total int64) string {
	sum := sha256.New()
	// A hash's Write never fails.
	_ = sendChunks(sum, total, pattern())
	return hexSum(sum)
}

func hexSum(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

func u64(value int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(value)) }

// readLength reads a length from the wire; one that is more than a test can mean (16 GiB) is refused.
func readLength(from io.Reader) (int64, error) {
	var length [8]byte
	if err := readExactly(from, length[:]); err != nil {
		return 0, err
	}
	value := binary.BigEndian.Uint64(length[:])
	if value > maxLength {
		return 0, fmt.Errorf("a length of %d bytes is over the limit of 16 GiB", value)
	}
	return int64(value), nil
}
