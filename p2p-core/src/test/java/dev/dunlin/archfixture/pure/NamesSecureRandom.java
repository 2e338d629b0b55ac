package dev.dunlin.archfixture.pure;

import java.security.SecureRandom;

/** Takes a secure random source where there are no keys. */
final class NamesSecureRandom {
    int it(SecureRandom random) {
        return random.nextInt();
    }
}
