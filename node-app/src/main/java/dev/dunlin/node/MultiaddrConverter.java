package dev.dunlin.node;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a multiaddr from the command line. */
final class MultiaddrConverter implements ITypeConverter<Multiaddr> {

    @Override
    public Multiaddr convert(String text) {
        try {
            return Multiaddr.parse(text);
        } catch (MultiformatException e) {
            throw new TypeConversionException(
                    "'" + text + "' is no multiaddr (" + e.getMessage() + "); write it as in /ip4/127.0.0.1/tcp/4001");
        }
    }
}
