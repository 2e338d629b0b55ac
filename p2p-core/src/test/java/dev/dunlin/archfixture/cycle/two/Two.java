package dev.dunlin.archfixture.cycle.two;

/** Half of a cycle between packages. */
public final class Two {
    /** The other half. */
    public dev.dunlin.archfixture.cycle.one.One other() {
        return new dev.dunlin.archfixture.cycle.one.One();
    }
}
