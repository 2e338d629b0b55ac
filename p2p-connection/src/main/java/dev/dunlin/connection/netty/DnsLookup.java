package dev.dunlin.connection.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks the name servers themselves: the TXT records of a name, and why a host has no address; does not block. */
final class DnsLookup {

    private final DnsNameResolver resolver;

    DnsLookup(DnsNameResolver resolver) {
        this.resolver = resolver;
    }

    /** Those that are well-formed, each with its strings joined; fails as {@link #whyNone}. */
    CompletableFuture<List<String>> lookup(String name) {
        CompletableFuture<List<String>> texts = new CompletableFuture<>();
        resolver.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.TXT))
                .addListener((Future<List<DnsRecord>> records) -> {
                    if (records.isSuccess()) {
                        texts.complete(texts(records.getNow()));
                    } else if (DnsNameResolver.isTimeoutError(records.cause())) {
                        texts.completeExceptionally(records.cause());
                    } else {
                        why(name, DnsRecordType.TXT).whenComplete((none, why) -> texts.completeExceptionally(why));
                    }
                });
        return texts;
    }

    /**
     * Fails with why a host has no address: a {@link NoRecords} with what a name server answers, or what Netty fails with where none
     * does.
     */
    CompletableFuture<Void> whyNone(String name) {
        return why(name, DnsRecordType.A);
    }

    // Netty tells the codes of two answers only; so the question is put once more, for its code.
    private CompletableFuture<Void> why(String name, DnsRecordType type) {
        CompletableFuture<Void> none = new CompletableFuture<>();
        resolver.query(new DefaultDnsQuestion(name, type))
                .addListener((Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> answer) -> {
                    if (answer.isSuccess()) {
                        none.completeExceptionally(
                                new NoRecords(answer.getNow().content().code()));
                        answer.getNow().release();
                    } else {
                        none.completeExceptionally(answer.cause());
                    }
                });
        return none;
    }

    private static List<String> texts(List<DnsRecord> records) {
        List<String> texts = new ArrayList<>();
        for (DnsRecord record : records) {
            if (record instanceof DnsRawRecord raw && record.type().equals(DnsRecordType.TXT)) {
                text(raw.content()).ifPresent(texts::add);
            }
            ReferenceCountUtil.release(record);
        }
        return texts;
    }

    /** RFC 1035 section 3.3.14: strings, each behind its length of one byte. */
    static Optional<String> text(ByteBuf content) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(content.readableBytes());
        while (content.isReadable()) {
            int length = content.readUnsignedByte();
            if (length > content.readableBytes()) {
                return Optional.empty();
            }
            text.writeBytes(ByteBufUtil.getBytes(content.readSlice(length)));
        }
        return Optional.of(text.toString(StandardCharsets.UTF_8));
    }
}
