package dev.dunlin.connection.netty;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The IP addresses of a host, as {@link InetAddress#getAllByName(String)} gives them; may block. */
interface HostLookup {

    InetAddress[] lookup(String name) throws UnknownHostException;
}
