package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

const (
	testKad = "/dunlin/kad/1.0.0"
	// someKey is a multihash: SHA-256 of nothing.
	someKey = "1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func startKad(t *testing.T, mode string, more ...string) *child {
	return startPeer(t, append([]string{"--kad", mode, "--kad-prefix", "/dunlin"}, more...)...)
}

// plain is where a peer listens, without its id.
func plain(c *child) string { return strings.Split(c.addr, "/p2p/")[0] }

func hexOf(text string) string { return hex.EncodeToString([]byte(text)) }

func multihashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "1220" + hex.EncodeToString(sum[:])
}

func add(t *testing.T, to, peer *child) {
	t.Helper()
	equal(t, ask(t, to, "kad.add", fields{"peer": peer.id, "addrs": []string{peer.addr}})["added"], any(true))
}

// until asks again until the answer is as wished; what was sent to many may still be under way.
func until(t *testing.T, c *child, op string, args fields, wished func(fields) bool) fields {
	t.Helper()
	for range 10_000 {
		if answer := ask(t, c, op, args); wished(answer) {
			return answer
		}
	}
	t.Fatalf("%s %v is never as wished", op, args)
	return nil
}

func named(t *testing.T, c *child, op string, args fields, name string) {
	t.Helper()
	_, err := c.ask(op, args)
	var failed *namedError
	assert(t, errors.As(err, &failed) && failed.name == name, op, err)
}

func TestKademlia(t *testing.T) {
	// a knows b, and b knows c: a finds c through b.
	a, b, c := startKad(t, "server"), startKad(t, "server"), startKad(t, "server")
	client := startKad(t, "client")
	equal(t, ask(t, a, "kad.table", nil)["peers"], any([]any{}))
	_, err := a.ask("kad.bootstrap", nil)
	assert(t, err != nil && strings.Contains(err.Error(), "failed to find any peer in table"), err)
	add(t, b, c)
	add(t, a, b)
	add(t, client, b)
	assert(t, has(ask(t, a, "info", nil)["protocols"], testKad))
	assert(t, !has(ask(t, client, "info", nil)["protocols"], testKad))

	found := ask(t, a, "kad.findPeer", fields{"peer": c.id})
	equal(t, found, fields{"peer": c.id, "addrs": []any{plain(c)}})
	ask(t, a, "kad.bootstrap", nil)
	until(t, a, "kad.table", nil, func(table fields) bool { return has(table["peers"], b.id) && has(table["peers"], c.id) })
	closest := ask(t, client, "kad.closest", fields{"key": hexOf("any")})["peers"].([]any)
	assert(t, has(closest, b.id) && has(closest, c.id) && !has(closest, client.id), closest)
	equal(t, ask(t, client, "kad.mode", nil)["mode"], any("client"))
	assert(t, !has(ask(t, b, "kad.table", nil)["peers"], client.id), "a client is in a table")

	key := multihashOf("content")
	ask(t, c, "kad.provide", fields{"key": key})
	provided := until(t, a, "kad.findProviders", fields{"key": key}, func(found fields) bool {
		return len(found["providers"].([]any)) > 0
	})
	equal(t, provided["providers"], any([]any{map[string]any{"peer": c.id, "addrs": []any{plain(c)}}}))
	equal(t, ask(t, a, "kad.findProviders", fields{"key": someKey, "count": 1})["providers"], any([]any{}))
	refused(t, a, "kad.provide", fields{"key": hexOf("no multihash")}, "not a multihash")

	values(t, a, b, client)
	modes(t, b, client)
}

func values(t *testing.T, a, b, client *child) {
	put := func(c *child, key, value string) fields {
		return ask(t, c, "kad.put", fields{"key": hexOf(key), "value": hexOf(value)})
	}
	put(a, "/test/one", "b")
	equal(t, ask(t, client, "kad.get", fields{"key": hexOf("/test/one")})["value"], any(hexOf("b")))
	refused(t, a, "kad.put", fields{"key": hexOf("/test/one"), "value": hexOf("a")}, "older value")
	put(a, "/test/one", "c")
	equal(t, ask(t, b, "kad.get", fields{"key": hexOf("/test/one")})["value"], any(hexOf("c")))
	named(t, a, "kad.get", fields{"key": hexOf("/test/none")}, "NotFoundError")
	refused(t, a, "kad.put", fields{"key": hexOf("/other/one"), "value": ""}, "invalid record keytype")
	refused(t, a, "kad.put", fields{"key": "zz", "value": ""}, "not hex")

	made := ask(t, a, "kad.makeIpns", fields{"seq": 7, "eol": 600, "ttl": 5, "value": "/ipfs/bafkqaaa"})
	equal(t, ask(t, b, "kad.checkIpns", made), fields{"valid": true, "error": nil})
	ask(t, a, "kad.put", made)
	equal(t, ask(t, client, "kad.get", fields{"key": made["key"]})["value"], made["value"])
	newer := ask(t, a, "kad.makeIpns", fields{"seq": 8, "value": "/ipfs/bafkqaaa", "onlyV2": true})
	equal(t, ask(t, b, "kad.checkIpns", newer)["valid"], any(true))
	chosen := ask(t, b, "kad.select", fields{"key": made["key"], "values": []any{made["value"], newer["value"]}})
	equal(t, chosen["index"], any(1.0))
	over := ask(t, a, "kad.makeIpns", fields{"eol": 0, "value": "/ipfs/bafkqaaa"})
	assert(t, strings.Contains(ask(t, b, "kad.checkIpns", over)["error"].(string), "expired"))
	other := ask(t, b, "kad.makeIpns", fields{"value": "/ipfs/bafkqaaa"})
	stolen := ask(t, b, "kad.checkIpns", fields{"key": made["key"], "value": other["value"]})
	assert(t, stolen["valid"] == false, stolen)
	pk := ask(t, a, "kad.makePk", nil)
	equal(t, pk["value"], ask(t, a, "info", nil)["publicKey"])
	equal(t, ask(t, b, "kad.checkIpns", pk)["valid"], any(true))
	ask(t, a, "kad.put", pk)
	equal(t, ask(t, client, "kad.get", fields{"key": pk["key"]})["value"], pk["value"])
}

func modes(t *testing.T, server, client *child) {
	ask(t, client, "dial", fields{"addr": server.addr})
	for range 2 {
		equal(t, ask(t, client, "kad.mode", fields{"mode": "server"})["mode"], any("server"))
		assert(t, has(ask(t, client, "info", nil)["protocols"], testKad))
	}
	until(t, server, "kad.table", nil, func(table fields) bool { return has(table["peers"], client.id) })
	equal(t, ask(t, client, "kad.mode", fields{"mode": "client"})["mode"], any("client"))
	until(t, server, "kad.table", nil, func(table fields) bool { return !has(table["peers"], client.id) })
	refused(t, client, "kad.mode", fields{"mode": "both"}, "server or client")
}

func TestKadSend(t *testing.T) {
	a, b := startKad(t, "server"), startKad(t, "server")
	send := func(args fields) fields {
		args["peer"] = b.addr
		return ask(t, a, "kad.send", args)
	}
	// PING (type 5), of which the answer is an echo.
	const ping = "020805"
	answered := send(fields{"messageHex": ping})
	assert(t, answered["ended"] == "answer" && answered["answerHex"] == ping && answered["answers"] == 1.0, answered)
	twice := send(fields{"messageHex": ping + ping, "answers": 2})
	assert(t, twice["ended"] == "answer" && twice["answerHex"] == ping+ping, twice)
	closed := send(fields{"messageHex": ping, "answers": 2, "halfClose": true})
	assert(t, closed["ended"] == "closed" && closed["answers"] == 1.0, closed)
	// FIND_NODE (type 4) of no key; a length of 2^35.
	for _, message := range []string{"020804", "808080808001"} {
		equal(t, send(fields{"messageHex": message})["ended"], any("reset"))
	}
	late := send(fields{"messageHex": "02", "waitMs": 50})
	assert(t, late["ended"] == "timeout" && late["answerHex"] == "", late)
	named(t, a, "kad.send", fields{"peer": startPeer(t).addr, "messageHex": ping}, "UnsupportedProtocolError")
}

func TestNoKademliaUnlessAskedFor(t *testing.T) {
	a := startPeer(t)
	for _, protocol := range ask(t, a, "info", nil)["protocols"].([]any) {
		assert(t, !strings.Contains(protocol.(string), "kad"), protocol)
	}
	refused(t, a, "kad.table", nil, "--kad")
	ipfs := startPeer(t, "--kad", "server")
	assert(t, has(ask(t, ipfs, "info", nil)["protocols"], "/ipfs/kad/1.0.0"))
	refused(t, ipfs, "kad.put", fields{"key": hexOf("/test/one"), "value": ""}, "invalid record keytype")
	for _, args := range [][]string{{"--kad", "perhaps"}, {"--kad-prefix", "dunlin"}, {"--kad-prefix", "/dunlin/"}} {
		_, err := startChild(args...)
		assert(t, err != nil && strings.Contains(err.Error(), "could not start"), args, err)
	}
}
