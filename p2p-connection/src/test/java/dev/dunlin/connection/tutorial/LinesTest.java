package dev.dunlin.connection.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelEnd;
import dev.dunlin.connection.channel.ChannelOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LinesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static PrivateKey key() {
        return PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    }

    private static NettyNode<Lines> node() {
        return NettyNode.of(Lines.store(), key())
                .channels(List.of(Lines.PROTOCOL))
                .start();
    }

    private static NettyNode<Lines> recorded(DirectoryStorage storage) throws IOException {
        Store<Lines> store = Lines.store();
        ActionLog.Opened log = ActionLog.open(storage, store, LogOptions.DEFAULT, "lines 1.0");
        return NettyNode.of(store, key())
                .build("lines 1.0")
                .channels(List.of(Lines.PROTOCOL))
                .with(builder -> builder.log(log.writer(), LogOptions.DEFAULT))
                .start();
    }

    private static List<Multiaddr> listening(NettyNode<Lines> node) {
        return ((ConnectionOutcome.ListenDone) node.runtime()
                        .ask(
                                "listen",
                                ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                                SOON)
                        .join())
                .bound();
    }

    private static Handle opened(NettyNode<Lines> node, NettyNode<Lines> to) {
        List<Multiaddr> where = listening(to);
        return ((ChannelOutcome.ChannelOpened) node.runtime()
                        .ask(
                                "open",
                                ticket -> new ChannelAction.Open(
                                        ticket, to.self(), where, Lines.PROTOCOL.name(), SOON.toMillis() * 1000),
                                SOON)
                        .join())
                .channel();
    }

    @Test
    void fiftyLinesAreCounted() throws InterruptedException {
        try (NettyNode<Lines> one = node();
                NettyNode<Lines> two = node()) {
            LinkedBlockingQueue<ChannelAction> seen = new LinkedBlockingQueue<>();
            one.runtime().watch(turn -> collect(turn, seen));
            Handle channel = opened(one, two);
            one.runtime().offer(new ChannelAction.More(channel, 2));
            for (int i = 0; i < 50; i++) {
                one.runtime().offer(new ChannelAction.Send(Ticket.NONE, channel, line(i)));
            }
            one.runtime().offer(new ChannelAction.Finish(channel));
            assertThat(seen.poll(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ChannelAction.Received.class,
                            received -> assertThat(received.message()).isEqualTo(new Lines.Total(50)));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isInstanceOf(ChannelAction.PeerFinished.class);
            assertThat(seen.poll(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            ChannelAction.Ended.class,
                            ended -> assertThat(ended.reason()).isEqualTo(ChannelEnd.FINISHED));
        }
    }

    private static Lines.Line line(int number) {
        return new Lines.Line(Bytes.of(("line " + number).getBytes(StandardCharsets.UTF_8)));
    }

    private static void collect(Turn turn, LinkedBlockingQueue<ChannelAction> into) {
        for (int i = 0; i < turn.size(); i++) {
            switch (turn.entry(i)) {
                case ChannelAction.Received received -> into.add(received);
                case ChannelAction.PeerFinished finished -> into.add(finished);
                case ChannelAction.Ended ended -> into.add(ended);
                default -> {}
            }
        }
    }

    @Test
    void aNodeIsRecordedAndItsLogReplays(@TempDir Path folder) throws IOException, InterruptedException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder);
                NettyNode<Lines> one = node();
                NettyNode<Lines> two = recorded(storage)) {
            Handle channel = opened(one, two);
            LinkedBlockingQueue<ChannelAction> seen = new LinkedBlockingQueue<>();
            two.runtime().watch(turn -> collect(turn, seen));
            one.runtime().offer(new ChannelAction.Send(Ticket.NONE, channel, line(1)));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isInstanceOf(ChannelAction.Received.class);
        }
        Store<Lines> store = Lines.store();
        Replayer<Lines> replayer =
                new Replayer<>(LogReader.open(DirectoryStorage.readOnly(folder), store), store, false);
        Replayer.Verified verified = replayer.verify(step -> {});
        verified.divergence().ifPresent(divergence -> System.out.println(divergence.text()));
        replayer.close();
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.inputs()).isGreaterThan(5);
    }

    @Test
    void thePageShowsTheFiles() throws IOException {
        Page.showsTheFiles("channels.md", 5);
    }
}
