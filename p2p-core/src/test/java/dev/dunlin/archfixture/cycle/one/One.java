package dev.dunlin.archfixture.cycle.one;

/** Half of a cycle between packages. */
public final class One {
    /** The other half. */
    public dev.dunlin.archfixture.cycle.two.Two other() {
        return new dev.dunlin.archfixture.cycle.two.Two();
    }
}
