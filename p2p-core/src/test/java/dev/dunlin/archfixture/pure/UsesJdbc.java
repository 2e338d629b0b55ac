package dev.dunlin.archfixture.pure;

/** Talks to a database outside its packages. */
final class UsesJdbc {
    Object it() {
        return new java.sql.Timestamp(0);
    }
}
