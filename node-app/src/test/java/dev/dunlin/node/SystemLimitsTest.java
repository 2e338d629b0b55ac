package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.core.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program in a process of its own, where the system has no more of something: it says so, goes on, and recovers. */
@EnabledOnOs(OS.LINUX)
class SystemLimitsTest {

    @TempDir
    private Path folder;

    private final Program program = new Program();

    private static void require(String what, String command) {
        Optional<String> trouble = Shell.trouble(command);
        assumeTrue(trouble.isEmpty(), () -> what + ": " + trouble.orElse(""));
    }

    private static void tells(NodeProcess node, String piece) {
        NodeProcess.eventually("'" + piece + "'", () -> {
            assertThat(node.isRunning()).as(node.told()).isTrue();
            return Optional.of(piece).filter(node.told()::contains);
        });
    }

    private void verifies(Path data) {
        assertThat(program.run("replay", "--verify", data)).as(program.err()).isEqualTo(ExitCode.OK);
    }

    private void pings(String address) {
        NodeProcess.eventually(
                "an answer",
                () -> program.run("ping", address, "--count", 1) == ExitCode.OK ? Optional.of(true) : Optional.empty());
    }

    /** Accepting fails with EMFILE: who is connected stays so, and when there is room others are taken. */
    @Test
    void noDescriptorsAreLeft() throws Exception {
        require("no prlimit", "prlimit --version");
        int most = 160;
        Path data = folder.resolve("data");
        try (NodeProcess node = NodeProcess.start(
                folder,
                "node",
                List.of("prlimit", "--nofile=" + most + ":" + most),
                List.of(),
                Jars.in(folder.resolve("jars")),
                NodeProcess.run(data))) {
            String address = node.address();
            pings(address);
            int port = Integer.parseInt(address.split("/")[4]);
            List<Socket> sockets = new ArrayList<>();
            try {
                NodeProcess.eventually("no descriptors", () -> {
                    try {
                        sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
                        return Optional.of(true).filter(used -> used && full(node, most));
                    } catch (IOException e) {
                        throw new AssertionError(node.told(), e);
                    }
                });
                // One more than there is room for waits in the system, and is tried again and again.
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
                tells(node, "no connections can be taken at /ip4/127.0.0.1/tcp/");
                tells(node, "this process has no file descriptors left");
                assertThat(node.told()).doesNotContain("exceptionCaught()");
                assertThat(node.isRunning()).isTrue();
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
            pings(address);
            assertThat(node.stop()).as(node.told()).isZero();
            assertThat(node.told()).doesNotContain("\tat ");
        }
        verifies(data);
    }

    // As many as it may have, but for one that is in use for a moment.
    private static boolean full(NodeProcess node, int most) {
        try {
            return node.descriptors() >= most - 1;
        } catch (IOException e) {
            return false;
        }
    }

    private void fullAndFreeAgain(Path disk, String sentence) throws Exception {
        Path data = disk.resolve("data");
        try (NodeProcess node = NodeProcess.start(folder, "node", List.of(), NodeProcess.run(data))) {
            Multiaddr address = Multiaddr.parse(node.address());
            Path filler = disk.resolve("filler");
            assertThat(Shell.trouble("dd if=/dev/zero bs=4096 of=" + filler)).isPresent();
            try (Traffic traffic = Traffic.of(2, address)) {
                tells(node, "the log cannot be written, " + sentence + ": new work is refused until it can");
                Files.delete(filler);
                tells(node, "the log can be written again: new work is taken");
                int before = traffic.rounds();
                NodeProcess.eventually(
                        "traffic again", () -> traffic.rounds() > before + 2 ? Optional.of(true) : Optional.empty());
            }
            assertThat(node.stop()).as(node.told()).isZero();
            assertThat(node.told()).doesNotContain("\tat ");
        }
        verifies(data);
    }

    @Test
    void theDiskIsFull() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        require("no disk of a few MiB can be mounted here", "mount -t tmpfs -o size=2m none " + disk);
        try {
            fullAndFreeAgain(disk, "the disk is full");
        } finally {
            Shell.run("umount -l " + disk);
        }
    }

    /** Of btrfs, which needs nothing else of the kernel and holds its limits against a superuser, too. */
    @Test
    void theQuotaIsUsedUp() throws Exception {
        Path image = folder.resolve("image");
        Path mounted = Files.createDirectory(folder.resolve("disk"));
        String none = "no disk with quotas can be mounted here";
        require(none, "truncate -s 160M " + image);
        require(none, "mkfs.btrfs -q -m single " + image);
        require(none, "mount -o loop " + image + " " + mounted);
        try {
            Path disk = mounted.resolve("share");
            require(none, "btrfs quota enable " + mounted);
            require(none, "btrfs subvolume create " + disk);
            require(none, "btrfs qgroup limit 4M " + disk);
            fullAndFreeAgain(disk, "the quota of disk space is used up");
        } finally {
            Shell.run("umount -l " + mounted);
        }
    }
}
