package dev.dunlin.core.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/** The lines of a snapshot's file, to look at and to write anew with good checksums and other faults. */
final class SnapshotFiles {

    private SnapshotFiles() {}

    /** The lines of the last snapshot. */
    static List<String> lines(SimDisk disk) throws IOException {
        return lines(disk, Segments.snapshots(disk).getLast().name());
    }

    static List<String> lines(SimDisk disk, String name) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(disk.read(name, 0))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** Gives a snapshot other lines; each gets the checksum that fits it. */
    static void put(SimDisk disk, String name, List<String> lines) {
        StringBuilder whole = new StringBuilder();
        lines.forEach(line -> whole.append(sealed(line)));
        disk.put(name, Zstd.compress(whole.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** A line with the checksum of what it has become. */
    static String sealed(String line) {
        int at = line.lastIndexOf(",\"crc\":");
        String body = at < 0 ? line.substring(0, line.length() - 1) : line.substring(0, at);
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return body + ",\"crc\":\"%08x\"}\n".formatted(crc.getValue());
    }

    /** The last line of a snapshot of so many parts. */
    static String end(int parts) {
        return "{\"type\":\"@snapshot/end\",\"payload\":{\"lines\":" + parts + "}}";
    }
}
