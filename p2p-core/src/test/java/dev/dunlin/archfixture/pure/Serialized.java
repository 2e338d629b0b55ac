package dev.dunlin.archfixture.pure;

import java.io.Serializable;

/** Java serialization. */
final class Serialized implements Serializable {
    private static final long serialVersionUID = 1;
}
