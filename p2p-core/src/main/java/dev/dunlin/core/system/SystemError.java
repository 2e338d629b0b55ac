package dev.dunlin.core.system;

import java.util.Arrays;
import java.util.Optional;

/**
 * A failure of the operating system or of the name service, by its name in POSIX or DNS (RFC 1035 section 4.1.1). Each has one
 * sentence, in English whatever language the system speaks: what is recorded must not depend on it.
 */
public enum SystemError {
    /** An operation is not permitted. */
    EPERM(1, 1, false, "Operation not permitted", "the system does not permit it"),
    /** A disk, or its connection, failed. */
    EIO(5, 5, false, "Input/output error", "the disk failed"),
    /** Memory is used up. */
    ENOMEM(12, 12, true, "Cannot allocate memory", "the system has no memory left"),
    /** Permissions forbid it. */
    EACCES(13, 13, false, "Permission denied", "the permissions forbid it"),
    /** The system's descriptors are used up. */
    ENFILE(23, 23, true, "Too many open files in system", "the system has no file descriptors left"),
    /** The process's descriptors are used up. */
    EMFILE(24, 24, true, "Too many open files", "this process has no file descriptors left: raise ulimit -n"),
    /** The disk is full. */
    ENOSPC(28, 28, true, "No space left on device", "the disk is full"),
    /** The file system is mounted for reading. */
    EROFS(30, 30, false, "Read-only file system", "the file system is read-only"),
    /** A socket is closed at its other end. */
    EPIPE(32, 32, true, "Broken pipe", "the other side has closed the connection"),
    /** A port is taken. */
    EADDRINUSE(
            98,
            48,
            false,
            "Address already in use",
            "the port is in use by another program, or by another listener of this one"),
    /** An address is not of this machine. */
    EADDRNOTAVAIL(99, 49, false, "Cannot assign requested address", "this machine has no such address"),
    /** A network is down. */
    ENETDOWN(100, 50, true, "Network is down", "the network is down"),
    /** No route to a network. */
    ENETUNREACH(101, 51, true, "Network is unreachable", "this machine has no route to that network"),
    /** A connection was given up by the system. */
    ECONNABORTED(103, 53, true, "Software caused connection abort", "the system gave the connection up"),
    /** A connection was reset. */
    ECONNRESET(104, 54, true, "Connection reset by peer", "the other side reset the connection"),
    /** Buffers of the system are used up. */
    ENOBUFS(105, 55, true, "No buffer space available", "the system has no room for another socket"),
    /** Nobody answers. */
    ETIMEDOUT(110, 60, true, "Connection timed out", "nobody answers there"),
    /** Nobody listens. */
    ECONNREFUSED(111, 61, true, "Connection refused", "nobody listens there"),
    /** No route to a host. */
    EHOSTUNREACH(113, 65, true, "No route to host", "this machine has no route to that host"),
    /** A user's share of a disk is used up. */
    EDQUOT(122, 69, true, "Disk quota exceeded", "the quota of disk space is used up"),
    /** DNS: there is no such name. */
    NXDOMAIN(0, 0, true, "", "DNS does not know the name"),
    /** DNS: the name server failed. */
    SERVFAIL(0, 0, true, "", "the name server failed (SERVFAIL)"),
    /** DNS: the name server refuses to answer. */
    REFUSED(0, 0, true, "", "the name server refuses to answer (REFUSED)");

    private final int linux;
    private final int mac;
    private final boolean passing;
    private final String english;
    private final String sentence;

    SystemError(int linux, int mac, boolean passing, String english, String sentence) {
        this.linux = linux;
        this.mac = mac;
        this.passing = passing;
        this.english = english;
        this.sentence = sentence;
    }

    /** Its number ({@code errno}) on Linux or on macOS; 0 where it is of DNS. */
    int code(boolean onMac) {
        return onMac ? mac : linux;
    }

    /** The system's text in the POSIX locale. */
    String english() {
        return english;
    }

    /** Whether it may pass by itself or by an operator's doing while the node runs, so that the same is tried again. */
    public boolean isPassing() {
        return passing;
    }

    /** What is the case, without a full stop. */
    public String sentence() {
        return sentence;
    }

    /** The failure of a number. */
    static Optional<SystemError> of(int code, boolean onMac) {
        return Arrays.stream(values())
                .filter(error -> code > 0 && error.code(onMac) == code)
                .findFirst();
    }
}
