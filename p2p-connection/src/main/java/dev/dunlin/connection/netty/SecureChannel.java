package dev.dunlin.connection.netty;

import dev.dunlin.connection.noise.NoiseException;
import dev.dunlin.connection.noise.NoiseTransport;
import dev.dunlin.connection.yamux.YamuxOutput;
import dev.dunlin.connection.yamux.YamuxSession;
import dev.dunlin.connection.yamux.YamuxStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Noise between a socket and a session: frames of ciphertext there, plaintext here, both in heap buffers. */
final class SecureChannel {

    /** How much plaintext is encrypted at a time; one more data frame may go over it. */
    private static final int BATCH = 3 * NoiseTransport.MAX_PLAINTEXT;

    private final NoiseTransport noise;
    private final Output output = new Output();

    SecureChannel(NoiseTransport noise) {
        this.noise = noise;
    }

    /**
     * What a piece of ciphertext, which is released, completes; the caller releases it.
     *
     * @throws NoiseException if it is not authentic
     */
    ByteBuf decrypt(ChannelHandlerContext context, ByteBuf cipher) throws NoiseException {
        ByteBuf plain = null;
        try {
            ByteBuffer in = cipher.nioBuffer();
            int size = noise.plaintextSize(in);
            plain = context.alloc().heapBuffer(size);
            ByteBuffer out = plain.nioBuffer(0, size);
            noise.decrypt(in, out);
            plain.writerIndex(out.position());
            return plain;
        } catch (NoiseException e) {
            if (plain != null) {
                plain.release();
            }
            throw e;
        } finally {
            cipher.release();
        }
    }

    /** Encrypts and sends what a session has, as long as the socket takes it. */
    void send(ChannelHandlerContext context, YamuxSession session) throws NoiseException {
        while (session.wantsWrite() && context.channel().isWritable()) {
            sendBatch(context, session);
        }
    }

    private void sendBatch(ChannelHandlerContext context, YamuxSession session) throws NoiseException {
        ByteBuf plain = context.alloc().heapBuffer(BATCH + NoiseTransport.MAX_PLAINTEXT);
        try {
            output.into = plain;
            session.drain(output, BATCH, NettyTransport.micros());
            output.into = null;
            if (!plain.isReadable()) {
                return;
            }
            int size = NoiseTransport.ciphertextSize(plain.readableBytes());
            ByteBuf cipher = context.alloc().heapBuffer(size);
            ByteBuffer out = cipher.nioBuffer(0, size);
            noise.encrypt(plain.nioBuffer(), out);
            cipher.writerIndex(size);
            // At once: the peer decrypts it while the next is encrypted.
            context.writeAndFlush(cipher, context.voidPromise());
        } finally {
            plain.release();
        }
    }

    /** Forgets the keys. */
    void close() {
        noise.close();
    }

    private static final class Output implements YamuxOutput {
        @Nullable
        ByteBuf into;

        @Override
        public void header(ByteBuffer header) {
            to().writeBytes(header);
        }

        @Override
        public void body(YamuxStream stream, ByteBuffer bytes) {
            int length = bytes.remaining();
            to().writeBytes(bytes);
            stream.attachment().ifPresent(attached -> ((MuxStream) attached).bytesSent(length));
        }

        private ByteBuf to() {
            ByteBuf target = into;
            if (target == null) {
                throw new IllegalStateException("nothing is being drained");
            }
            return target;
        }
    }
}
