package dev.dunlin.node.interop;

import org.junit.jupiter.api.BeforeAll;

/** Against js-libp2p. */
class JsInteropTest extends ManyConnectionsInteropTest {

    JsInteropTest() {
        super(Implementation.JS);
    }

    @BeforeAll
    static void jsIsThere() {
        assumeThere(Implementation.JS);
    }
}
