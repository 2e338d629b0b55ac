package dev.dunlin.archfixture.pure;

import java.io.ObjectOutputStream;

/** Java serialization. */
final class WritesObjects {
    int it(ObjectOutputStream out) {
        return out.hashCode();
    }
}
