package dev.dunlin.core.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Where a log's files are: a folder of the file system, or a simulated disk that can lose what was not forced. Names are plain
 * file names.
 */
public interface LogStorage extends Closeable {

    /** All files' names, sorted. */
    List<String> names() throws IOException;

    /** Names of what stands beside the files and is none, such as folders and links that lead nowhere; sorted. */
    default List<String> others() throws IOException {
        return List.of();
    }

    /**
     * Whom a file belongs to, if that is somebody else than whom the storage itself belongs to.
     *
     * @return a name; empty if both belong to one, or there are no owners
     */
    default Optional<String> stranger(String name) throws IOException {
        return Optional.empty();
    }

    /** A file's size in bytes. */
    long size(String name) throws IOException;

    /**
     * A file's content from an offset on.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     */
    InputStream read(String name, long from) throws IOException;

    /** Opens a file for appending; makes it if there is none. */
    Appender append(String name) throws IOException;

    /** Cuts a file to a size, and returns when that is forced to disk. */
    void truncate(String name, long size) throws IOException;

    /** Gives a file another name, in one step; a file of that name is replaced. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file, if it is there. */
    void delete(String name) throws IOException;

    /** Forces to disk which files there are. */
    void forceNames() throws IOException;

    /** Whether what made a write fail may pass, such as a full disk or used-up descriptors, so that the same is tried again. */
    boolean isPassing(IOException why);

    /** A file open for appending. */
    interface Appender extends Closeable {
        /** Appends bytes. */
        void write(byte[] bytes, int from, int length) throws IOException;

        /** Forces the whole file to disk, also what was written before it was opened. */
        void force() throws IOException;

        @Override
        void close() throws IOException;
    }
}
