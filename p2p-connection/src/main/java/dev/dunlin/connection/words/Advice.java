package dev.dunlin.connection.words;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionError;

/** What an operator can do about a failure. */
final class Advice {

    static final String NOTHING = "nothing";

    private Advice() {}

    static String of(ConnectionError.Kind kind) {
        return switch (kind) {
            case REFUSED -> "start the node at that address, or give the address at which it listens now";
            case UNREACHABLE -> "look at this machine's network and its routes";
            case TIMED_OUT ->
                "see whether the address is still right, whether a firewall is in between, and whether the program there hangs";
            case RESOLUTION_FAILED -> "look at the name, and at the name servers of this machine";
            case UNSUPPORTED_ADDRESS -> "give an address over TCP, such as /ip4/192.0.2.1/tcp/4001";
            case HANDSHAKE_FAILED -> "see which program is at that address: it must speak Noise as libp2p does";
            case WRONG_PEER ->
                "if the peer that is there is the one that is meant, give the address with its id; else correct the address";
            case NO_COMMON_PROTOCOL ->
                "see which program is at that address: it must be a libp2p node that speaks Noise and yamux";
            case ADDRESS_UNAVAILABLE -> "look at the addresses and ports of this machine";
            case CONNECTION_CLOSED -> "look into the log of the other side: it ended the connection";
            case LIMIT -> "close other connections, or raise the limit";
            case NOT_CONNECTED, CANCELLED, NODE_RESTARTED -> NOTHING;
            case IO -> "look into the log of the other side and at the network in between";
        };
    }

    static String of(CloseReason reason) {
        return switch (reason) {
            case LOCAL, IDLE, SPARE, TIMED_OUT, ORPHAN, SHUTDOWN ->
                "ask for a connection, or keep the peer, if one is wanted";
            case BANNED -> "lift the ban, if it is to be connected";
            case REMOTE, WENT_AWAY ->
                "look into the log of the other side; keep the peer, if it is to be dialled again by itself";
            case PROTOCOL_ERROR -> "see which program is at that address, and report it to those who make it";
            case UNRESPONSIVE, IO_ERROR ->
                "look at the other side and at the network in between; keep the peer, if it is to be dialled again by itself";
            case LIMIT -> "raise transport.maxHeldBytes, or give this node more memory";
        };
    }
}
