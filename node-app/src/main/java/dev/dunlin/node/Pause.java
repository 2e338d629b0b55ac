package dev.dunlin.node;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wait between two looks at something that grows. */
@FunctionalInterface
interface Pause {

    /** 200 milliseconds. */
    Pause SHORT = () -> {
        try {
            return !new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    };

    /** Waits; false if there is nothing more to wait for. */
    boolean await();
}
