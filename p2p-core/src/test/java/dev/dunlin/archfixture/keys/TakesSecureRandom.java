package dev.dunlin.archfixture.keys;

import java.security.SecureRandom;

/** Breaks nothing: keys are made from randomness that is an argument. */
final class TakesSecureRandom {
    int it(SecureRandom random) {
        return random.nextInt();
    }
}
