package dev.dunlin.core.system;

/** What the system says of a path that somebody gave. Nothing depends on which of them it is; it is told in English in every language. */
enum PathError {
    /** It is not there. */
    ENOENT(2, 2, "No such file or directory", "it is not there"),
    /** A device is not there. */
    ENXIO(6, 6, "No such device or address", "there is no such device"),
    /** Somebody uses it. */
    EBUSY(16, 16, "Device or resource busy", "it is in use"),
    /** It is there already. */
    EEXIST(17, 17, "File exists", "it is there already"),
    /** Two paths are on two file systems. */
    EXDEV(18, 18, "Invalid cross-device link", "it cannot be moved to another file system"),
    /** A device is not there. */
    ENODEV(19, 19, "No such device", "there is no such device"),
    /** A part of it is a file. */
    ENOTDIR(20, 20, "Not a directory", "a part of the path is no directory"),
    /** It is a directory. */
    EISDIR(21, 21, "Is a directory", "it is a directory, and no file"),
    /** A program that runs. */
    ETXTBSY(26, 26, "Text file busy", "it is a program that runs"),
    /** It would be longer than files may be. */
    EFBIG(27, 27, "File too large", "the file would be larger than the system allows"),
    /** A part of it is longer than names may be. */
    ENAMETOOLONG(36, 63, "File name too long", "a name in the path is too long"),
    /** It has something in it. */
    ENOTEMPTY(39, 66, "Directory not empty", "the directory is not empty"),
    /** Links lead round. */
    ELOOP(40, 62, "Too many levels of symbolic links", "its symbolic links lead round in a circle"),
    /** A file of another machine that is gone. */
    ESTALE(116, 70, "Stale file handle", "the machine that has the file no longer knows it");

    private final int linux;
    private final int mac;
    private final String english;
    private final String sentence;

    PathError(int linux, int mac, String english, String sentence) {
        this.linux = linux;
        this.mac = mac;
        this.english = english;
        this.sentence = sentence;
    }

    /** Its number on Linux or on macOS. */
    int code(boolean onMac) {
        return onMac ? mac : linux;
    }

    /** The system's text in the POSIX locale. */
    String english() {
        return english;
    }

    /** What is the case, without a full stop. */
    String sentence() {
        return sentence;
    }
}
