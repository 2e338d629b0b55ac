package dev.dunlin.connection.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionError.Kind;
import io.netty.buffer.Unpooled;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketsTest {

    /** Netty's class of errors is of use only once the library behind it is there. */
    @BeforeAll
    static void loads() {
        assumeThat(Epoll.isAvailable()).as("epoll").isTrue();
    }

    /** The numbers are Linux's: where epoll is, they are these. */
    @ParameterizedTest
    @CsvSource({
        "98, ADDRESS_UNAVAILABLE, 'the port is in use by another program, or by another listener of this one'",
        "99, ADDRESS_UNAVAILABLE, this machine has no such address",
        "13, ADDRESS_UNAVAILABLE, the permissions forbid it",
        "24, LIMIT, 'this process has no file descriptors left: raise ulimit -n'",
        "23, LIMIT, the system has no file descriptors left",
        "101, UNREACHABLE, this machine has no route to that network",
        "111, REFUSED, nobody listens there",
        "104, IO, the other side reset the connection"
    })
    void aFailureIsKnownByItsCodeWhateverItsText(int code, Kind kind, String sentence) {
        ConnectionError error = Sockets.error(new Errors.NativeIoException("wer weiß", -code));
        assertThat(error).isEqualTo(new ConnectionError(kind, sentence));
    }

    @Test
    void whatHasNoCodeIsKnownByItsType() {
        assertThat(Sockets.error(new NoRouteToHostException()).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(Sockets.error(new ConnectException("connexion refusée")))
                .isEqualTo(new ConnectionError(Kind.REFUSED, "nobody listens there"));
        assertThat(Sockets.error(new ConnectTimeoutException("expiré")))
                .isEqualTo(new ConnectionError(Kind.TIMED_OUT, "nobody answers there"));
        assertThat(Sockets.error(new IOException("something else")))
                .isEqualTo(new ConnectionError(Kind.IO, "something else"));
    }

    @ParameterizedTest
    @CsvSource({
        "SSH-2.0-OpenSSH_9.2, an SSH server",
        "HTTP/1.1 400 Bad Request, a web server",
        "220 mail.example.org ESMTP, a mail or FTP server"
    })
    void otherServersAreKnownByTheirFirstBytes(String said, String what) {
        assertThat(ForeignProtocol.of(Unpooled.copiedBuffer(said, StandardCharsets.US_ASCII)))
                .contains(what);
    }

    @Test
    void tlsIsKnownAndWhatMayBeLibp2pIsNotMistaken() {
        assertThat(ForeignProtocol.of(Unpooled.wrappedBuffer(new byte[] {0x15, 3, 1, 0, 2, 2, 40})))
                .contains("a TLS server");
        byte[] header = "\u0013/multistream/1.0.0\n".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length <= header.length; length++) {
            assertThat(ForeignProtocol.of(Unpooled.wrappedBuffer(header, 0, length)))
                    .isEqualTo(Optional.empty());
        }
    }
}
