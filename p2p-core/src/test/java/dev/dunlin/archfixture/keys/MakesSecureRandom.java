package dev.dunlin.archfixture.keys;

import java.security.SecureRandom;

/** Makes its own secure random source, where it should be given one. */
final class MakesSecureRandom {
    SecureRandom it() {
        return new SecureRandom();
    }
}
