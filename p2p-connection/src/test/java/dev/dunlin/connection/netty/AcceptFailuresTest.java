package dev.dunlin.connection.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.dunlin.core.multiformats.Multiaddr;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AcceptFailuresTest {

    private long now = 5;

    @Test
    void itIsToldAtOnceAndThenInSums() {
        Logger logger = (Logger) LoggerFactory.getLogger(AcceptFailures.class);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        logger.addAppender(told);
        logger.setAdditive(false);
        try {
            EmbeddedChannel channel =
                    new EmbeddedChannel(new AcceptFailures(Multiaddr.parse("/ip4/0.0.0.0/tcp/4001"), () -> now));
            for (int i = 0; i < 50; i++) {
                channel.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
                now += TimeUnit.SECONDS.toNanos(1);
            }
            now += TimeUnit.SECONDS.toNanos(10);
            channel.pipeline().fireExceptionCaught(new IOException("accept(..) failed: Too many open files"));
            channel.checkException();
            assertThat(told.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            first -> assertThat(first)
                                    .startsWith("no connections can be taken at /ip4/0.0.0.0/tcp/4001, ")
                                    .endsWith("; it is tried again every second"),
                            second ->
                                    assertThat(second).endsWith("; so it was 49 times more since this was told last"));
        } finally {
            logger.detachAppender(told);
            logger.setAdditive(true);
        }
    }
}
