package dev.dunlin.connection.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The TXT records of a name; does not block. */
final class TxtLookup {

    private final DnsNameResolver resolver;

    TxtLookup(DnsNameResolver resolver) {
        this.resolver = resolver;
    }

    /** Those that are well-formed, each with its strings joined; fails with what Netty fails with. */
    CompletableFuture<List<String>> lookup(String name) {
        CompletableFuture<List<String>> texts = new CompletableFuture<>();
        resolver.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.TXT))
                .addListener((Future<List<DnsRecord>> records) -> {
                    if (records.isSuccess()) {
                        texts.complete(texts(records.getNow()));
                    } else {
                        texts.completeExceptionally(records.cause());
                    }
                });
        return texts;
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
